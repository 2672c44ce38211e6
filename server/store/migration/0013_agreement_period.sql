-- +goose Up
-- A change of an agreement's beginning or end affects the passages of its vehicles in between. Blocking an
-- agreement does not: earlier passages keep their discounts.

-- +goose StatementBegin
create function agreement_learnt() returns trigger language plpgsql as $$
begin
	if old.valid_from <> new.valid_from then
		perform learnt(vehicle_id, tag_id, least(old.valid_from, new.valid_from), greatest(old.valid_from, new.valid_from), true)
			from mount where agreement_id = new.id;
	end if;
	if old.valid_to is distinct from new.valid_to then
		perform learnt(vehicle_id, tag_id, least(old.valid_to, new.valid_to),
			nullif(greatest(coalesce(old.valid_to, 'infinity'), coalesce(new.valid_to, 'infinity')), 'infinity'), true)
			from mount where agreement_id = new.id;
	end if;
	return null;
end
$$;
-- +goose StatementEnd
create trigger agreement_learnt after update of valid_from, valid_to on agreement for each row execute function agreement_learnt();

-- +goose Down
drop trigger agreement_learnt on agreement;
drop function agreement_learnt;
