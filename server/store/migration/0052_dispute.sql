-- +goose Up
-- Complaints of customers about passages: one for a passage and customer. Those that what is stored decides are decided at once;
-- the others wait for a person.
create table dispute (
	number      bigint generated always as identity (start with 70001) primary key,
	passage_id  uuid not null,
	customer_id uuid not null references customer,
	account_id  uuid references account on delete set null,
	reason      text not null,             -- of dispute.Reason
	said        text not null,             -- the customer's own words
	at          timestamptz not null,
	amount      bigint not null,           -- of the passage then, øre
	state       text not null check (state in ('open', 'upheld', 'rejected')),
	why         text not null,             -- of dispute.Why
	note        text not null default '',  -- what a person has decided, in words to the customer
	decided_at  timestamptz,
	unique (passage_id, customer_id),
	check ((state = 'open') = (decided_at is null))
);
create index dispute_customer on dispute (customer_id, number desc);
create index dispute_open on dispute (number) where state = 'open';
create index dispute_account on dispute (account_id) where account_id is not null;

-- What of a claim is disputed, or was taken back: nobody is reminded of it.
create function disputed(invoice_id uuid) returns bigint stable language sql as $$
	select coalesce(sum(l.amount), 0)::bigint from invoice i join invoice_line l on l.invoice_id = i.id
		join dispute d on d.passage_id = l.passage_id and d.customer_id = i.customer_id and d.state <> 'rejected'
	where i.id = $1
$$;

-- +goose Down
drop function disputed;
drop table dispute;
