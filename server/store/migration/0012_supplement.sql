-- +goose Up
-- Supplementary agreements, and vehicle lengths for ferry fares.

create table supplement (
	id         bigint generated always as identity primary key,
	vehicle_id uuid not null references vehicle,
	product    text not null,   -- its name in the tariffs
	valid_from timestamptz not null,
	valid_to   timestamptz,
	unique (vehicle_id, product, valid_from)
);

alter table vehicle_facts add column length_mm int not null default 0; -- 0 is unknown

create trigger directory_changed after insert or update or delete on supplement for each statement execute function directory_changed();
create trigger price_learnt after insert or update or delete on supplement for each row execute function price_learnt();

-- +goose Down
alter table vehicle_facts drop column length_mm;
drop table supplement;
