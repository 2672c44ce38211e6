-- +goose Up
-- Sign-ins while an account or an address has had too many tries: whether the password was right is told only together
-- with the code. The account is null if it was wrong.
create table deferred_login (
	token_hash bytea primary key, -- SHA-256
	account_id uuid references account on delete cascade,
	until      timestamptz not null,
	tries      int not null default 0
);
create index deferred_login_until on deferred_login (until);

-- +goose Down
drop table deferred_login;
