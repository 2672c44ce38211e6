-- +goose Up
-- Files of vehicles that a company has imported, or tried: each row with what it changes. Nothing is changed before it is
-- confirmed. Rows are deleted two days later; the history keeps what was done.
create table fleet_import (
	id           uuid primary key,
	customer_id  uuid not null references customer on delete cascade,
	account_id   uuid references account on delete set null,
	at           timestamptz not null,
	name         text not null,  -- of the file
	confirmed_at timestamptz,
	done_at      timestamptz,
	undo_at      timestamptz,    -- when a person asked for it
	undone_at    timestamptz
);
create index fleet_import_customer on fleet_import (customer_id, at);
create index fleet_import_account on fleet_import (account_id) where account_id is not null;

create table fleet_import_row (
	import_id uuid not null references fleet_import on delete cascade,
	no        int not null,    -- its line in the file
	plan      jsonb not null,  -- what it changes, or what is wrong with it
	done      text,            -- null before it is done; then empty, or the code of the fault that refused it
	undone    text,            -- the same for the undoing
	primary key (import_id, no)
);

-- +goose Down
drop table fleet_import_row, fleet_import;
