-- +goose Up
-- A case of customer service: what a customer writes to the toll company, and its answers. Its id is the number that people quote.
create table support_case (
	id          bigint generated always as identity (start with 100001) primary key,
	customer_id uuid not null references customer,
	account_id  uuid not null references account on delete cascade, -- who opened it
	once        uuid not null,  -- made with the form: the form sent twice opens one case
	charger     text not null,  -- the toll company
	topic       text not null check (topic in ('invoice', 'payment', 'passage', 'vehicle', 'agreement', 'privacy', 'general')),
	title       text not null,
	about       text not null default '', -- what it is about, in words: an agreement, an invoice or a passage
	state       text not null default 'new' check (state in ('new', 'with.us', 'with.you', 'solved', 'reopened')),
	opened_at   timestamptz not null,
	changed_at  timestamptz not null,
	answer_by   date, -- while the toll company answers next
	taken_by    text not null default '', -- who of the toll company works on it
	unique (account_id, once),
	check ((answer_by is null) = (state in ('with.you', 'solved')))
);
create index support_case_customer on support_case (customer_id, changed_at desc);
create index support_case_account on support_case (account_id);
create index support_case_waiting on support_case (answer_by, id) where answer_by is not null;

create table support_message (
	id         bigint generated always as identity primary key,
	case_id    bigint not null references support_case on delete cascade,
	account_id uuid references account on delete set null, -- of the customer who wrote; null for the toll company
	staff      text not null default '',                   -- of the toll company who wrote; empty for a customer
	act        text not null check (act in ('write', 'withdraw', 'take', 'ask', 'answer')),
	text       text not null,
	once       uuid not null,
	written_at timestamptz not null,
	told_at    timestamptz, -- when the customer was mailed of it
	unique (case_id, once)
);
create index support_message_case on support_message (case_id, id);
create index support_message_account on support_message (account_id) where account_id is not null;

create table support_file (
	id         bigint generated always as identity primary key,
	message_id bigint not null references support_message on delete cascade,
	name       text not null,
	type       text not null check (type in ('application/pdf', 'image/jpeg', 'image/png')),
	size       integer not null check (size > 0),
	body       bytea not null -- pictures as they were drawn again, without what a camera adds
);
create index support_file_message on support_file (message_id);

-- +goose Down
drop table support_file;
drop table support_message;
drop table support_case;
