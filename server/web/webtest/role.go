package webtest

import (
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/shared/fixture"
)

// SetRole changes Astrid's role in the database, before she signs in. An empty role or administrator changes nothing.
// A driver gets a vehicle, and the role expired ends after thirty seconds.
func (p *Portal) SetRole(role string) {
	p.t.Helper()
	if role == "" || role == "administrator" {
		return
	}
	p.standIn("a role that the test has written")
	conn, err := pgx.Connect(p.t.Context(), p.dsn)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = conn.Close(p.t.Context()) }()
	sql := "update account_party set role = $2 where account_id = (select id from account where email = $1)"
	args := []any{"astrid@fjordfrakt.example", role}
	switch role {
	case "driver":
		sql = "update account_party set role = $2, vehicle_id = $3 where account_id = (select id from account where email = $1)"
		args = append(args, string(fixture.Lorry(0)))
	case "expired":
		sql, args = "update account_party set until = $2 where account_id = (select id from account where email = $1)", []any{
			"astrid@fjordfrakt.example", p.Now().Add(30 * time.Second),
		}
	}
	if _, err := conn.Exec(p.t.Context(), sql, args...); err != nil {
		p.t.Fatal(err)
	}
}
