-- +goose Up
-- Changes of the register that affect passages of the past. Workers review those passages at once, and again
-- when no transaction that started before the change can still be open.
create table register_change (
	id         bigint generated always as identity primary key,
	vehicle_id uuid not null,
	tag        text not null,      -- the tag that was moved; empty for none
	since      timestamptz not null,
	until      timestamptz,        -- null has no end
	rematch    boolean not null,   -- whether payers may change; otherwise only prices do
	again_at   timestamptz         -- set at the first review
);

-- Small partial indexes, used when a vehicle or tag becomes known.
create index passage_unknown_plate on passage (plate, passed_at) where vehicle_id is null;
create index passage_unknown_tag on passage (tag, passed_at) where matched_by <> 'tag' and tag <> '';

-- +goose StatementBegin
create function learnt(vehicle uuid, tag text, since timestamptz, until timestamptz, rematch boolean) returns void language sql as $$
	insert into register_change (vehicle_id, tag, since, until, rematch)
	select vehicle, coalesce(tag, ''), since, until, rematch
	where exists (select from passage) and (until is null or until > since)
$$;
-- +goose StatementEnd

-- If only the end has changed, only the time between the two ends is affected.
-- +goose StatementBegin
create function mount_learnt() returns trigger language plpgsql as $$
begin
	if tg_op = 'UPDATE' and (old.vehicle_id, old.agreement_id, old.tag_id, old.valid_from)
			is not distinct from (new.vehicle_id, new.agreement_id, new.tag_id, new.valid_from) then
		if old.valid_to is distinct from new.valid_to then
			perform learnt(new.vehicle_id, new.tag_id, least(old.valid_to, new.valid_to),
				nullif(greatest(coalesce(old.valid_to, 'infinity'), coalesce(new.valid_to, 'infinity')), 'infinity'), true);
		end if;
		return null;
	end if;
	if tg_op <> 'INSERT' then
		perform learnt(old.vehicle_id, old.tag_id, old.valid_from, old.valid_to, true);
	end if;
	if tg_op <> 'DELETE' then
		perform learnt(new.vehicle_id, new.tag_id, new.valid_from, new.valid_to, true);
	end if;
	return null;
end
$$;
-- +goose StatementEnd

-- For tables that affect prices and not payers.
-- +goose StatementBegin
create function price_learnt() returns trigger language plpgsql as $$
begin
	if tg_op = 'UPDATE' and old is not distinct from new then
		return null;
	end if;
	if tg_op <> 'INSERT' then
		perform learnt(old.vehicle_id, '', old.valid_from, old.valid_to, false);
	end if;
	if tg_op <> 'DELETE' then
		perform learnt(new.vehicle_id, '', new.valid_from, new.valid_to, false);
	end if;
	return null;
end
$$;
-- +goose StatementEnd

-- A vehicle that becomes known may have passed before. Selling it does not change what its owner has to pay.
-- +goose StatementBegin
create function vehicle_learnt() returns trigger language plpgsql as $$
begin
	perform learnt(new.id, '', '-infinity', null, true);
	return null;
end
$$;
-- +goose StatementEnd

create trigger mount_learnt after insert or update or delete on mount for each row execute function mount_learnt();
create trigger price_learnt after insert or update or delete on exemption for each row execute function price_learnt();
create trigger price_learnt after insert or update or delete on vehicle_facts for each row execute function price_learnt();
create trigger vehicle_learnt after insert or update of country, plate, owner_id on vehicle for each row execute function vehicle_learnt();

-- When an operator released a passage; a running server then publishes it again.
alter table quarantine add column released_at timestamptz;

-- +goose Down
alter table quarantine drop column released_at;
drop trigger vehicle_learnt on vehicle;
drop trigger price_learnt on vehicle_facts;
drop trigger price_learnt on exemption;
drop trigger mount_learnt on mount;
drop function vehicle_learnt, price_learnt, mount_learnt, learnt;
drop index passage_unknown_plate, passage_unknown_tag;
drop table register_change;
