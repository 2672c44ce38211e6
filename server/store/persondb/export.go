package persondb

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/notice"
	"bompass/server/store"
	"bompass/shared/api"
	"bompass/shared/toll"
)

// exportMax bounds the lines of one section of an export.
const exportMax = 100_000

// export lists the sections: what is asked, for an account $1 and, where the person owns it, a customer $2.
func exportSections() map[string]string {
	return map[string]string{
		"account": `select id, email, person, language, created.at as registered from account a
			left join lateral (select min(at) as at from account_event e where e.account_id = a.id) created on true where id = $1 and ($2::uuid is null or true)`,
		"profile":    "select * from profile where account_id = $1 and ($2::uuid is null or true)",
		"consents":   "select kind, version, given, at from consent where account_id = $1 and ($2::uuid is null or true) order by id",
		"sessions":   "select began_at, seen_at, until, device, network from session where account_id = $1 and ($2::uuid is null or true)",
		"history":    "select kind, at, device, network from account_event where account_id = $1 and ($2::uuid is null or true) order by id",
		"letters":    "select channel, kind, sent_at from outbox where account_id = $1 and channel <> 'none' and ($2::uuid is null or true) order by written",
		"acts_for":   "select c.name, p.role, p.until from account_party p join customer c on c.id = p.customer_id where p.account_id = $1 and ($2::uuid is null or true)",
		"customer":   "select c.* from customer c where c.id = $2 and $1::uuid is not null",
		"agreements": "select number, issuer, charger, valid_from, valid_to, blocked from agreement where customer_id = $2 and $1::uuid is not null order by number",
		"terms": `select g.number, t.kind, t.version, t.accepted_at from agreement_begun n join agreement g on g.id = n.agreement_id
			join agreement_terms t on t.agreement_id = g.id where n.account_id = $1 and ($2::uuid is null or true) order by g.number, t.kind`,
		"tag_orders": `select g.number, v.country, v.plate, o.ordered_at, o.sent_at from tag_order o join agreement g on g.id = o.agreement_id
			join vehicle v on v.id = o.vehicle_id where g.customer_id = $2 and $1::uuid is not null order by o.id`,
		"vehicles": "select country, plate from vehicle where owner_id = $2 and $1::uuid is not null order by plate",
		"tags":     "select t.id, t.status from tag t join agreement a on a.id = t.agreement_id where a.customer_id = $2 and $1::uuid is not null order by t.id",
		"passages": `select p.passed_at, p.station, p.country, p.plate, p.tag, c.net from passage p
			left join lateral (select net from charge c where c.passage_id = p.id order by revision desc limit 1) c on true
			where p.customer_id = $2 and p.station <> '' and $1::uuid is not null order by p.passed_at`,
	}
}

// Export reads everything we know about a person, at one instant.
func (s *Store) Export(
	ctx context.Context, account toll.AccountID, customer toll.CustomerID, at time.Time, letters []notice.Message,
) (api.ExportReply, error) {
	reply := api.ExportReply{At: at, Sections: map[string]json.RawMessage{}}
	err := s.db.Tx(ctx, "export", func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "set transaction isolation level repeatable read"); err != nil {
			return err
		}
		for name, query := range exportSections() {
			var rows []byte
			err := tx.QueryRow(ctx, fmt.Sprintf("select coalesce(json_agg(t), '[]') from (%s limit %d) t", query, exportMax),
				string(account), store.NullIfZero(string(customer))).Scan(&rows)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			reply.Sections[name] = rows
		}
		if err := store.AddEvent(ctx, tx, account, access.EventExported, at, access.Place{}); err != nil {
			return err
		}
		return store.AddMessages(ctx, tx, letters)
	})
	return reply, err
}
