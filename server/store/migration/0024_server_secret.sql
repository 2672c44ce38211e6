-- +goose Up
-- A keyed hash that only the secret of the server's settings gives, so that a start with another secret is noticed.
create table server_secret (
	only_row boolean primary key default true check (only_row),
	proof    bytea not null
);

-- +goose Down
drop table server_secret;
