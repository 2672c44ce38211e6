-- +goose Up
-- Drafts of agreements, the agreements made of them, accepted terms and tag orders; and the credentials of the
-- legacy system.

-- The answers of a person on the way to an agreement, sealed; one draft for each customer acted for.
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
	account_id   uuid references account on delete set null, -- the person who applied
	at           timestamptz not null
);

-- The terms that were accepted, by the version of their text.
create table agreement_terms (
	agreement_id uuid not null references agreement,
	kind         text not null check (kind in ('general', 'special')),
	version      int not null check (version > 0),
	accepted_at  timestamptz not null,
	primary key (agreement_id, kind)
);

-- Numbers of new agreements: seven digits, the first not 0.
create sequence agreement_number as bigint start 7100001 minvalue 1000000 maxvalue 9999999 no cycle;

-- Orders of tags. An order needs accepted terms.
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

-- Customer numbers and passwords of the legacy system. Each links its agreement once.
create table legacy_credential (
	number      text primary key,             -- customer number in the legacy system
	agreement   text not null,                -- the number of the agreement in this system
	key         text not null,
	sealed      bytea not null,               -- the hash that was imported
	imported_at timestamptz not null,
	used_at     timestamptz,
	used_by     uuid references account on delete set null
);

-- +goose Down
drop table legacy_credential, tag_order, agreement_terms, agreement_begun, agreement_draft;
drop sequence agreement_number;
