-- +goose Up
-- Payments by card. The number of a card never reaches us: the person types it on the provider's page.
create table card_payment (
	id          uuid primary key default gen_random_uuid(),
	customer_id uuid references customer,         -- null if the provider reports a payment that we do not know
	account_id  uuid references account on delete set null, -- who paid; null when their account is gone
	invoice_id  uuid references invoice,          -- the claim
	document_id uuid references invoice,          -- the document whose page the payment was begun on
	amount      bigint not null,                  -- asked for, in øre
	terms       int not null,                     -- version of the terms that were accepted
	state       text not null,                    -- of invoice.PaymentState
	stopped     boolean not null default false,   -- the person has left the provider's page
	reason      text not null default '',         -- why it was declined or stands on no invoice
	started_at  timestamptz not null,
	until       timestamptz not null,             -- the provider takes no money after it
	asked_at    timestamptz not null,             -- when the provider was last asked
	session     text not null default '',         -- the provider's
	address     text not null default '',         -- of the provider's page
	reference   text unique,                      -- of the provider's charge
	currency    text not null default '',         -- of the charge
	received    bigint not null default 0,        -- by the provider, in hundredths of the currency
	entered     bigint not null default 0,        -- in the ledger, in øre
	paid_at     timestamptz,
	brand       text not null default '',         -- of the card
	last_four   text not null default ''          -- digits of the card's number, as the provider tells them
);
-- One payment of an invoice is under way at a time, however often it is asked for.
create unique index card_payment_open on card_payment (invoice_id) where state in ('started', 'provider', 'action', 'pending');
create unique index card_payment_session on card_payment (session) where session <> '';
create index card_payment_waiting on card_payment (asked_at) where state in ('started', 'provider', 'action', 'pending') or state = 'paid' and brand = '';
create index card_payment_unplaced on card_payment (started_at) where state = 'unplaced';
create index card_payment_customer on card_payment (customer_id);
create index card_payment_account on card_payment (account_id);
create index card_payment_document on card_payment (document_id);

-- Every move of a payment.
create table card_payment_move (
	payment_id uuid not null references card_payment on delete cascade,
	no         int not null,
	state      text not null,
	source     text not null, -- person, provider (its message), poll
	at         timestamptz not null,
	primary key (payment_id, no)
);

-- Requests that are carried out once for their key, and what was answered.
create table request_key (
	id        bigint generated always as identity primary key,
	principal text not null,  -- person and customer
	operation text not null,
	key       text not null,
	hash      bytea not null, -- SHA-256 of the request
	reply     text not null,
	until     timestamptz not null,
	unique (principal, operation, key)
);
create index request_key_until on request_key (until);

-- Servers tell the pages that are open of what was paid, whoever entered it.
-- +goose StatementBegin
create function payment_heard() returns trigger language plpgsql as $$
begin
	perform pg_notify('paid', customer_id::text) from
		(select distinct i.customer_id from added a join invoice i on i.id = a.invoice_id where a.kind = 'payment') c;
	return null;
end
$$;
-- +goose StatementEnd
create trigger payment_heard after insert on ledger_transaction referencing new table as added for each statement execute function payment_heard();

-- +goose Down
drop trigger payment_heard on ledger_transaction;
drop function payment_heard;
drop table request_key, card_payment_move, card_payment;
