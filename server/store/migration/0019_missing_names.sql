-- +goose Up
-- A name that nobody has given is empty. It was the word for a new user in the person's language until now.
update customer c set name = '' from account_party p join account a on a.id = p.account_id
	where p.customer_id = c.id and p.role = 'owner' and c.kind = 'private' and c.name = a.person
		and a.person in ('Ny bruker', 'New user', 'Ny användare', 'Neue Person');
update account set person = '' where person in ('Ny bruker', 'New user', 'Ny användare', 'Neue Person');

-- +goose Down
update customer c set name = 'Ny bruker' from account_party p join account a on a.id = p.account_id
	where p.customer_id = c.id and p.role = 'owner' and c.kind = 'private' and c.name = '' and a.person = '';
update account set person = 'Ny bruker' where person = '';
