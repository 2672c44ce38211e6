-- +goose Up
-- Sums of a customer's passages and charges by Norwegian day, vehicle and agreement, and how far each vehicle has
-- counted towards caps. A page reads them instead of the charges of a month.

-- No vehicle, after the place of a passage was deleted, and no agreement are the zero id, so that both can be in the key.
-- The rows are kept in the transaction that writes passages or charges: the worker adds what it inserts, and says so in the
-- setting bompass.sums; triggers follow every other change, whatever makes it. The plans of their functions, which are
-- made while the tables are small and kept, use indexes alone.
create table passage_sum (
	customer_id  uuid not null,
	day          date not null,
	vehicle_id   uuid not null,
	agreement_id uuid not null,
	passages     int not null,
	unread       int not null,    -- of passages, those matched by the plate alone
	net          bigint not null, -- sum of all charges' amounts
	primary key (customer_id, day, vehicle_id, agreement_id)
) with (fillfactor = 70); -- rows change often, and no changing column is in an index

-- The count of a vehicle's paid passages towards the cap of a station in a month: that of the latest there. Written by
-- the worker, which has the whole month at hand. Rows of former months are deleted.
create table cap_count (
	customer_id uuid not null,
	month       date not null, -- its first day
	vehicle_id  uuid not null,
	station     text not null,
	count       int not null,
	cap         int not null,
	primary key (customer_id, month, vehicle_id, station)
) with (fillfactor = 70);

create function norwegian_day(at timestamptz) returns date language sql stable parallel safe
	return (at at time zone 'Europe/Oslo')::date;

create function id_or_zero(id uuid) returns uuid language sql immutable parallel safe
	return coalesce(id, '00000000-0000-0000-0000-000000000000');

-- The text of an id as the contract has it: empty for the zero id.
create function text_or_empty(id uuid) returns text language sql immutable parallel safe
	return case when id = '00000000-0000-0000-0000-000000000000' then '' else id::text end;

-- A new passage counts at once. Its charges come later.
-- +goose StatementBegin
create function passage_inserted() returns trigger language plpgsql
	set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
	insert into passage_sum as s (customer_id, day, vehicle_id, agreement_id, passages, unread, net)
		select customer_id, norwegian_day(passed_at) as day, id_or_zero(vehicle_id) as vehicle, id_or_zero(agreement_id) as agreement,
			count(*), count(*) filter (where matched_by = 'plate'), 0
		from new_rows where customer_id is not null group by 1, 2, 3, 4 order by 1, 2, 3, 4
	on conflict (customer_id, day, vehicle_id, agreement_id) do update set passages = s.passages + excluded.passages, unread = s.unread + excluded.unread;
	return null;
end
$$;
-- +goose StatementEnd
create trigger passage_inserted after insert on passage referencing new table as new_rows for each statement
	when (current_setting('bompass.sums', true) is distinct from 'added') execute function passage_inserted();

-- A passage that is matched again, moved in time, or whose place is deleted takes its charges with it.
-- +goose StatementBegin
create function passage_updated() returns trigger language plpgsql
	set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
	with changed as (
		select o.id, o.customer_id, o.passed_at, o.vehicle_id, o.agreement_id, o.matched_by, -1 as times from old_rows o
		union all
		select n.id, n.customer_id, n.passed_at, n.vehicle_id, n.agreement_id, n.matched_by, 1 from new_rows n
	)
	insert into passage_sum as s (customer_id, day, vehicle_id, agreement_id, passages, unread, net)
		select p.customer_id, norwegian_day(p.passed_at) as day, id_or_zero(p.vehicle_id) as vehicle, id_or_zero(p.agreement_id) as agreement,
			sum(p.times), coalesce(sum(p.times) filter (where p.matched_by = 'plate'), 0), coalesce(sum(p.times * c.net), 0)
		from changed p cross join lateral (select sum(amount) as net from charge where passage_id = p.id offset 0) c
		where p.customer_id is not null group by 1, 2, 3, 4 order by 1, 2, 3, 4
	on conflict (customer_id, day, vehicle_id, agreement_id) do update
		set passages = s.passages + excluded.passages, unread = s.unread + excluded.unread, net = s.net + excluded.net;
	delete from passage_sum s using old_rows o
		where s.passages = 0 and s.customer_id = o.customer_id and s.day = norwegian_day(o.passed_at)
			and s.vehicle_id = id_or_zero(o.vehicle_id) and s.agreement_id = id_or_zero(o.agreement_id);
	return null;
end
$$;
-- +goose StatementEnd
create trigger passage_updated after update on passage referencing old table as old_rows new table as new_rows
	for each statement execute function passage_updated();

-- +goose StatementBegin
create function passage_deleted() returns trigger language plpgsql
	set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
	insert into passage_sum as s (customer_id, day, vehicle_id, agreement_id, passages, unread, net)
		select o.customer_id, norwegian_day(o.passed_at) as day, id_or_zero(o.vehicle_id) as vehicle, id_or_zero(o.agreement_id) as agreement,
			-count(*), -count(*) filter (where o.matched_by = 'plate'), -coalesce(sum(c.net), 0)
		from old_rows o cross join lateral (select sum(amount) as net from charge where passage_id = o.id offset 0) c
		where o.customer_id is not null group by 1, 2, 3, 4 order by 1, 2, 3, 4
	on conflict (customer_id, day, vehicle_id, agreement_id) do update
		set passages = s.passages + excluded.passages, unread = s.unread + excluded.unread, net = s.net + excluded.net;
	delete from passage_sum s using old_rows o
		where s.passages = 0 and s.customer_id = o.customer_id and s.day = norwegian_day(o.passed_at)
			and s.vehicle_id = id_or_zero(o.vehicle_id) and s.agreement_id = id_or_zero(o.agreement_id);
	return null;
end
$$;
-- +goose StatementEnd
create trigger passage_deleted after delete on passage referencing old table as old_rows for each statement execute function passage_deleted();

-- Charges add to the sum of their passage. A charge whose passage is deleted has gone with it.
-- +goose StatementBegin
create function charge_inserted() returns trigger language plpgsql
	set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
	insert into passage_sum as s (customer_id, day, vehicle_id, agreement_id, passages, unread, net)
		select p.customer_id, norwegian_day(p.passed_at) as day, id_or_zero(p.vehicle_id) as vehicle, id_or_zero(p.agreement_id) as agreement, 0, 0, sum(c.amount)
		from new_rows c cross join lateral (select * from passage where id = c.passage_id offset 0) p
		where p.customer_id is not null and c.amount <> 0 group by 1, 2, 3, 4 order by 1, 2, 3, 4
	on conflict (customer_id, day, vehicle_id, agreement_id) do update set net = s.net + excluded.net;
	return null;
end
$$;
-- +goose StatementEnd
create trigger charge_inserted after insert on charge referencing new table as new_rows for each statement
	when (current_setting('bompass.sums', true) is distinct from 'added') execute function charge_inserted();

-- +goose StatementBegin
create function charge_updated() returns trigger language plpgsql
	set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
	insert into passage_sum as s (customer_id, day, vehicle_id, agreement_id, passages, unread, net)
		select p.customer_id, norwegian_day(p.passed_at) as day, id_or_zero(p.vehicle_id) as vehicle, id_or_zero(p.agreement_id) as agreement, 0, 0, sum(c.amount)
		from (select passage_id, -amount as amount from old_rows union all select passage_id, amount from new_rows) c cross join lateral (select * from passage where id = c.passage_id offset 0) p
		where p.customer_id is not null and c.amount <> 0 group by 1, 2, 3, 4 order by 1, 2, 3, 4
	on conflict (customer_id, day, vehicle_id, agreement_id) do update set net = s.net + excluded.net;
	return null;
end
$$;
-- +goose StatementEnd
create trigger charge_updated after update on charge referencing old table as old_rows new table as new_rows
	for each statement execute function charge_updated();

-- +goose StatementBegin
create function charge_deleted() returns trigger language plpgsql
	set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
	insert into passage_sum as s (customer_id, day, vehicle_id, agreement_id, passages, unread, net)
		select p.customer_id, norwegian_day(p.passed_at) as day, id_or_zero(p.vehicle_id) as vehicle, id_or_zero(p.agreement_id) as agreement, 0, 0, -sum(c.amount)
		from old_rows c cross join lateral (select * from passage where id = c.passage_id offset 0) p
		where p.customer_id is not null and c.amount <> 0 group by 1, 2, 3, 4 order by 1, 2, 3, 4
	on conflict (customer_id, day, vehicle_id, agreement_id) do update set net = s.net + excluded.net;
	return null;
end
$$;
-- +goose StatementEnd
create trigger charge_deleted after delete on charge referencing old table as old_rows for each statement execute function charge_deleted();

insert into passage_sum (customer_id, day, vehicle_id, agreement_id, passages, unread, net)
select p.customer_id, norwegian_day(p.passed_at), id_or_zero(p.vehicle_id), id_or_zero(p.agreement_id),
	count(*), count(*) filter (where p.matched_by = 'plate'), coalesce(sum(c.net), 0)
from passage p left join (select passage_id, sum(amount) as net from charge group by passage_id) c on c.passage_id = p.id
where p.customer_id is not null group by 1, 2, 3, 4;

-- No page shows the counts of months before the current one; the one before is filled for a migration at its end.
insert into cap_count (customer_id, month, vehicle_id, station, count, cap)
select distinct on (1, 2, 3, 4) p.customer_id, date_trunc('month', norwegian_day(p.passed_at))::date, p.vehicle_id, p.station, step.count, step."of"
from passage p
cross join lateral (select steps from charge where passage_id = p.id order by revision desc limit 1) c
cross join json_to_recordset(c.steps) as step (rule text, count int, "of" int)
where p.customer_id is not null and p.vehicle_id is not null and p.station <> '' and step.rule in ('counted', 'cap')
	and p.passed_at >= date_trunc('month', now() at time zone 'Europe/Oslo') at time zone 'Europe/Oslo' - interval '1 month'
order by 1, 2, 3, 4, step.count desc;

-- A page of one agreement's passages.
create index passage_agreement on passage (agreement_id, passed_at, id) where agreement_id is not null;

-- +goose Down
drop index passage_agreement;
drop trigger passage_inserted on passage;
drop trigger passage_updated on passage;
drop trigger passage_deleted on passage;
drop trigger charge_inserted on charge;
drop trigger charge_updated on charge;
drop trigger charge_deleted on charge;
drop function passage_inserted, passage_updated, passage_deleted, charge_inserted, charge_updated, charge_deleted;
drop table cap_count, passage_sum;
drop function norwegian_day, id_or_zero, text_or_empty;
