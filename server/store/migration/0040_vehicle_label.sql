-- +goose Up
-- What a customer notes about a vehicle: the cost centre or department that it belongs to, and a reference of its own.
create table vehicle_label (
	customer_id uuid not null references customer on delete cascade,
	vehicle_id  uuid not null references vehicle,
	centre      text not null default '',
	reference   text not null default '',
	primary key (customer_id, vehicle_id)
);

-- The history has these changes, too, and the move of a vehicle to another agreement of the customer: with the texts, or
-- the numbers of the agreements, before and after.
alter table fleet_event drop constraint fleet_event_kind_check;
alter table fleet_event add constraint fleet_event_kind_check
	check (kind in ('move', 'hold', 'lost', 'reopen', 'settle', 'remove', 'add', 'send', 'transfer', 'centre', 'reference'));
alter table fleet_event add column text_before text not null default '', add column text_after text not null default '';

-- +goose Down
drop table vehicle_label;
alter table fleet_event drop column text_before, drop column text_after;
