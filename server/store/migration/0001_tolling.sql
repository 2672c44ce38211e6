-- +goose Up
-- Customers, vehicles, passages and charges.
-- Passages and charges are only ever appended; a correction is a new revision.

create table customer (
	id       uuid primary key,
	kind     text not null check (kind in ('private', 'company')),
	name     text not null,
	email    text not null,
	country  char(2) not null,
	language text not null
);

create table agreement (
	id         uuid primary key,
	number     text not null unique,
	customer_id uuid not null references customer,
	issuer     text not null,
	charger    text not null,
	valid_from timestamptz not null,
	valid_to   timestamptz,
	blocked    boolean not null default false
);
create index agreement_customer on agreement (customer_id);

create table vehicle (
	id       uuid primary key,
	country  char(2) not null,
	plate    text not null,
	owner_id uuid references customer,
	unique (country, plate)
);
create index vehicle_owner on vehicle (owner_id);

-- The facts of a vehicle for a period; a price depends on those at the instant of the passage.
create table vehicle_facts (
	vehicle_id uuid not null references vehicle,
	valid_from timestamptz not null,
	valid_to   timestamptz,
	category   text not null,
	weight_kg  int not null,
	fuel       text not null,
	plug_in    boolean not null,
	euro       int not null,
	source     text not null,
	primary key (vehicle_id, valid_from)
);

create table tag (
	id           text primary key,
	agreement_id uuid not null references agreement,
	status       text not null check (status in ('active', 'on-hold', 'blocked', 'settled'))
);

create extension if not exists btree_gist;

-- A vehicle on an agreement, with its tag, for a period. A tag is on at most one vehicle at any instant,
-- and a vehicle on at most one agreement.
create table mount (
	id           bigint generated always as identity primary key,
	vehicle_id   uuid not null references vehicle,
	agreement_id uuid not null references agreement,
	tag_id       text references tag,
	valid_from   timestamptz not null,
	valid_to     timestamptz,
	exclude using gist (tag_id with =, tstzrange(valid_from, valid_to) with &&) where (tag_id is not null),
	exclude using gist (vehicle_id with =, tstzrange(valid_from, valid_to) with &&)
);

create table exemption (
	id         bigint generated always as identity primary key,
	vehicle_id uuid not null references vehicle,
	kind       text not null,
	valid_from timestamptz not null,
	valid_to   timestamptz
);

-- Counts every change to the tables above, so that a worker can tell when its copy of them is stale.
create table directory_version (
	only_row boolean primary key default true check (only_row),
	version  bigint not null
);
insert into directory_version (version) values (1);

-- +goose StatementBegin
create function directory_changed() returns trigger language plpgsql as $$
begin
	update directory_version set version = version + 1;
	return null;
end
$$;
-- +goose StatementEnd

create table passage (
	id           uuid primary key, -- made from station, lane, epoch and sequence
	station      text not null,
	lane         int not null,
	epoch        bigint not null,
	sequence     bigint not null,
	passed_at    timestamptz not null,
	received_at  timestamptz not null,
	direction    text not null,
	tag          text not null,    -- as read; empty when no tag was read
	country      text not null,
	plate        text not null,
	vehicle_id   uuid,             -- null while the vehicle is unknown
	customer_id  uuid,             -- the payer at the instant
	agreement_id uuid,
	matched_by   text not null,
	blocked      boolean not null default false -- whether the agreement was blocked when the passage was matched; it then has no discounts
);
create index passage_vehicle on passage (vehicle_id, passed_at) where vehicle_id is not null;
create index passage_customer on passage (customer_id, passed_at, id) where customer_id is not null;
create index passage_unknown on passage (passed_at) where vehicle_id is null;

-- One row for every time the charge of a passage was set. net is the charge after the row, amount the
-- difference posted; the amounts of a passage sum to its latest net.
create table charge (
	passage_id uuid not null,
	revision   smallint not null,
	posted_at  timestamptz not null,
	list       int not null,
	net        int not null,
	amount     int not null,
	tariff     text not null,
	steps      json not null,    -- stored as written: no query looks inside
	digest     bigint not null,  -- of steps, so that a worker detects a change without reading them
	primary key (passage_id, revision)
);

-- Passages that could not be processed and wait for an operator, as they were received.
create table quarantine (
	id          bigint generated always as identity primary key,
	message_key text not null,
	code        text not null,
	params      jsonb not null,
	observation jsonb not null,
	station     text not null,
	received_at timestamptz not null,
	resolved_at timestamptz,
	unique (message_key, code)
);

-- One row for each partition of the passage stream: its lock, and a count of its transactions, by which a
-- worker detects that another one has written.
create table partition_state (
	no         int primary key,
	generation bigint not null
);

create table station_key (
	name     text primary key,
	key_hash bytea not null unique,  -- SHA-256
	stations text[] not null         -- station ids it may report for; {*} is all
);

create trigger directory_changed after insert or update or delete on agreement for each statement execute function directory_changed();
create trigger directory_changed after insert or update or delete on vehicle for each statement execute function directory_changed();
create trigger directory_changed after insert or update or delete on vehicle_facts for each statement execute function directory_changed();
create trigger directory_changed after insert or update or delete on tag for each statement execute function directory_changed();
create trigger directory_changed after insert or update or delete on mount for each statement execute function directory_changed();
create trigger directory_changed after insert or update or delete on exemption for each statement execute function directory_changed();
create trigger directory_changed after insert or update or delete on station_key for each statement execute function directory_changed();

-- +goose Down
drop table station_key, partition_state, quarantine, charge, passage, directory_version, exemption, mount, tag,
	vehicle_facts, vehicle, agreement, customer;
drop function directory_changed;
