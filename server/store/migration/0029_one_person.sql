-- +goose Up
-- A private person is one party: customers of one name that one person owns become one. The customer that others were
-- merged into has their agreements and vehicles; the others keep what belongs to the past, and are not offered to act for.
alter table customer add column merged_into uuid references customer;

-- +goose StatementBegin
create function merge_private_customers(account uuid) returns void language plpgsql as $$
declare
	own record;
	gone record;
begin
	-- The customer that the person has acted for longest stays.
	select c.id, c.name into own from account_party p join customer c on c.id = p.customer_id
		where p.account_id = account and p.role = 'owner' and c.kind = 'private' and c.merged_into is null
		order by (select min(s.began_at) from session s where s.customer_id = c.id) nulls last, c.id limit 1;
	for gone in select c.id from account_party p join customer c on c.id = p.customer_id
		where p.account_id = account and p.role = 'owner' and c.kind = 'private' and c.merged_into is null and c.id <> own.id
			and lower(c.name) = lower(own.name) order by c.id for update of c
	loop
		-- Passages under the agreements move to the new payer when the vehicles are reviewed.
		perform learnt(m.vehicle_id, m.tag_id, m.valid_from, m.valid_to, true)
			from mount m join agreement a on a.id = m.agreement_id where a.customer_id = gone.id;
		update agreement set customer_id = own.id where customer_id = gone.id;
		update vehicle set owner_id = own.id where owner_id = gone.id;
		update session set customer_id = own.id where customer_id = gone.id;
		insert into account_party (account_id, customer_id, role, by_mandate, until, vehicle_id)
			select account_id, own.id, role, by_mandate, until, vehicle_id from account_party where customer_id = gone.id and role <> 'owner'
			on conflict do nothing;
		update customer set merged_into = own.id where id = gone.id;
	end loop;
end
$$;
-- +goose StatementEnd

-- People who linked an agreement before.
select merge_private_customers(account_id) from (
	select p.account_id from account_party p join customer c on c.id = p.customer_id
	where p.role = 'owner' and c.kind = 'private' group by p.account_id having count(*) > 1 order by 1) several;

-- +goose Down
drop function merge_private_customers;
alter table customer drop column merged_into;
