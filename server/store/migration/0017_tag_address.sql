-- +goose Up
-- The address a company gave for its tag; a person's is sent to the address of the profile.
alter table tag_order add column address text not null default '';

-- +goose Down
alter table tag_order drop column address;
