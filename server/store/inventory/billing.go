package inventory

import "bompass/server/privacy"

// billing lists invoices and the ledger, and what waits for them.
func billing() []Table {
	const inInvoices = "the section invoices has what it says"
	return []Table{
		{
			Name: "unbilled", Owner: Passage, Customers: []string{"customer_id"}, Kept: "until its passage stands on an invoice",
			Passage: &PassageRows{
				Anonymise: `update unbilled set passed_at = date_trunc('month', passed_at at time zone 'Europe/Oslo') at time zone 'Europe/Oslo' where passage_id = any($1)`,
				Delete:    "delete from unbilled where passage_id = any($1)",
			},
			Export: Export{Why: inPassages}, Erase: Erase{Why: "an account with passages is not erased before they have been deleted"},
		},
		{
			Name: "billing_hold", Owner: Customer, Customers: []string{"customer_id"}, Kept: "until a person has looked at it",
			Export: Export{Why: "work that waits"}, Erase: Erase{Statement: "delete from billing_hold where customer_id = @customer"},
		},
		{
			Name: "ledger_entry", Owner: Customer, Kept: keptForAccounts,
			Export: Export{Why: inInvoices}, Erase: Erase{Why: keptForAccounts},
		},
		{
			Name: "ledger_transaction", Owner: Customer, Kept: keptForAccounts,
			Export: Export{Why: inInvoices}, Erase: Erase{Why: keptForAccounts},
		},
		{
			Name: "invoice_file", Owner: Customer, Kept: keptForAccounts,
			Export: Export{Why: inInvoices}, Erase: Erase{Why: keptForAccounts},
			Plain: map[string]string{"sha256": "the hash of a file", "body": "a document as it was sent"},
		},
		{
			Name: "invoice_sent", Owner: Customer, Kept: keptForAccounts,
			Export: Export{Why: "the section letters has the message"}, Erase: Erase{Why: keptForAccounts},
		},
		{
			Name: "invoice_line", Owner: Customer, Kept: keptForAccounts,
			Export: Export{
				Section: "invoice_lines",
				Query: `select i.number, l.no, l.kind, l.amount, l.said from invoice_line l join invoice i on i.id = l.invoice_id
					where i.customer_id = @customer order by i.number, l.no`,
				Columns: []string{"no", "kind", "amount", "said"},
				Omitted: map[string]string{"invoice_id": "the number says it", "passage_id": "said has it", "revision": "said has it"},
			},
			Erase: Erase{Why: keptForAccounts},
		},
		{
			Name: "invoice", Owner: Customer, Customers: []string{"customer_id"}, Kept: keptForAccounts,
			Export: Export{
				Section: "invoices",
				Query: `select kind, number, period, first_on, issued_on, due_on, kid, account, total, vat, claimed, warns, reason
					from invoice where customer_id = @customer order by number`,
				Columns: []string{"kind", "number", "period", "first_on", "issued_on", "due_on", "kid", "account", "total", "vat", "claimed", "warns", "reason"},
				Omitted: map[string]string{
					"id": "internal", "customer_id": "the person asking", "agreement_id": "the section agreements has it", "credits": "internal", "claim": "internal",
				},
			},
			Erase: Erase{Why: keptForAccounts},
		},
		{
			Name: "reminder_hold", Owner: Customer, Kept: "until its invoice is paid or reminded of again",
			Export: Export{Why: "work that waits"},
			Erase:  Erase{Statement: "delete from reminder_hold where invoice_id in (select id from invoice where customer_id = @customer)"},
		},
		{
			Name: "billing_run", Owner: Nobody, Kept: "as long as invoices are made",
			Export: Export{Why: "months of the calendar"}, Erase: Erase{Why: "months of the calendar"},
		},
		{
			Name: "number_series", Owner: Nobody, Kept: "as long as invoices are numbered",
			Export: Export{Why: "counts documents"}, Erase: Erase{Why: "counts documents"},
		},
	}
}

// bank lists the bank's files and their payments.
func bank() []Table {
	return []Table{
		{
			Name: "bank_payment", Owner: Customer, Kept: keptForAccounts,
			Export: Export{
				Section: "payments",
				Query: `select i.number, p.paid_on, p.amount, p.kid, p.debtor, p.text from bank_payment p join invoice i on i.id = p.invoice_id
					where i.customer_id = @customer order by p.paid_on, p.id`,
				Columns: []string{"paid_on", "amount", "kid", "debtor", "text"},
				Omitted: map[string]string{
					"id": "internal", "file_id": "names a file of the bank", "line": "of that file", "reference": "internal", "statement": "of the bank's statement",
					"archive": "the bank's reference", "invoice_id": "the number says it", "reason": "how it was entered", "moves": "how it was entered",
				},
			},
			Erase: Erase{Why: keptForAccounts},
		},
		{
			Name: "direct_debit_mandate", Owner: Customer, Customers: []string{"customer_id"}, Kept: "as long as the agreement is kept",
			Export: Export{
				Section: "direct_debit",
				Query: `select a.number as agreement, m.kid, m.notice, m.since, m.ended from direct_debit_mandate m join agreement a on a.id = m.agreement_id
					where m.customer_id = @customer order by m.since, m.kid`,
				Columns: []string{"kid", "notice", "since", "ended"},
				Omitted: map[string]string{"customer_id": "the person asking", "agreement_id": "the number says it"},
			},
			Erase: Erase{Statement: "delete from direct_debit_mandate where customer_id = @customer"},
		},
		{
			Name: "direct_debit_claim", Owner: Customer, Kept: keptForAccounts,
			Export: Export{
				Section: "direct_debit_claims",
				Query: `select i.number, c.kid, c.amount, c.due_on, c.deleted_in is not null as deleted, c.settled_on from direct_debit_claim c join invoice i on i.id = c.invoice_id
					where i.customer_id = @customer order by c.due_on, i.number`,
				Columns: []string{"kid", "amount", "due_on", "settled_on"},
				Omitted: map[string]string{"invoice_id": "the number says it", "made_in": "names a file for the bank", "deleted_in": "whether it was taken back is said"},
			},
			Erase: Erase{Why: keptForAccounts},
		},
		{
			Name: "bank_order", Owner: Nobody, Plain: map[string]string{"body": "a file for the bank as it was sent, without names"}, Kept: keptForAccounts,
			Export: Export{Why: "files for the bank"}, Erase: Erase{Why: "files for the bank"},
		},
		{
			Name: "bank_file", Owner: Nobody, Plain: map[string]string{"hash": "a hash"}, Kept: keptForAccounts,
			Export: Export{Why: "names files of the bank"}, Erase: Erase{Why: "names files of the bank"},
		},
	}
}

// cards lists payments by card.
func cards() []Table {
	return []Table{
		{
			Name: "card_payment_move", Owner: Customer, Kept: keptForAccounts,
			Export: Export{Why: "the section card_payments has what became of each"}, Erase: Erase{Why: keptForAccounts},
		},
		{
			Name: "card_payment", Owner: Customer, Accounts: []string{"account_id"}, Customers: []string{"customer_id"}, Kept: keptForAccounts,
			Export: Export{
				Section: "card_payments",
				Query: `select i.number, p.started_at, p.amount, p.terms, p.state, p.reason, p.paid_at, p.received, p.currency, p.brand, p.last_four, p.reference
					from card_payment p left join invoice i on i.id = p.document_id where p.customer_id = @customer order by p.started_at, p.id`,
				Columns: []string{"started_at", "amount", "terms", "state", "reason", "paid_at", "received", "currency", "brand", "last_four", "reference"},
				Omitted: map[string]string{
					"id": "internal", "customer_id": "the person asking", "account_id": "who paid, of those who act for the customer", "invoice_id": "the number says it",
					"document_id": "the number says it", "stopped": "the state says it", "until": "of minutes", "asked_at": "internal", "session": "names a page of the provider", "address": "of that page", "entered": "the amount says it",
				},
			},
			Erase: Erase{Why: keptForAccounts}, Join: Join{Move: true},
		},
		{
			Name: "request_key", Owner: Nobody, Plain: map[string]string{"hash": "a hash"}, Prune: &Prune{privacy.Ceremonies, "id", "until < $1"},
			Export: Export{Why: "of a day; names what was asked by ids"}, Erase: Erase{Why: "ends after a day"},
		},
	}
}

// disputes lists complaints about passages.
func disputes() []Table {
	return []Table{
		{
			Name: "dispute", Owner: Customer, Accounts: []string{"account_id"}, Customers: []string{"customer_id"}, Kept: "as long as the charge of its passage",
			Passage: &PassageRows{Anonymise: "update dispute set said = '' where passage_id = any($1)", Delete: "delete from dispute where passage_id = any($1)"},
			Export: Export{
				Section: "disputes",
				Query: `select d.number, p.passed_at, p.station, d.reason, d.said, d.at, d.amount, d.state, d.note, d.decided_at
					from dispute d join passage p on p.id = d.passage_id where d.customer_id = @customer order by d.number`,
				Columns: []string{"number", "reason", "said", "at", "amount", "state", "note", "decided_at"},
				Omitted: map[string]string{
					"customer_id": "the person asking", "account_id": "the person asking, or another of the customer's", "passage_id": "instant and station say it",
					"why": "the page says it in words",
				},
			},
			Erase: Erase{Statement: "delete from dispute where customer_id = @customer"}, Join: Join{Move: true},
		},
	}
}
