package inventory

import "bompass/server/privacy"

// ownedCustomers selects the customers that an account owns.
const ownedCustomers = "(select customer_id from account_party where account_id = @account and role = 'owner')"

// messages lists what was sent, and to whom.
func messages() []Table {
	return []Table{
		{
			Name: "outbox", Owner: Account, Accounts: []string{"account_id"},
			Prune: &Prune{privacy.Messages, "id", "coalesce(sent_at, given_up_at) < $1"},
			Export: Export{
				Section: "letters",
				Query:   "select channel, kind, sent_at, shown_to, number from outbox where account_id = @account and channel <> 'none' order by written",
				Columns: []string{"channel", "kind", "sent_at", "shown_to", "number"},
				Omitted: map[string]string{
					"id": "internal", "written": "internal", "account_id": "the person asking", "key": "the text is deleted once it is sent",
					"sealed": "the text is deleted once it is sent", "given_up_at": "internal",
					"language": "the person's language, in the section account",
				},
			},
			Erase: Erase{Statement: "update outbox set key = '', sealed = '', shown_to = '', given_up_at = case when sent_at is null then coalesce(given_up_at, now()) end where account_id = @account"},
			Join:  Join{Move: true}, Sealed: []Sealed{{"key", "sealed", "id", "'letter ' || id::text"}},
		},
		{
			Name: "link", Owner: Account, Accounts: []string{"account_id"},
			Prune:  &Prune{privacy.Links, "token_hash", "least(until, coalesce(used_at, until)) < $1"},
			Export: Export{Why: "a credential; the section letters has that it was sent"}, Erase: Erase{Cascade: true},
			Join:   Join{Drop: "links of an account that is not there any more open nothing"},
			Sealed: []Sealed{{"key", "sealed", "token_hash", "'link ' || encode(substring(token_hash from 1 for 8), 'hex')"}},
			Plain:  map[string]string{"token_hash": "a hash"},
		},
		{
			Name: "invitation", Owner: Customer, Accounts: []string{"invited_by"}, Customers: []string{"customer_id"},
			Prune:  &Prune{privacy.Invitations, "id", "ends_at < $1"},
			Export: Export{Why: "an address of another person; the section history has what was invited"},
			Erase:  Erase{Statement: "delete from invitation where email = (select email from account where id = @account) and email <> ''"}, Join: Join{Move: true},
		},
	}
}

// parties lists customers and who acts for them.
func parties() []Table {
	return []Table{
		{
			Name: "customer_contact", Owner: Customer, Customers: []string{"customer_id"}, Kept: "as long as the customer",
			Export: Export{Why: "the contact of a company, on the page of its details"}, Erase: Erase{Statement: "delete from customer_contact where customer_id in " + ownedCustomers},
		},
		{
			Name: "customer_identity", Owner: Customer, Customers: []string{"customer_id"}, Kept: "as long as the customer has no account",
			Export: Export{Why: "a sealed personal number, which the person gave"}, Erase: Erase{Statement: "delete from customer_identity where customer_id in " + ownedCustomers},
			Sealed: []Sealed{{"birth_key", "birth_number", "customer_id", "customer_id::text"}}, Plain: map[string]string{"birth_hash": "a keyed hash"},
		},
		{
			Name: "vehicle", Owner: Vehicle, Customers: []string{"owner_id"}, Kept: "as long as passages of it are rated again",
			Export: Export{
				Section: "vehicles", Query: "select country, plate from vehicle where owner_id = @customer order by plate", Columns: []string{"country", "plate"},
				Omitted: map[string]string{"id": "internal", "owner_id": "the person asking"},
			},
			Erase: Erase{Statement: "update vehicle set owner_id = null where owner_id in " + ownedCustomers},
		},
		{
			Name: "organisation", Owner: Customer, Customers: []string{"customer_id"}, Kept: "as long as the customer",
			Export: Export{Why: "a company's public number"}, Erase: Erase{Why: "a company; its owner is not erased while it is a customer"},
		},
		{
			Name: "customer", Owner: Customer, Customers: []string{"merged_into"}, Kept: keptForAccounts,
			Export: Export{
				Section: "customer", Query: "select c.id, c.kind, c.name, c.email, c.country, c.language from customer c where c.id = @customer",
				Columns: []string{"id", "kind", "name", "email", "country", "language"},
				Omitted: map[string]string{"merged_into": "the same person's other customer, which is in the export too"},
			},
			Erase: Erase{Statement: "update customer set name = '', email = '' where id in " + ownedCustomers},
		},
		{
			Name: "session", Owner: Account, Accounts: []string{"account_id"}, Customers: []string{"customer_id"},
			Prune: &Prune{privacy.Sessions, "token_hash", "until < $1"},
			Export: Export{
				Section: "sessions", Query: "select began_at, seen_at, until, device, network, own_device from session where account_id = @account",
				Columns: []string{"began_at", "seen_at", "until", "device", "network", "own_device"},
				Omitted: map[string]string{
					"token_hash": "a credential", "account_id": "the person asking", "customer_id": "the section acts_for has it", "id": "internal",
					"proven_at": "the section history has it",
				},
			},
			Erase: Erase{Statement: "delete from session where account_id = @account"}, Join: Join{Merge: []string{"delete from session where account_id = @other"}},
			Plain: map[string]string{"token_hash": "a hash"},
		},
		{
			Name: "account_party", Owner: Account, Accounts: []string{"account_id"}, Customers: []string{"customer_id"}, Kept: "as long as the account",
			Export: Export{
				Section: "acts_for",
				Query:   "select c.name, p.role, p.until from account_party p join customer c on c.id = p.customer_id where p.account_id = @account",
				Columns: []string{"role", "until"},
				Omitted: map[string]string{
					"account_id": "the person asking", "customer_id": "the name says it", "by_mandate": "internal", "vehicle_id": "the section vehicles has it",
				},
			},
			Erase: Erase{Statement: "delete from account_party where account_id = @account or customer_id in " + ownedCustomers},
			// Of two rights for one customer, ownership stays, or else the one that lasts longer.
			Join: Join{Merge: []string{
				`with gone as (delete from account_party where account_id = @other
						returning customer_id, role, by_mandate, until, vehicle_id)
					insert into account_party (account_id, customer_id, role, by_mandate, until, vehicle_id)
					select @keep, customer_id, role, by_mandate, until, vehicle_id from gone
					on conflict (account_id, customer_id) do update set role = excluded.role, by_mandate = excluded.by_mandate,
						until = excluded.until, vehicle_id = excluded.vehicle_id
					where excluded.role = 'owner' or account_party.role <> 'owner' and account_party.until is not null
						and (excluded.until is null or excluded.until > account_party.until)`,
			}},
		},
	}
}

// mandates lists what the register of mandates has answered.
func mandates() []Table {
	return []Table{
		{
			Name: "mandate", Owner: Account, Accounts: []string{"account_id"}, Kept: "until the register is asked again",
			Export: Export{Why: "the register of mandates answers for itself"}, Erase: Erase{Cascade: true}, Join: Join{Drop: "the register is asked again"},
		},
		{
			Name: "mandate_asked", Owner: Account, Accounts: []string{"account_id"}, Kept: "until the register is asked again",
			Export: Export{Why: "internal"}, Erase: Erase{Cascade: true},
			Join: Join{Merge: []string{"delete from mandate_asked where account_id = @keep"}}, // the register is asked again
		},
	}
}

// people lists what a person has given, and the account itself, which goes last.
func people() []Table {
	return []Table{
		{
			Name: "profile", Owner: Account, Accounts: []string{"account_id"}, Kept: "as long as the account",
			Export: Export{
				Section: "profile", Query: "select * from profile where account_id = @account",
				Columns: []string{
					"account_id", "email_confirmed_at", "mobile", "mobile_confirmed_at", "phone_private", "phone_work", "street", "postal_code", "city", "country",
					"saved_at", "erasure_at", "asked_at", "address_at",
				},
			},
			Erase: Erase{Cascade: true}, Join: Join{Merge: []string{
				"insert into profile (account_id) select id from account where id = @keep on conflict do nothing", mergeProfiles,
			}},
		},
		{
			Name: "consent", Owner: Account, Accounts: []string{"account_id"}, Kept: "as long as the account: what was agreed to, and when",
			Export: Export{
				Section: "consents", Query: "select kind, version, given, at from consent where account_id = @account order by id",
				Columns: []string{"kind", "version", "given", "at"}, Omitted: map[string]string{"id": "internal", "account_id": "the person asking"},
			},
			Erase: Erase{Cascade: true}, Join: Join{Move: true},
		},
		{
			Name: "account_event", Owner: Account, Accounts: []string{"account_id"},
			Prune: &Prune{privacy.History, "id", "at < $1"},
			Export: Export{
				Section: "history", Query: "select kind, at, device, network from account_event where account_id = @account order by id",
				Columns: []string{"kind", "at", "device", "network"}, Omitted: map[string]string{"id": "internal", "account_id": "the person asking"},
			},
			Erase: Erase{Cascade: true}, Join: Join{Move: true},
		},
		{
			Name: "account", Owner: Account, Kept: "until the person asks to be erased",
			Export: Export{
				Section: "account",
				Query: `select id, email, person, language, created.at as registered from account a
					left join lateral (select min(at) as at from account_event e where e.account_id = a.id) created on true where id = @account`,
				Columns: []string{"id", "email", "person", "language"},
				Omitted: map[string]string{
					"password_hash": "a credential", "totp_key": "a credential", "totp_secret": "a credential", "totp_last_step": "internal",
					"birth_key": "sealed, and known to the person", "birth_number": "sealed, and known to the person", "birth_hash": "internal",
				},
			},
			Erase: Erase{Statement: "delete from account where id = @account"},
			Join:  Join{Merge: []string{"update account set birth_hash = '' where id = @other"}}, // the hash is unique: the account that stays gets it
			Sealed: []Sealed{
				{"totp_key", "totp_secret", "id", "id::text"}, {"birth_key", "birth_number", "id", "id::text || ' birth'"},
			},
			Plain: map[string]string{"birth_hash": "a keyed hash"},
		},
	}
}

// mergeProfiles fills what the profile that stays lacks. An address is taken as a whole, with its date.
const mergeProfiles = `with gone as (delete from profile where account_id = @other returning *)
	update profile p set
		mobile = case when p.mobile = '' then g.mobile else p.mobile end,
		mobile_confirmed_at = case when p.mobile = '' or p.mobile = g.mobile and p.mobile_confirmed_at is null then g.mobile_confirmed_at else p.mobile_confirmed_at end,
		phone_private = coalesce(nullif(p.phone_private, ''), g.phone_private), phone_work = coalesce(nullif(p.phone_work, ''), g.phone_work),
		street = case when p.street = '' then g.street else p.street end, postal_code = case when p.street = '' then g.postal_code else p.postal_code end,
		city = case when p.street = '' then g.city else p.city end, country = case when p.street = '' then g.country else p.country end,
		address_at = case when p.street = '' then g.address_at else p.address_at end,
		saved_at = coalesce(p.saved_at, g.saved_at), asked_at = coalesce(p.asked_at, g.asked_at)
	from gone g where p.account_id = @keep`
