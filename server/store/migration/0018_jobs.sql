-- +goose Up
-- Messages are sent by jobs, which have the time and the count of attempts. Messages that wait get their jobs
-- here. The tables of River are migrated before these steps.
insert into river_job (kind, args, max_attempts)
select 'message.send', jsonb_build_object('id', id::text), 20 from outbox where sent_at is null and given_up_at is null order by written;
alter table outbox drop column due_at, drop column tries;

-- +goose Down
alter table outbox add column due_at timestamptz not null default now(), add column tries int not null default 0;
create index outbox_due on outbox (due_at) where sent_at is null and given_up_at is null;
alter table outbox alter column due_at drop default;
delete from river_job where kind = 'message.send';
