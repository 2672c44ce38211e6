-- +goose Up
-- Codes by text message, and the way back for who has lost every factor.

-- The number that opens an account beside its password. It opens nothing any more once the person has
-- another number or no longer holds this one.
create table text_factor (
	account_id uuid primary key references account on delete cascade,
	mobile     text not null,
	added_at   timestamptz not null
);

-- The code on its way to a telephone, and how many were sent lately.
create table text_code (
	account_id uuid primary key references account on delete cascade,
	code_hash  bytea not null, -- keyed, with account, number and what it was asked for
	until      timestamptz not null,
	tries      int not null default 0,
	sent_at    timestamptz not null,
	day_began  timestamptz not null,
	sent       int not null
);

-- Somebody with the password says that every factor is lost. The code goes by post.
create table lost_factor (
	id         uuid primary key,
	account_id uuid not null references account on delete cascade,
	code_hash  bytea not null, -- keyed, with the account
	asked_at   timestamptz not null,
	opens_at   timestamptz not null, -- before which the code opens nothing
	ends_at    timestamptz not null,
	tries      int not null default 0,
	stopped_at timestamptz,
	used_at    timestamptz,
	check (stopped_at is null or used_at is null)
);
create unique index lost_factor_open on lost_factor (account_id) where stopped_at is null and used_at is null;

-- The code was right: this step may enrol anew.
alter table login_step add column lost_id uuid references lost_factor on delete cascade;

-- Since when the postal address stands; null where it was there before anybody noted it.
alter table profile add column address_at timestamptz;

alter table outbox drop constraint outbox_channel_check;
alter table outbox add constraint outbox_channel_check check (channel in ('mail', 'sms', 'paper', 'none'));

-- +goose Down
delete from outbox where channel = 'paper';
alter table outbox drop constraint outbox_channel_check;
alter table outbox add constraint outbox_channel_check check (channel in ('mail', 'sms', 'none'));
alter table profile drop column address_at;
alter table login_step drop column lost_id;
drop table lost_factor, text_code, text_factor;
