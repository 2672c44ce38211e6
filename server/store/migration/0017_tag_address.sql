-- +goose Up
-- Where a company wants its tag; a person's goes to the address that stands on their details.
alter table tag_order add column address text not null default '';

-- +goose Down
alter table tag_order drop column address;
