-- +goose Up
-- When a person was asked whether they are a customer somewhere; null until they have answered.
alter table profile add column asked_at timestamptz;

-- +goose Down
alter table profile drop column asked_at;
