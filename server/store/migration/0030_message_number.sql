-- +goose Up
-- What a person who asks whether a message is ours is told: its number, language and masked recipient.
alter table outbox add column number text unique, add column language text not null default '', add column shown_to text not null default '';

-- +goose Down
alter table outbox drop column number, drop column language, drop column shown_to;
