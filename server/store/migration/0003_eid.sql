-- +goose Up
-- Signing in with an eID, and acting for organisations.

-- An account that began with an eID may have no email address yet.
alter table account drop constraint account_email_key;
create unique index account_email on account (email) where email <> '';

-- The account of an issuer's subject. Another issuer may use the same subject for another person.
create table identity (
	issuer     text not null,
	subject    text not null,
	account_id uuid not null references account on delete cascade,
	primary key (issuer, subject)
);
create index identity_account on identity (account_id);

-- Personal numbers of other countries; the Norwegian one is in the account.
create table account_number (
	number_hash bytea primary key, -- keyed, with the country
	account_id  uuid not null references account on delete cascade,
	country     char(2) not null,
	key         text not null,
	sealed      bytea not null
);
create index account_number_account on account_number (account_id);

-- An authorisation request that has been sent to an issuer.
create table eid_journey (
	state_hash   bytea primary key, -- SHA-256
	browser_hash bytea not null,    -- SHA-256 of what the browser's cookie holds
	issuer       text not null,     -- our name of the issuer
	key          text not null,
	sealed       bytea not null,    -- nonce, code verifier and where to go afterwards
	until        timestamptz not null
);
create index eid_journey_until on eid_journey (until);

-- The eID that a session began with. The issuer ends the session by sid.
create table session_identity (
	token_hash bytea primary key references session on update cascade on delete cascade,
	issuer     text not null,
	subject    text not null,
	sid        text not null,
	level      text not null check (level in ('substantial', 'high')),
	proved_at  timestamptz not null,
	way        text not null, -- our name of the issuer
	key        text not null,
	sealed     bytea not null -- the ID token, which the issuer asks for at sign-out
);
create index session_identity_sid on session_identity (issuer, sid);
create index session_identity_subject on session_identity (issuer, subject);

-- Logout messages of issuers that were received, so that each counts once.
create table eid_notice (
	issuer text not null,
	notice bytea not null, -- SHA-256
	until  timestamptz not null,
	primary key (issuer, notice)
);

-- Customers that are Norwegian organisations.
create table organisation (
	number      text primary key check (number ~ '^[0-9]{9}$'),
	customer_id uuid not null unique references customer
);

-- The last answer of the register of mandates: the organisations that a person may act for.
create table mandate (
	account_id uuid not null references account on delete cascade,
	number     text not null,
	name       text not null,
	primary key (account_id, number)
);
create table mandate_asked (
	account_id uuid primary key references account on delete cascade,
	asked_at   timestamptz not null
);

-- A right that rests on a mandate is deleted with it.
alter table account_party add column by_mandate boolean not null default false;

-- +goose Down
alter table account_party drop column by_mandate;
drop table mandate_asked, mandate, organisation, eid_notice, session_identity, eid_journey, account_number, identity;
drop index account_email;
alter table account add constraint account_email_key unique (email);
