-- +goose Up
-- Accounts, the customers they act for, sessions and throttles.

create table account (
	id              uuid primary key,
	email           text not null unique check (email = lower(email)),
	person          text not null,
	language        text not null,
	password_hash   text not null,             -- Argon2id with its parameters
	totp_key        text not null,             -- name of the key that totp_secret is sealed with
	totp_secret     bytea not null,            -- AES-256-GCM, the row's id as additional data
	totp_last_step  bigint not null default 0, -- codes of this time step and earlier ones are used
	birth_key       text not null,
	birth_number    bytea not null,            -- sealed like totp_secret
	birth_hash      bytea not null unique      -- keyed hash, to find an account by personal number
);

create table account_party (
	account_id  uuid not null references account,
	customer_id uuid not null references customer,
	role        text not null check (role in ('owner', 'administrator', 'accountant')),
	primary key (account_id, customer_id)
);

-- A sign-in whose password was right and whose second factor is missing.
create table login_step (
	token_hash bytea primary key, -- SHA-256
	account_id uuid not null references account on delete cascade,
	until      timestamptz not null,
	tries      int not null default 0
);
create index login_step_until on login_step (until);

create table session (
	token_hash  bytea primary key, -- SHA-256
	account_id  uuid not null references account on delete cascade,
	customer_id uuid not null references customer,
	began_at    timestamptz not null,
	seen_at     timestamptz not null,
	until       timestamptz not null
);
create index session_until on session (until);

create table throttle (
	key      text primary key, -- kind and keyed hash
	count    int not null,
	tried_at timestamptz not null
);
create index throttle_tried on throttle (tried_at);

-- The overview selects the vehicles of an agreement.
create index mount_agreement on mount (agreement_id);

-- +goose Down
drop index mount_agreement;
drop table throttle, session, login_step, account_party, account;
