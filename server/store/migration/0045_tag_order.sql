-- +goose Up
-- What is ordered: a tag for a vehicle that has none, another tag in place of the one that it has, or another holder; and how
-- far the order is.
alter table tag_order
	add column item text not null default 'tag' check (item in ('tag', 'replacement', 'holder')),
	add column replaces text references tag, -- the tag whose place a replacement takes when it is delivered
	add column packed_at timestamptz,
	add column delivered_at timestamptz;
alter table tag_order drop constraint tag_order_check;
alter table tag_order add constraint tag_order_sent check (case when item = 'holder' then tag_id is null else (tag_id is null) = (sent_at is null) end);
alter table tag_order add constraint tag_order_delivered check (delivered_at is null or sent_at is not null);
alter table tag_order add constraint tag_order_replaces check ((item = 'replacement') = (replaces is not null));
drop index tag_order_waiting;
create unique index tag_order_waiting on tag_order (vehicle_id, (item = 'holder')) where sent_at is null;

-- The history has orders, too. Those made with an agreement or a vehicle stand with it.
alter table fleet_event drop constraint fleet_event_kind_check;
alter table fleet_event add constraint fleet_event_kind_check
	check (kind in ('move', 'hold', 'lost', 'reopen', 'settle', 'remove', 'add', 'send', 'transfer', 'centre', 'reference', 'order'));

-- Since when an agreement is blocked. The passages of an agreement that is blocked already say it.
alter table agreement add column blocked_at timestamptz;
update agreement set blocked_at = coalesce((select min(passed_at) from passage where agreement_id = agreement.id and blocked), now()) where blocked;

-- +goose StatementBegin
create function agreement_blocked() returns trigger language plpgsql as $$
begin
	if not new.blocked then
		new.blocked_at := null;
	elsif new.blocked_at is null then
		new.blocked_at := now();
	end if;
	return new;
end
$$;
-- +goose StatementEnd
create trigger agreement_blocked before insert or update on agreement for each row execute function agreement_blocked();

-- +goose Down
drop trigger agreement_blocked on agreement;
drop function agreement_blocked();
alter table agreement drop column blocked_at;
delete from tag_order where item <> 'tag';
drop index tag_order_waiting;
create unique index tag_order_waiting on tag_order (vehicle_id) where sent_at is null;
alter table tag_order drop column item, drop column replaces, drop column packed_at, drop column delivered_at;
alter table tag_order add constraint tag_order_check check ((tag_id is null) = (sent_at is null));
