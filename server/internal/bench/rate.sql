create temporary table answer as
with recursive
-- where and when by the wall clock, in which version and class
placed as materialized (
    select c.id, c.vehicle, c.at, c.station, s.place, s.zone, s.hour_group, s.cap_group, r.id as version, v.have, d.kind, d.month,
           s.charged is not null and s.charged <> c.inbound as otherway,
           case when r.cars & ~v.have = 0 then v.car else v.weight end as class,
           cast(extract(hour from c.at at time zone 'Europe/Oslo') * 60 + extract(minute from c.at at time zone 'Europe/Oslo') as int) as minute
    from crossing c
    join vehicle v on v.id = c.vehicle
    join station s on s.id = c.station
    join version r on r.scheme = s.scheme and c.at >= r.from_at and c.at < r.to_at
    join calendar d on d.day = cast(c.at at time zone 'Europe/Oslo' as date)
),
timed as materialized (
    select p.*, coalesce(b.name, 'base') as band
    from placed p
    left join band b on b.version = p.version and b.zone = p.zone and b.kind = p.kind and p.minute >= b.from_minute and p.minute < b.to_minute
),
-- what each passage costs on its own
alone as materialized (
    select t.id, t.vehicle, t.at, t.station, t.place, t.hour_group, t.cap_group, t.month, t.version, t.have,
           case when otherway then 0 else p.list end as list,
           case when otherway then 0 else (p.list * p.num * 2 + p.den) / (p.den * 2) end as net,
           h.length, h.dearest, k.n
    from timed t
    join price p on p.version = t.version and p.zone = t.zone and p.band = t.band and p.class = t.class and p.have = t.have
    left join hour_rule h on h.version = t.version and h.hour_group = t.hour_group and h.class = t.class and h.have = t.have
    left join cap_rule k on k.version = t.version and k.cap_group = t.cap_group and k.class = t.class and k.have = t.have
),
-- those that take part in the hour rule, numbered
chain as materialized (
    select id, vehicle, hour_group, at, net, length, dearest, row_number() over (partition by vehicle, hour_group order by at, place, id) as n
    from alone where length is not null and net > 0
),
-- windows begin at their first passage and do not slide
walk as (
    select id, vehicle, hour_group, n, net, at as opened, length, dearest from chain where n = 1
    union all
    select c.id, c.vehicle, c.hour_group, c.n, c.net,
           case when c.at < w.opened + w.length then w.opened else c.at end,
           case when c.at < w.opened + w.length then w.length else c.length end,
           case when c.at < w.opened + w.length then w.dearest else c.dearest end
    from walk w join chain c on c.vehicle = w.vehicle and c.hour_group = w.hour_group and c.n = w.n + 1
),
-- one passage of a window carries its charge
carried as materialized (
    select id, row_number() over (partition by vehicle, hour_group, opened order by case when dearest then -net else 0 end, n) = 1 as carries from walk
),
-- linked stations: free when a passage near it carries a charge elsewhere
waived as materialized (
    select distinct a.id, a.vehicle, a.hour_group
    from alone a
    join waiver w on w.version = a.version and w.station = a.station and w.needs & ~a.have = 0
    join alone p on p.vehicle = a.vehicle and p.station = w.payer and p.net > 0 and p.at > a.at - w.length and p.at < a.at + w.length
    left join carried c on c.id = p.id
    where a.net > 0 and c.carries is not false
),
-- where something was waived the windows are formed again without it
chain_again as materialized (
    select id, vehicle, hour_group, at, net, length, dearest, row_number() over (partition by vehicle, hour_group order by at, place, id) as n
    from alone
    where length is not null and net > 0 and (vehicle, hour_group) in (select vehicle, hour_group from waived) and id not in (select id from waived)
),
walk_again as (
    select id, vehicle, hour_group, n, net, at as opened, length, dearest from chain_again where n = 1
    union all
    select c.id, c.vehicle, c.hour_group, c.n, c.net,
           case when c.at < w.opened + w.length then w.opened else c.at end,
           case when c.at < w.opened + w.length then w.length else c.length end,
           case when c.at < w.opened + w.length then w.dearest else c.dearest end
    from walk_again w join chain_again c on c.vehicle = w.vehicle and c.hour_group = w.hour_group and c.n = w.n + 1
),
carried_again as (
    select id, row_number() over (partition by vehicle, hour_group, opened order by case when dearest then -net else 0 end, n) = 1 as carries from walk_again
),
charged as (
    select a.*, case when w.id is not null or coalesce(again.carries, c.carries) is false then 0 else a.net end as after_hour
    from alone a
    left join carried c on c.id = a.id
    left join waived w on w.id = a.id
    left join carried_again again on again.id = a.id
),
counted as (
    select id, row_number() over (partition by vehicle, cap_group, month order by at, place, id) as number, n
    from charged where n is not null and after_hour > 0
)
select c.id, c.list, case when k.number > k.n then 0 else c.after_hour end as net
from charged c left join counted k on k.id = c.id
