-- +goose Up
-- Reminders of unpaid invoices. A reminder is a document with the fee and the interest; what it asks for beside them stays the
-- invoice's. An invoice, its reminders and their credit notes are one claim, and payments are the claim's.
insert into number_series values ('reminder', 800000001, 800000001); -- KIDs are made of numbers, so that no two series meet

alter table invoice
	drop constraint invoice_kind_check,
	add constraint invoice_kind_check check (kind in ('invoice', 'credit', 'reminder')),
	drop constraint invoice_check,
	add constraint invoice_check check (kind <> 'invoice' or total > 0),
	add column claim uuid references invoice,             -- of a reminder or credit note: the invoice
	add column claimed bigint not null default 0,         -- of a reminder: what was outstanding before it
	add column warns boolean not null default false,      -- of a reminder: that the claim goes to a debt collector
	add column reason text not null default '';           -- of a credit note
update invoice set claim = credits where kind = 'credit';
alter table invoice add constraint invoice_claim check ((kind = 'invoice') = (claim is null));
create index invoice_claim on invoice (claim) where claim is not null;
drop index ledger_transaction_document;
create unique index ledger_transaction_document on ledger_transaction (invoice_id, kind) where kind in ('invoice', 'credit', 'reminder');

-- Invoices that nobody is reminded of, such as a disputed one, and why.
create table reminder_hold (
	invoice_id uuid primary key references invoice,
	since      timestamptz not null,
	reason     text not null
);

-- What is outstanding of an invoice together with its reminders.
create function outstanding(invoice_id uuid) returns bigint stable language sql as $$
	select ((select coalesce(sum(case kind when 'credit' then -total else total end), 0) from invoice where id = $1 or claim = $1)
		+ (select coalesce(sum(e.amount), 0) from ledger_transaction t join ledger_entry e on e.transaction_id = t.id
			where t.invoice_id = $1 and t.kind = 'payment' and e.account like 'receivable:%'))::bigint
$$;

-- +goose Down
drop function outstanding;
drop table reminder_hold;
drop index ledger_transaction_document;
create unique index ledger_transaction_document on ledger_transaction (invoice_id, kind) where kind in ('invoice', 'credit');
alter table invoice
	drop column claim, drop column claimed, drop column warns, drop column reason,
	drop constraint invoice_kind_check,
	add constraint invoice_kind_check check (kind in ('invoice', 'credit')),
	drop constraint invoice_check,
	add constraint invoice_check check (kind = 'credit' or total > 0);
delete from number_series where name = 'reminder';
