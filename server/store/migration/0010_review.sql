-- +goose Up
-- What has to be looked at once more, and what has become of a passage since it was first kept.

-- Passages that a worker looks at again at an instant: linked stations settle, a correction has come, the
-- register has learnt something of the past, a tariff has come. Written with what causes it.
create table review (
	passage_id uuid primary key,
	due        timestamptz not null,
	partition  int not null,      -- whose worker looks
	rematch    boolean not null,  -- whether vehicle and payer are found anew
	waiting    boolean not null   -- for a passage of which only a correction has come
);
create index review_due on review (due);
create index review_waiting on review (passage_id) where waiting;

-- What stations report of a passage later: another instant, or that it did not happen. Only ever
-- appended; the highest revision is in force, whether or not it came before the passage itself.
create table passage_correction (
	passage_id  uuid not null,
	revision    smallint not null check (revision > 0),
	passed_at   timestamptz not null,
	withdrawn   boolean not null,
	reason      text not null,
	received_at timestamptz not null,
	primary key (passage_id, revision)
);

-- A passage's row says what is in force. What it said before is kept here, whoever changes it.
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

-- A charge is posted to whom the passage belonged then: when it finds another payer, the one gets a
-- credit and the other a debit.
alter table charge add column customer_id uuid;
update charge set customer_id = p.customer_id from passage p where p.id = charge.passage_id;

-- +goose Down
alter table charge drop column customer_id;
drop trigger passage_changed on passage;
drop function passage_changed;
alter table passage drop column withdrawn;
drop table passage_was, passage_correction, review;
