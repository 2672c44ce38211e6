-- +goose Up
-- When a person answered whether they are a customer already; null until then.
alter table profile add column asked_at timestamptz;

-- +goose Down
alter table profile drop column asked_at;
