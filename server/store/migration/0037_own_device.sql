-- +goose Up
-- Sessions on a person's own device last longer: without use they are locked until the person proves a passkey or an eID.
alter table session add column own_device boolean not null default false;

-- +goose Down
alter table session drop column own_device;
