-- +goose Up
-- Releases of the price lists. The latest is in force. Rows are only added.
create table tariff_release (
	number       bigint primary key,
	core         int not null,      -- number of the rating core that it is rated with
	files        jsonb not null,    -- [{"name", "text"}] of all tariff files
	note         text not null,
	published_at timestamptz not null default now()
);

-- A transaction that posts on a partition names the release that it rates by, in the setting bompass.release. It is
-- refused unless that release is in force: a build with other prices, or one that knows nothing of releases, cannot
-- post. Without any release, none is named.
-- +goose StatementBegin
create function check_release() returns trigger language plpgsql as $$
begin
	if coalesce(nullif(current_setting('bompass.release', true), ''), '0')::bigint <> (select coalesce(max(number), 0) from tariff_release) then
		raise exception 'the price lists of this transaction are not in force' using errcode = 'BP001';
	end if;
	return new;
end
$$;
-- +goose StatementEnd
create trigger check_release before insert or update on partition_state for each row execute function check_release();

-- +goose Down
drop trigger check_release on partition_state;
drop function check_release;
drop table tariff_release;
