-- +goose Up
-- Files of payments from the bank. A file is entered once, whole.
create table bank_file (
	id       bigint generated always as identity primary key,
	hash     bytea not null unique, -- SHA-256
	name     text not null,
	format   text not null,
	number   text not null,         -- of the transmission
	made_on  date not null,
	read_at  timestamptz not null,
	payments int not null,
	total    bigint not null,
	unique (format, number, made_on)
);

-- A payment of a file. The money itself is in the ledger, in transactions whose references begin with the payment's.
create table bank_payment (
	id         bigint generated always as identity primary key,
	file_id    bigint not null references bank_file,
	line       int not null,
	reference  text not null unique,
	kid        text not null,
	amount     bigint not null,     -- negative if the money went back to the payer
	paid_on    date not null,
	statement  text not null,
	archive    text not null,
	debtor     text not null,       -- the payer's account; empty if the file does not say
	text       text not null,
	invoice_id uuid references invoice, -- null while it stands on none
	reason     text not null default '', -- why it stood on none at first; empty if it did
	moves      int not null default 0,   -- how often it was placed or taken back by a person
	unique (file_id, line)
);
create index bank_payment_unplaced on bank_payment (paid_on, id) where invoice_id is null;
create index invoice_total on invoice (total); -- what a payment without an invoice may be for

-- +goose Down
drop index invoice_total;
drop table bank_payment, bank_file;
