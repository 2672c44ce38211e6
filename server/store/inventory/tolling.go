package inventory

import "bompass/server/privacy"

const (
	keptForAccounts = "the accounts rest on it (the Bookkeeping Act, section 13)"
	ofVehicle       = "a fact of the vehicle"
	inPassages      = "the section passages has what is in force"
)

// tolling lists passages, charges and what they are matched with.
func tolling() []Table {
	return []Table{
		{
			Name: "passage", Owner: Passage, Customers: []string{"customer_id"},
			Kept: "where somebody drove for 400 days, the customer and the month with the charge",
			Passage: &PassageRows{
				Anonymise: `update passage set station = '', lane = 0, direction = '', tag = '', country = '', plate = '', vehicle_id = null,
					passed_at = date_trunc('month', passed_at at time zone 'Europe/Oslo') at time zone 'Europe/Oslo' where id = any($1)`,
				Delete: "delete from passage where id = any($1)",
			},
			Export: Export{
				Section: "passages",
				Query: `select p.passed_at, p.station, p.country, p.plate, p.tag, c.net from passage p
					left join lateral (select net from charge c where c.passage_id = p.id order by revision desc limit 1) c on true
					where p.customer_id = @customer and p.station <> '' order by p.passed_at`,
				Columns: []string{"passed_at", "station", "country", "plate", "tag"},
				Omitted: map[string]string{
					"id": "made from station, lane, epoch and sequence", "lane": "of the station's equipment", "epoch": "of the station's equipment",
					"sequence": "of the station's equipment", "received_at": "when the station reported it", "direction": "follows from the station",
					"vehicle_id": "the plate says it", "customer_id": "the person asking", "agreement_id": "the section agreements has it",
					"matched_by": "how it was matched", "blocked": "a state of the agreement", "withdrawn": "of a correction",
				},
			},
			Erase: Erase{Why: "an account with passages is not erased before they have been deleted"},
		},
		{
			Name: "charge", Owner: Passage, Customers: []string{"customer_id"}, Kept: keptForAccounts,
			Passage: &PassageRows{
				Anonymise: "update charge set steps = '[]', digest = 0 where passage_id = any($1)",
				Delete:    "delete from charge where passage_id = any($1)",
			},
			Export: Export{Why: inPassages}, Erase: Erase{Why: "goes with its passage"},
		},
		sumRows("passage_sum", "as long as the passages: sums by day, and by month once the day has been deleted", "their sums"),
		sumRows("cap_count", "until the end of the month after", "counts"),
		passageRows("passage_correction", "what stations reported later"),
		passageRows("passage_was", "what a passage said before it was changed"),
		passageRows("review", "work that waits"),
		{
			Name: "quarantine", Owner: Nobody, Kept: "until a person has resolved it",
			Prune:  &Prune{privacy.Quarantine, "id", "resolved_at is not null and received_at < $1"},
			Export: Export{Why: "no customer has been found for it"}, Erase: Erase{Why: "no customer has been found for it"},
		},
		ofVehicles("exemption", ofVehicle), ofVehicles("supplement", ofVehicle), ofVehicles("vehicle_facts", "what the vehicle register says"),
		ofVehicles("mount", "the sections vehicles, tags and agreements have its parts"),
		{
			Name: "register_change", Owner: Vehicle, Kept: "until its passages have been reviewed",
			Export: Export{Why: "work that waits"}, Erase: Erase{Why: "work that waits; names a vehicle and no person"},
		},
	}
}

// sumRows is a table of what passages add up to. Its rows change with those of its passages.
func sumRows(name, kept, what string) Table {
	return Table{
		Name: name, Owner: Customer, Customers: []string{"customer_id"}, Kept: kept,
		Export: Export{Why: what + "; " + inPassages}, Erase: Erase{Why: "an account with passages is not erased before they have been deleted"},
	}
}

// passageRows is a table whose rows go with the details of their passage.
func passageRows(name, what string) Table {
	statement := "delete from " + name + " where passage_id = any($1)"
	return Table{
		Name: name, Owner: Passage, Kept: "as long as where somebody drove", Passage: &PassageRows{Anonymise: statement, Delete: statement},
		Export: Export{Why: what + "; " + inPassages}, Erase: Erase{Why: "goes with its passage"},
	}
}

// ofVehicles is a table of vehicles, which stay when their owner is erased.
func ofVehicles(name, what string) Table {
	return Table{
		Name: name, Owner: Vehicle, Kept: "as long as the vehicle: charges are rated again with it",
		Export: Export{Why: what}, Erase: Erase{Why: "of a vehicle, which has no owner any more"},
	}
}

// agreements lists agreements and what begins and serves them.
func agreements() []Table {
	return append(fleetTables(), []Table{
		{
			Name: "tag_order", Owner: Customer, Kept: "as long as the agreement",
			Export: Export{
				Section: "tag_orders",
				Query: `select g.number, v.country, v.plate, o.item, o.address, o.ordered_at, o.packed_at, o.sent_at, o.delivered_at from tag_order o join agreement g on g.id = o.agreement_id
					join vehicle v on v.id = o.vehicle_id where g.customer_id = @customer order by o.id`,
				Columns: []string{"item", "address", "ordered_at", "packed_at", "sent_at", "delivered_at"},
				Omitted: map[string]string{
					"id": "internal", "agreement_id": "the number says it", "vehicle_id": "the plate says it", "tag_id": "the section tags has it", "replaces": "the section tags has it",
				},
			},
			Erase: Erase{Statement: "update tag_order set address = '' where agreement_id in (select id from agreement where customer_id = @customer)"},
		},
		{
			Name: "agreement_terms", Owner: Customer, Kept: "as long as the agreement",
			Export: Export{
				Section: "terms",
				Query: `select g.number, t.kind, t.version, t.accepted_at from agreement_begun n join agreement g on g.id = n.agreement_id
					join agreement_terms t on t.agreement_id = g.id where n.account_id = @account order by g.number, t.kind`,
				Columns: []string{"kind", "version", "accepted_at"}, Omitted: map[string]string{"agreement_id": "the number says it"},
			},
			Erase: Erase{Why: "of an agreement, whose customer has no name any more"},
		},
		{
			Name: "agreement_begun", Owner: Account, Accounts: []string{"account_id"}, Kept: "as long as the agreement",
			Export: Export{Why: "the section terms has it"}, Erase: Erase{Cascade: true}, Join: Join{Move: true},
		},
		{
			Name: "draft", Owner: Account, Accounts: []string{"account_id"}, Customers: []string{"customer_id"},
			Kept:   "for 14 days after the last change; ChangeDraft of draftdb deletes it then",
			Export: Export{Why: "sealed, and not confirmed yet"}, Erase: Erase{Cascade: true}, Join: Join{Drop: "answers that were never confirmed"},
			Sealed: []Sealed{{"key", "sealed", "id", "form || ' draft ' || id::text || ' of ' || account_id::text || ' for ' || customer_id::text"}},
		},
		{
			Name: "tag", Owner: Customer, Kept: "as long as the agreement",
			Export: Export{
				Section: "tags",
				Query:   "select t.id, t.status, t.deposit, t.received_at from tag t join agreement a on a.id = t.agreement_id where a.customer_id = @customer order by t.id",
				Columns: []string{"id", "status", "deposit", "received_at"}, Omitted: map[string]string{"agreement_id": "the section agreements has it"},
			},
			Erase: Erase{Why: "of an agreement, whose customer has no name any more"},
		},
		{
			Name: "agreement", Owner: Customer, Customers: []string{"customer_id"}, Kept: keptForAccounts,
			Export: Export{
				Section: "agreements",
				Query:   "select number, issuer, charger, valid_from, valid_to, blocked, blocked_at, reference, address from agreement where customer_id = @customer order by number",
				Columns: []string{"number", "issuer", "charger", "valid_from", "valid_to", "blocked", "blocked_at", "reference", "address"},
				Omitted: map[string]string{"id": "internal", "customer_id": "the person asking"},
			},
			Erase: Erase{Statement: "update agreement set address = '' where customer_id = @customer"}, // has ended; stays for the accounts
		},
		{
			Name: "legacy_credential", Owner: Account, Accounts: []string{"used_by"}, Kept: "so that a customer number links its agreement once",
			Export: Export{Why: "a credential"}, Erase: Erase{Cascade: true}, Join: Join{Move: true},
			Sealed: []Sealed{{"key", "sealed", "number", "'legacy credential ' || number"}},
		},
	}...)
}

// fleetTables lists what is kept about changes of tags and vehicles, and about their labels.
func fleetTables() []Table {
	return []Table{
		fleetEvents(),
		{
			Name: "fleet_import_row", Owner: Customer, Kept: "as long as the import",
			Export: Export{Why: "of a company's import; the section vehicle_changes has what it did"}, Erase: Erase{Cascade: true},
		},
		{
			Name: "fleet_import", Owner: Customer, Accounts: []string{"account_id"}, Customers: []string{"customer_id"},
			Kept:   "for two days; AddImport of fleetdb deletes it then",
			Export: Export{Why: "a company's file; the section vehicle_changes has what it did"}, Erase: Erase{Statement: "update fleet_import set account_id = null where account_id = @account"},
			Join: Join{Move: true},
		},
		{
			Name: "vehicle_label", Owner: Customer, Customers: []string{"customer_id"}, Kept: "as long as the customer",
			Export: Export{
				Section: "vehicle_labels",
				Query: `select v.country, v.plate, l.centre, l.reference from vehicle_label l join vehicle v on v.id = l.vehicle_id
					where l.customer_id = @customer order by v.plate, v.country`,
				Columns: []string{"centre", "reference"}, Omitted: map[string]string{"customer_id": "the person asking", "vehicle_id": "the plate says it"},
			},
			Erase: Erase{Statement: "delete from vehicle_label where customer_id = @customer"},
		},
	}
}

// fleetEvents is the history of tags and vehicles.
func fleetEvents() Table {
	return Table{
		Name: "fleet_event", Owner: Customer, Accounts: []string{"account_id"}, Kept: "as long as the agreement",
		Export: Export{
			Section: "vehicle_changes",
			Query: `select g.number, e.at, e.effective_at, e.kind, e.reason, e.tag_id, e.status_before, e.status_after, a.plate as from_plate, b.plate as to_plate,
				e.kept, e.ended, e.ordered, e.returned, e.awaits, e.text_before, e.text_after from fleet_event e join agreement g on g.id = e.agreement_id left join vehicle a on a.id = e.from_vehicle
				left join vehicle b on b.id = e.to_vehicle where g.customer_id = @customer order by e.id`,
			Columns: []string{"at", "effective_at", "kind", "reason", "tag_id", "status_before", "status_after", "kept", "ended", "ordered", "returned", "awaits", "text_before", "text_after"},
			Omitted: map[string]string{
				"id": "internal", "key": "internal", "agreement_id": "the number says it", "account_id": "may be another person",
				"from_vehicle": "the plate says it", "to_vehicle": "the plate says it", "from_net": "a sum of passages", "to_net": "a sum of passages",
			},
		},
		Erase: Erase{Statement: "update fleet_event set account_id = null where account_id = @account"}, Join: Join{Move: true},
	}
}
