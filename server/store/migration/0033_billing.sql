-- +goose Up
-- Invoices and the ledger.

-- The next number of each series. A run takes numbers last, in the transaction that writes the document, so that none is left
-- out when it fails.
create table number_series (
	name  text primary key,
	first bigint not null,
	next  bigint not null
);
insert into number_series values ('invoice', 100001, 100001), ('credit', 500001, 500001);

-- A document as it was issued. It is never changed; what has been paid is in the ledger.
create table invoice (
	id           uuid primary key default gen_random_uuid(),
	kind         text not null check (kind in ('invoice', 'credit')),
	number       bigint not null,
	customer_id  uuid not null references customer,
	agreement_id uuid not null, -- the zero id for a registered owner without an agreement
	period       date not null, -- first day of the month that the run was for
	first_on     date not null, -- day of the earliest line
	issued_on    date not null,
	due_on       date not null,
	kid          text not null unique,
	total        bigint not null,
	vat          json not null, -- of []invoice.VATSum
	credits      uuid references invoice,
	check (kind = 'credit' or total > 0),
	unique (kind, number)
);
-- One invoice for a payer and a month, however many runs there are.
create unique index invoice_period on invoice (customer_id, agreement_id, period) where kind = 'invoice';
create index invoice_customer on invoice (customer_id, issued_on desc, number desc);

create table invoice_line (
	invoice_id uuid not null references invoice,
	no         int not null, -- from 1
	kind       text not null,
	passage_id uuid,         -- null for a fee
	revision   smallint,     -- of the charge, up to which the amount counts
	amount     bigint not null,
	said       json not null, -- of invoice.Line: what the line says
	primary key (invoice_id, no),
	unique (passage_id, revision, kind) -- a ferry crossing is two lines
);

-- Payers whose books a run did not understand. Nothing is invoiced to them until the reason is gone.
create table billing_hold (
	customer_id  uuid not null,
	agreement_id uuid not null,
	since        timestamptz not null,
	reason       text not null,
	primary key (customer_id, agreement_id)
);

-- Months whose invoices have been begun.
create table billing_run (
	period   date primary key, -- first day of the month
	begun_at timestamptz not null
);

-- Double entry: the amounts of a transaction add up to 0. A positive amount is owed to the issuer or paid to it.
create table ledger_transaction (
	id         bigint generated always as identity primary key,
	kind       text not null,
	invoice_id uuid references invoice,
	at         timestamptz not null
);
create unique index ledger_transaction_invoice on ledger_transaction (invoice_id, kind);
create table ledger_entry (
	transaction_id bigint not null references ledger_transaction,
	no             smallint not null,
	account        text not null,
	amount         bigint not null check (amount <> 0),
	primary key (transaction_id, no)
);
create index ledger_entry_account on ledger_entry (account) include (amount);

-- +goose StatementBegin
create function ledger_balanced() returns trigger language plpgsql as $$
begin
	if (select sum(amount) from ledger_entry where transaction_id = new.transaction_id) <> 0 then
		raise exception 'ledger transaction % does not add up to 0', new.transaction_id using errcode = 'BP002';
	end if;
	return null;
end
$$;
create function ledger_kept() returns trigger language plpgsql as $$
begin
	raise exception '% is append-only', tg_table_name using errcode = 'BP003';
end
$$;
-- +goose StatementEnd
create constraint trigger ledger_balanced after insert on ledger_entry deferrable initially deferred for each row execute function ledger_balanced();
create trigger ledger_kept before update or delete or truncate on ledger_entry for each statement execute function ledger_kept();
create trigger ledger_kept before update or delete or truncate on ledger_transaction for each statement execute function ledger_kept();

-- +goose Down
drop table ledger_entry, ledger_transaction, billing_run, billing_hold, invoice_line, invoice, number_series;
drop function ledger_balanced, ledger_kept;
