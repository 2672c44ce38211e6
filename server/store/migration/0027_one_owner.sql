-- +goose Up
-- A customer has one owner at most: two requests that each find none cannot both add one.
create unique index account_party_owner on account_party (customer_id) where role = 'owner';

-- +goose Down
drop index account_party_owner;
