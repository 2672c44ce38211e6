-- +goose Up
-- A document as a file, as it was first opened or sent: the same bytes from then on.
create table invoice_file (
	invoice_id uuid not null references invoice,
	form       text not null, -- of invoice.Form
	made_at    timestamptz not null,
	sha256     bytea not null check (sha256 = sha256(body)),
	body       bytea not null,
	primary key (invoice_id, form)
);
-- Files are compressed already.
alter table invoice_file alter column body set storage external;
create trigger ledger_kept before update or delete or truncate on invoice_file for each statement execute function ledger_kept();

-- Invoices that their payers have been sent: each once.
create table invoice_sent (
	invoice_id uuid primary key references invoice,
	at         timestamptz not null
);

-- +goose Down
drop table invoice_sent, invoice_file;
