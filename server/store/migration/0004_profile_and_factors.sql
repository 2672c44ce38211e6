-- +goose Up
-- Profiles, consents, factors, links, invitations, history and the outbox.

-- A person who has just registered has no second factor yet and may have no Norwegian number.
alter table account
	alter column totp_key set default '',
	alter column totp_secret set default '',
	alter column birth_key set default '',
	alter column birth_number set default '',
	alter column birth_hash set default '';
alter table account drop constraint if exists account_birth_hash_key;
create unique index if not exists account_birth on account (birth_hash) where birth_hash <> '';

alter table account_party drop constraint if exists account_party_role_check;
alter table account_party
	add check (role in ('owner', 'administrator', 'accountant', 'driver', 'auditor')),
	add column until timestamptz,                 -- null has no end
	add column vehicle_id uuid references vehicle; -- of a driver

alter table session
	add column id        uuid not null unique default gen_random_uuid(), -- the public id of the session
	add column device    text not null default '',
	add column network   text not null default '', -- the /24 or /48, not the address
	add column proven_at timestamptz not null default 'epoch'; -- when the person last proved a factor
create index session_account on session (account_id);

create table profile (
	account_id          uuid primary key references account on delete cascade,
	email_confirmed_at  timestamptz,
	mobile              text not null default '',
	mobile_confirmed_at timestamptz,
	phone_private       text not null default '',
	phone_work          text not null default '',
	street              text not null default '',
	postal_code         text not null default '',
	city                text not null default '',
	country             text not null default '',
	saved_at            timestamptz, -- null until the person has saved it once
	erasure_at          timestamptz  -- when erasure was asked for
);
create unique index profile_mobile on profile (mobile) where mobile <> '' and mobile_confirmed_at is not null;

create table customer_contact (
	customer_id  uuid primary key references customer,
	contact      text not null default '', -- contact person of a company
	organisation text unique               -- 16 and ten digits, of companies without a Norwegian number
);

-- The personal number of a customer without an account, from the customer system.
create table customer_identity (
	customer_id  uuid primary key references customer,
	birth_key    text not null,
	birth_number bytea not null,
	birth_hash   bytea not null
);

-- The number of wrong codes in a row.
create table factor_guard (
	account_id uuid primary key references account on delete cascade,
	fails      int not null
);

-- Every consent given or withdrawn, append-only.
create table consent (
	id         bigint generated always as identity primary key,
	account_id uuid not null references account on delete cascade,
	kind       text not null check (kind in ('privacy', 'email', 'sms', 'advertising')),
	version    int not null,
	given      boolean not null,
	at         timestamptz not null
);
create index consent_account on consent (account_id, kind, id desc);

-- Links in messages, each for one use.
create table link (
	token_hash bytea primary key, -- SHA-256
	purpose    text not null,
	account_id uuid references account on delete cascade,
	key        text not null default '',
	sealed     bytea not null default '', -- the parameters of the action, sealed for this row
	until      timestamptz not null,
	used_at    timestamptz
);
create index link_until on link (until);

-- A code sent to an email address or mobile number that is to be confirmed.
create table contact_code (
	account_id uuid not null references account on delete cascade,
	channel    text not null check (channel in ('email', 'mobile')),
	code_hash  bytea not null, -- keyed, with account, channel and address
	until      timestamptz not null,
	tries      int not null default 0,
	primary key (account_id, channel)
);

create table recovery_code (
	code_hash  bytea primary key, -- keyed, with the account
	account_id uuid not null references account on delete cascade,
	used_at    timestamptz
);
create index recovery_code_account on recovery_code (account_id);

create table passkey (
	id         bytea primary key, -- the credential id
	account_id uuid not null references account on delete cascade,
	name       text not null,
	credential bytea not null, -- public key, counter and flags; holds no secret
	added_at   timestamptz not null,
	used_at    timestamptz
);
create index passkey_account on passkey (account_id);

-- State between two requests: a challenge to be signed, or a secret being enrolled, sealed.
create table ceremony (
	hash  bytea primary key, -- of the token of the pending login or session, and the name of the ceremony
	data  bytea not null,
	until timestamptz not null
);
create index ceremony_until on ceremony (until);

-- The history of an account, as its person sees it.
create table account_event (
	id         bigint generated always as identity primary key,
	account_id uuid not null references account on delete cascade,
	kind       text not null,
	at         timestamptz not null,
	device     text not null default '',
	network    text not null default ''
);
create index account_event_account on account_event (account_id, id desc);

-- Messages, written in the transaction of the change they report. Their text is deleted once they are sent.
create table outbox (
	id         uuid primary key,
	written    bigint generated always as identity,
	channel    text not null check (channel in ('mail', 'sms', 'none')),
	kind       text not null,
	account_id uuid references account on delete set null,
	key        text not null default '',
	sealed     bytea not null default '',
	due_at     timestamptz not null,
	tries      int not null default 0,
	sent_at    timestamptz,
	given_up_at timestamptz
);
create index outbox_due on outbox (due_at) where sent_at is null and given_up_at is null;

-- People invited to act for a customer; the link is in the message.
create table invitation (
	id          uuid primary key,
	customer_id uuid not null references customer,
	email       text not null,
	role        text not null check (role in ('administrator', 'accountant', 'driver', 'auditor')),
	until       timestamptz, -- of the role
	vehicle_id  uuid references vehicle,
	invited_by  uuid references account on delete set null,
	invited_at  timestamptz not null,
	ends_at     timestamptz not null, -- of the invitation
	taken_at    timestamptz,
	withdrawn_at timestamptz
);
create index invitation_customer on invitation (customer_id);

-- Addresses of accounts that are older than profiles count as confirmed.
insert into profile (account_id, email_confirmed_at) select id, now() from account on conflict do nothing;

-- +goose Down
drop table invitation, outbox, account_event, ceremony, passkey, recovery_code, contact_code, link, consent, factor_guard, customer_identity, customer_contact, profile;
drop index session_account;
alter table session drop column proven_at, drop column network, drop column device, drop column id;
alter table account_party drop column vehicle_id, drop column until;
