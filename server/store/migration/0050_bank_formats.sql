-- +goose Up
-- Files of more formats, and many payments at once.

-- A message of XML may be one line.
alter table bank_payment drop constraint bank_payment_file_id_line_key;
create index bank_payment_file on bank_payment (file_id);

-- What makes up what is outstanding of a claim: an invoice, its reminders and credit notes, and its payments.
create view claim_part as
	select id as claim, total as amount from invoice where kind = 'invoice'
	union all
	select claim, case kind when 'credit' then -total else total end from invoice where claim is not null
	union all
	select t.invoice_id, e.amount from ledger_transaction t join ledger_entry e on e.transaction_id = t.id
		where t.kind = 'payment' and e.account like 'receivable:%';
create or replace function outstanding(invoice_id uuid) returns bigint stable language sql as $$
	select coalesce(sum(amount), 0)::bigint from claim_part where claim = $1
$$;

-- Entries are never changed, so that a transaction adds up to 0 if the entries of each statement do. Looked at once for a
-- statement, and not once for a row.
drop trigger ledger_balanced on ledger_entry;
-- +goose StatementBegin
create or replace function ledger_balanced() returns trigger language plpgsql as $$
declare
	wrong bigint;
begin
	select transaction_id into wrong from added group by transaction_id having sum(amount) <> 0 limit 1;
	if found then
		raise exception 'ledger transaction % does not add up to 0', wrong using errcode = 'BP002';
	end if;
	return null;
end
$$;
-- +goose StatementEnd
create trigger ledger_balanced after insert on ledger_entry referencing new table as added for each statement execute function ledger_balanced();

-- +goose Down
drop trigger ledger_balanced on ledger_entry;
-- +goose StatementBegin
create or replace function ledger_balanced() returns trigger language plpgsql as $$
begin
	if (select sum(amount) from ledger_entry where transaction_id = new.transaction_id) <> 0 then
		raise exception 'ledger transaction % does not add up to 0', new.transaction_id using errcode = 'BP002';
	end if;
	return null;
end
$$;
-- +goose StatementEnd
create constraint trigger ledger_balanced after insert on ledger_entry deferrable initially deferred for each row execute function ledger_balanced();
create or replace function outstanding(invoice_id uuid) returns bigint stable language sql as $$
	select ((select coalesce(sum(case kind when 'credit' then -total else total end), 0) from invoice where id = $1 or claim = $1)
		+ (select coalesce(sum(e.amount), 0) from ledger_transaction t join ledger_entry e on e.transaction_id = t.id
			where t.invoice_id = $1 and t.kind = 'payment' and e.account like 'receivable:%'))::bigint
$$;
drop view claim_part;
drop index bank_payment_file;
alter table bank_payment add constraint bank_payment_file_id_line_key unique (file_id, line);
