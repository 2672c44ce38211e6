-- +goose Up
-- Reviews of passages, corrections of stations, and earlier versions of passages.

-- Passages to be processed again at an instant: linked stations settle, a correction has arrived, the register
-- has changed for the past, a tariff has arrived. Written in the transaction of the cause.
create table review (
	passage_id uuid primary key,
	due        timestamptz not null,
	partition  int not null,      -- whose worker reviews it
	rematch    boolean not null,  -- whether vehicle and payer are matched again
	waiting    boolean not null   -- for a passage of which only a correction has arrived
);
create index review_due on review (due);
create index review_waiting on review (passage_id) where waiting;

-- Later reports of stations about a passage: another instant, or that it did not happen. Append-only; the
-- highest revision is in force, even if it arrived before the passage.
create table passage_correction (
	passage_id  uuid not null,
	revision    smallint not null check (revision > 0),
	passed_at   timestamptz not null,
	withdrawn   boolean not null,
	reason      text not null,
	received_at timestamptz not null,
	primary key (passage_id, revision)
);

-- Earlier versions of rows of passage, written by a trigger.
create table passage_was (
	id         bigint generated always as identity primary key,
	passage_id uuid not null,
	changed_at timestamptz not null default now(),
	was        jsonb not null
);
create index passage_was_passage on passage_was (passage_id);

alter table passage add column withdrawn boolean not null default false; -- it did not happen

-- +goose StatementBegin
create function passage_changed() returns trigger language plpgsql as $$
begin
	insert into passage_was (passage_id, was) values (old.id, to_jsonb(old));
	return null;
end
$$;
-- +goose StatementEnd
create trigger passage_changed after update on passage for each row execute function passage_changed();

-- The customer that a charge is posted to. When a passage gets another payer, the old one gets a credit and
-- the new one a debit.
alter table charge add column customer_id uuid;
update charge set customer_id = p.customer_id from passage p where p.id = charge.passage_id;

-- +goose Down
alter table charge drop column customer_id;
drop trigger passage_changed on passage;
drop function passage_changed;
alter table passage drop column withdrawn;
drop table passage_was, passage_correction, review;
