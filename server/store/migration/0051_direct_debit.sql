-- +goose Up
-- AvtaleGiro: mandates of payers, and claims that banks draw on the day they are due.

-- A mandate is given in the payer's bank with the KID of an invoice, and is for all invoices of its agreement.
create table direct_debit_mandate (
	kid          text primary key,
	customer_id  uuid not null references customer,
	agreement_id uuid not null references agreement,
	notice       boolean not null, -- the bank sends the payer a notice of each claim
	since        date not null,
	ended        date              -- null while it is valid
);
create index direct_debit_mandate_agreement on direct_debit_mandate (agreement_id);
create index direct_debit_mandate_customer on direct_debit_mandate (customer_id);

-- A file for the bank, as it is sent. Its id is the number of the transmission.
create table bank_order (
	id         bigint generated always as identity primary key,
	name       text not null,
	body       bytea not null,
	made_at    timestamptz not null,
	written_at timestamptz -- null until the file was written for the bank
);
create index bank_order_unwritten on bank_order (id) where written_at is null;

-- An invoice is claimed once.
create table direct_debit_claim (
	invoice_id uuid primary key references invoice,
	kid        text not null,
	amount     bigint not null,
	due_on     date not null,
	made_in    bigint not null references bank_order,
	deleted_in bigint references bank_order, -- of the file that took it back
	settled_on date                          -- day of its payment
);
create index direct_debit_claim_open on direct_debit_claim (kid, amount) where settled_on is null and deleted_in is null;

-- +goose Down
drop table direct_debit_claim, bank_order, direct_debit_mandate;
