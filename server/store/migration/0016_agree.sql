-- +goose Up
-- How agreements begin: answers that wait, what they were made into, the terms that were accepted, and
-- tags to be sent; and the credentials of the customer system before this one.

-- Answers on the way to an agreement, sealed; one set for a person and the customer acted for.
create table agreement_draft (
	id          uuid not null unique,
	account_id  uuid not null references account on delete cascade,
	customer_id uuid not null references customer on delete cascade,
	key         text not null,
	sealed      bytea not null,
	saved_at    timestamptz not null,
	primary key (account_id, customer_id)
);
create index agreement_draft_saved on agreement_draft (saved_at);

-- One draft is made into one agreement.
create table agreement_begun (
	draft_id     uuid primary key,
	agreement_id uuid not null unique references agreement,
	account_id   uuid references account on delete set null, -- whose answers they were
	at           timestamptz not null
);

-- The terms that an agreement rests on, by the version of their words.
create table agreement_terms (
	agreement_id uuid not null references agreement,
	kind         text not null check (kind in ('general', 'special')),
	version      int not null check (version > 0),
	accepted_at  timestamptz not null,
	primary key (agreement_id, kind)
);

-- Numbers of agreements that are made here: seven digits, the first not 0.
create sequence agreement_number as bigint start 7100001 minvalue 1000000 maxvalue 9999999 no cycle;

-- A tag that the customer waits for. There is none without accepted terms.
create table tag_order (
	id           bigint generated always as identity primary key,
	agreement_id uuid not null references agreement,
	vehicle_id   uuid not null references vehicle,
	ordered_at   timestamptz not null,
	tag_id       text unique references tag,
	sent_at      timestamptz,
	check ((tag_id is null) = (sent_at is null))
);
create unique index tag_order_waiting on tag_order (vehicle_id) where sent_at is null;

-- Customer numbers and passwords of the customer system before this one. Each links its agreement once.
create table legacy_credential (
	number      text primary key,             -- customer number there
	agreement   text not null,                -- the agreement's number here
	key         text not null,
	sealed      bytea not null,               -- the hash that was imported
	imported_at timestamptz not null,
	used_at     timestamptz,
	used_by     uuid references account on delete set null
);

-- +goose Down
drop table legacy_credential, tag_order, agreement_terms, agreement_begun, agreement_draft;
drop sequence agreement_number;
