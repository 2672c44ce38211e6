-- +goose Up
-- A feed of what has changed in the register, so that a server drops from its cache what has changed and nothing else.
-- A row names one key whose part of the register is to be read again.
create table register_feed (
	version      bigint not null,
	vehicle_id   uuid,
	country      char(2),
	plate        text,
	tag          text,
	station_keys boolean not null default false
);
create index register_feed_version on register_feed (version);

-- The register is looked up by key.
create index mount_vehicle on mount (vehicle_id);
create index mount_tag on mount (tag_id);
create index exemption_vehicle on exemption (vehicle_id);

-- Counts a change of the register and returns its number. The row of directory_version stays locked until the
-- transaction ends, so changes become visible in the order of their numbers. The feed reaches 100,000 versions back.
-- +goose StatementBegin
create function register_changed() returns bigint language plpgsql as $$
declare changed bigint;
begin
	update directory_version set version = version + 1 returning version into changed;
	delete from register_feed where version <= changed - 100000;
	return changed;
end
$$;
-- +goose StatementEnd

-- One trigger function for each table. old_rows exists for update and delete, new_rows for insert and update.
-- +goose StatementBegin
create function vehicle_fed() returns trigger language plpgsql as $$
declare changed bigint := register_changed();
begin
	if tg_op = 'INSERT' then
		insert into register_feed (version, vehicle_id, country, plate) select changed, id, country, plate from new_rows;
	elsif tg_op = 'DELETE' then
		insert into register_feed (version, vehicle_id, country, plate) select changed, id, country, plate from old_rows;
	else
		insert into register_feed (version, vehicle_id, country, plate)
			select changed, id, country, plate from old_rows union select changed, id, country, plate from new_rows;
	end if;
	return null;
end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create function mount_fed() returns trigger language plpgsql as $$
declare changed bigint := register_changed();
begin
	if tg_op = 'INSERT' then
		insert into register_feed (version, vehicle_id, tag) select changed, vehicle_id, tag_id from new_rows;
	elsif tg_op = 'DELETE' then
		insert into register_feed (version, vehicle_id, tag) select changed, vehicle_id, tag_id from old_rows;
	else
		insert into register_feed (version, vehicle_id, tag)
			select changed, vehicle_id, tag_id from old_rows union select changed, vehicle_id, tag_id from new_rows;
	end if;
	return null;
end
$$;
-- +goose StatementEnd

-- For vehicle_facts, exemption and supplement.
-- +goose StatementBegin
create function dated_fed() returns trigger language plpgsql as $$
declare changed bigint := register_changed();
begin
	if tg_op = 'INSERT' then
		insert into register_feed (version, vehicle_id) select distinct changed, vehicle_id from new_rows;
	elsif tg_op = 'DELETE' then
		insert into register_feed (version, vehicle_id) select distinct changed, vehicle_id from old_rows;
	else
		insert into register_feed (version, vehicle_id)
			select changed, vehicle_id from old_rows union select changed, vehicle_id from new_rows;
	end if;
	return null;
end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create function tag_fed() returns trigger language plpgsql as $$
declare changed bigint := register_changed();
begin
	if tg_op = 'INSERT' then
		insert into register_feed (version, tag) select changed, id from new_rows;
	elsif tg_op = 'DELETE' then
		insert into register_feed (version, tag) select changed, id from old_rows;
	else
		insert into register_feed (version, tag)
			select changed, id from old_rows union select changed, id from new_rows;
	end if;
	return null;
end
$$;
-- +goose StatementEnd

-- An agreement is part of the vehicles that are or were on it.
-- +goose StatementBegin
create function agreement_fed() returns trigger language plpgsql as $$
declare changed bigint := register_changed();
begin
	if tg_op <> 'DELETE' then
		insert into register_feed (version, vehicle_id)
			select distinct changed, m.vehicle_id from new_rows n join mount m on m.agreement_id = n.id;
	end if;
	return null;
end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create function station_key_fed() returns trigger language plpgsql as $$
begin
	insert into register_feed (version, station_keys) values (register_changed(), true);
	return null;
end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
do $$
declare
	watched record;
begin
	for watched in select * from (values ('vehicle', 'vehicle_fed'), ('mount', 'mount_fed'), ('vehicle_facts', 'dated_fed'), ('exemption', 'dated_fed'),
			('supplement', 'dated_fed'), ('tag', 'tag_fed'), ('agreement', 'agreement_fed')) as w (name, run) loop
		execute format('drop trigger directory_changed on %I', watched.name);
		execute format('create trigger register_insert after insert on %I referencing new table as new_rows for each statement execute function %I()',
			watched.name, watched.run);
		execute format('create trigger register_update after update on %I referencing old table as old_rows new table as new_rows for each statement execute function %I()',
			watched.name, watched.run);
		execute format('create trigger register_delete after delete on %I referencing old table as old_rows for each statement execute function %I()',
			watched.name, watched.run);
	end loop;
end
$$;
-- +goose StatementEnd
drop trigger directory_changed on station_key;
create trigger register_station_key after insert or update or delete on station_key for each statement execute function station_key_fed();
drop function directory_changed;

-- +goose Down
-- +goose StatementBegin
create function directory_changed() returns trigger language plpgsql as $$
begin
	update directory_version set version = version + 1;
	return null;
end
$$;
-- +goose StatementEnd
-- +goose StatementBegin
do $$
declare
	watched text;
begin
	foreach watched in array array['vehicle', 'mount', 'vehicle_facts', 'exemption', 'supplement', 'tag', 'agreement'] loop
		execute format('drop trigger register_insert on %I', watched);
		execute format('drop trigger register_update on %I', watched);
		execute format('drop trigger register_delete on %I', watched);
		execute format('create trigger directory_changed after insert or update or delete on %I for each statement execute function directory_changed()', watched);
	end loop;
end
$$;
-- +goose StatementEnd
drop trigger register_station_key on station_key;
create trigger directory_changed after insert or update or delete on station_key for each statement execute function directory_changed();
drop function vehicle_fed, mount_fed, dated_fed, tag_fed, agreement_fed, station_key_fed, register_changed;
drop index mount_vehicle, mount_tag, exemption_vehicle;
drop table register_feed;
