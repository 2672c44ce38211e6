-- +goose Up
-- Changes of tags and of the vehicles on agreements, and who made them. The states of a tag get one: reported as lost.

alter table tag drop constraint tag_status_check;
alter table tag add constraint tag_status_check check (status in ('active', 'on-hold', 'blocked', 'lost', 'settled'));
alter table tag add column deposit int not null default 20000; -- øre that the customer has paid, returned when it is settled

-- Append-only: only the account goes, with the person. from_ and to_ are the vehicles before and after; their amounts are
-- what their passages from effective_at to at cost when the change was made.
create table fleet_event (
	id            bigint generated always as identity primary key,
	key           uuid not null unique,  -- of the request: sent twice, it is one change
	agreement_id  uuid not null references agreement,
	account_id    uuid references account on delete set null, -- null for the office
	at            timestamptz not null,
	effective_at  timestamptz not null,
	kind          text not null check (kind in ('move', 'hold', 'lost', 'reopen', 'settle', 'remove', 'add', 'send')),
	reason        text not null,
	tag_id        text references tag,
	status_before text not null,
	status_after  text not null,
	from_vehicle  uuid references vehicle,
	to_vehicle    uuid references vehicle,
	kept          boolean not null,      -- the vehicle before stayed on the agreement, without a tag
	ended         boolean not null,      -- the agreement ended
	ordered       boolean not null,      -- a tag was ordered
	returned      int not null,          -- deposit to be paid back
	from_net      bigint not null,
	to_net        bigint not null
);
create index fleet_event_agreement on fleet_event (agreement_id, id);
create index fleet_event_tag on fleet_event (tag_id, id) where tag_id is not null;
create index fleet_event_from on fleet_event (from_vehicle, id) where from_vehicle is not null;
create index fleet_event_to on fleet_event (to_vehicle, id) where to_vehicle is not null;
create index fleet_event_account on fleet_event (account_id) where account_id is not null;

-- +goose StatementBegin
create function fleet_event_kept() returns trigger language plpgsql as $$
begin
	if tg_op = 'UPDATE' then
		old.account_id := new.account_id;
		if old is not distinct from new then
			return new;
		end if;
	end if;
	raise exception 'fleet_event is append-only';
end
$$;
-- +goose StatementEnd
create trigger fleet_event_kept before update or delete on fleet_event for each row execute function fleet_event_kept();

-- +goose Down
drop table fleet_event;
drop function fleet_event_kept;
alter table tag drop column deposit;
update tag set status = 'blocked' where status = 'lost';
alter table tag drop constraint tag_status_check;
alter table tag add constraint tag_status_check check (status in ('active', 'on-hold', 'blocked', 'settled'));
