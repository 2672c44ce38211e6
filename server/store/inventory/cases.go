package inventory

import "bompass/server/privacy"

// ofMine selects the cases that an account opened.
const ofMine = "(select id from support_case where account_id = @account)"

// cases lists the cases of customer service.
func cases() []Table {
	return []Table{
		{
			Name: "support_file", Owner: Account, Kept: "as long as the case",
			Export: Export{
				Section: "case_files",
				Query: `select m.case_id as number, f.name, f.type, f.size from support_file f join support_message m on m.id = f.message_id
					where m.case_id in ` + ofMine + " order by f.id",
				Columns: []string{"name", "type", "size"},
				Omitted: map[string]string{"id": "internal", "message_id": "internal", "body": "the page of the case has it"},
			},
			Erase: Erase{Cascade: true}, Plain: map[string]string{"body": "a file as it was sent, or a picture drawn again"},
		},
		{
			Name: "support_message", Owner: Account, Accounts: []string{"account_id"}, Kept: "as long as the case",
			Export: Export{
				Section: "case_messages",
				Query:   `select case_id as number, act, staff, text, written_at from support_message where case_id in ` + ofMine + ` or account_id = @account order by id`,
				Columns: []string{"act", "staff", "text", "written_at"},
				Omitted: map[string]string{"id": "internal", "case_id": "the number says it", "account_id": "the person asking, or the toll company", "once": "internal", "told_at": "the section letters has it"},
			},
			Erase: Erase{Statement: "update support_message set account_id = null, text = '' where account_id = @account"}, Join: Join{Move: true},
		},
		{
			Name: "support_case", Owner: Account, Accounts: []string{"account_id"}, Customers: []string{"customer_id"},
			Prune: &Prune{privacy.Cases, "id", "changed_at < $1"},
			Export: Export{
				Section: "cases",
				Query:   "select id as number, charger, topic, title, about, state, opened_at, changed_at, answer_by from support_case where account_id = @account order by id",
				Columns: []string{"charger", "topic", "title", "about", "state", "opened_at", "changed_at", "answer_by"},
				Omitted: map[string]string{
					"id": "the number", "customer_id": "the section parties has it", "account_id": "the person asking", "once": "internal", "taken_by": "work of the toll company",
				},
			},
			Erase: Erase{Statement: "delete from support_case where account_id = @account"}, Join: Join{Move: true},
		},
	}
}
