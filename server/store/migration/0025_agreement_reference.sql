-- +goose Up
-- The customer's own reference, which invoices of the agreement show; empty for none.
alter table agreement add column reference text not null default '';

-- +goose Down
alter table agreement drop column reference;
