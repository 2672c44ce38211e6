-- +goose Up
-- A settled tag that the customer returns: when it was received. Where deposits are paid back only then, the history says that a
-- refund awaits it.
alter table tag add column received_at timestamptz;
alter table fleet_event add column awaits boolean not null default false;
alter table fleet_event drop constraint fleet_event_kind_check;
alter table fleet_event add constraint fleet_event_kind_check
	check (kind in ('move', 'hold', 'lost', 'reopen', 'settle', 'remove', 'add', 'send', 'transfer', 'centre', 'reference', 'order', 'receive', 'facts'));

-- The address of an agreement on one line; empty while it is the one of the person's profile.
alter table agreement add column address text not null default '';

-- +goose Down
alter table agreement drop column address;
alter table tag drop column received_at;
alter table fleet_event drop column awaits;
