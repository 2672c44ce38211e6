create schema bench;
set search_path = bench;
set work_mem = '1GB';
set max_parallel_workers_per_gather = 0;
set enable_nestloop = off;
set enable_mergejoin = off;
set statement_timeout = '10min';
set timezone = 'UTC';
create unlogged table station (id int, place int, scheme text, zone text, hour_group int, cap_group int, charged boolean);
create unlogged table version (id int, scheme text, from_at timestamptz, to_at timestamptz, cars int);
create unlogged table band (version int, zone text, kind int, from_minute int, to_minute int, name text);
create unlogged table price (version int, zone text, band text, class int, have int, list bigint, num bigint, den bigint);
create unlogged table hour_rule (version int, hour_group int, class int, have int, dearest boolean, length interval);
create unlogged table cap_rule (version int, cap_group int, class int, have int, n int);
create unlogged table waiver (version int, station int, payer int, length interval, needs int);
create unlogged table calendar (day date, kind int, month int);
create unlogged table vehicle (id int, car int, weight int, have int);
create unlogged table crossing (id int, vehicle int, station int, at timestamptz, inbound boolean)
