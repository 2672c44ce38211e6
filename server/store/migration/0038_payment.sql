-- +goose Up
-- Payments of invoices, and the account that each invoice asks to be paid to.
alter table invoice add column account text not null default ''; -- number of the bank account; empty before it was kept
alter table ledger_transaction add column reference text unique;  -- the bank's, of a payment: each is entered once
drop index ledger_transaction_invoice;
create unique index ledger_transaction_document on ledger_transaction (invoice_id, kind) where kind in ('invoice', 'credit');
create index ledger_transaction_invoice on ledger_transaction (invoice_id);
create index invoice_credits on invoice (credits) where credits is not null;


-- Documents of both kinds have KIDs of their numbers, so that the two series must never meet.
update number_series set first = 900000001, next = 900000001 where name = 'credit' and next = first;

-- +goose Down
update number_series set first = 500001, next = 500001 where name = 'credit' and next = first;
drop index invoice_credits;
drop index ledger_transaction_invoice;
drop index ledger_transaction_document;
create unique index ledger_transaction_invoice on ledger_transaction (invoice_id, kind);
alter table ledger_transaction drop column reference;
alter table invoice drop column account;
