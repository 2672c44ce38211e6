-- +goose Up
-- Codes by text message, and recovery when every factor is lost.

-- The mobile number that codes are sent to. It is no factor while it differs from the confirmed number.
create table text_factor (
	account_id uuid primary key references account on delete cascade,
	mobile     text not null,
	added_at   timestamptz not null
);

-- The last code sent, and how many were sent in a day.
create table text_code (
	account_id uuid primary key references account on delete cascade,
	code_hash  bytea not null, -- keyed, with account, number and purpose
	until      timestamptz not null,
	tries      int not null default 0,
	sent_at    timestamptz not null,
	day_began  timestamptz not null,
	sent       int not null
);

-- A claim, by a person with the password, that every factor is lost. Its code is sent by post.
create table lost_factor (
	id         uuid primary key,
	account_id uuid not null references account on delete cascade,
	code_hash  bytea not null, -- keyed, with the account
	asked_at   timestamptz not null,
	opens_at   timestamptz not null, -- from when the code is valid
	ends_at    timestamptz not null,
	tries      int not null default 0,
	stopped_at timestamptz,
	used_at    timestamptz,
	check (stopped_at is null or used_at is null)
);
create unique index lost_factor_open on lost_factor (account_id) where stopped_at is null and used_at is null;

-- The claim whose code was right: this pending login may enrol a new factor.
alter table login_step add column lost_id uuid references lost_factor on delete cascade;

-- When the postal address was last changed; null for addresses from before this column.
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
