package pipeline_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/internal/pipelinetest"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// The payer is found by the tag that was read, else by the plate, else it is the owner, else there is none.
func TestMatchFindsPayer(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 20).Start())
	kari, lorry := fixture.Mounts()[0].Tag, fixture.Mounts()[4].Tag
	blocked := fixture.Mounts()[1].Tag
	r.Exec("update tag set status = 'blocked' where id = '" + string(blocked) + "'")
	r.Exec("update mount set valid_to = '2025-11-15T00:00:00Z' where tag_id = '" + string(fixture.Mounts()[2].Tag) + "'")
	r.SetNow(r.Now().Add(2 * time.Minute))
	none := toll.AgreementID("")
	cases := []struct {
		name           string
		tag            toll.TagID
		country, plate string
		day            oslo.Day
		by             toll.MatchedBy
		customer       toll.CustomerID
		agreement      toll.AgreementID
	}{
		{"the tag", kari, "", "", 3, toll.ByTag, fixture.Kari, fixture.KariAgreement},
		{"the tag, whatever plate it is under", lorry, "NO", "DP45821", 3, toll.ByTag, fixture.Fjordfrakt, fixture.FjordfraktAgreement},
		{"the plate, when no tag was read", "", "NO", "DP45821", 3, toll.ByPlate, fixture.Kari, fixture.KariAgreement},
		{"the plate, when the tag is blocked", blocked, "NO", "EK31204", 3, toll.ByPlate, fixture.Kari, fixture.KariAgreement},
		{"none, by a blocked tag alone", blocked, "", "", 3, toll.ByNone, "", none},
		{"none, by an unknown tag", "9578010000000009999", "", "", 3, toll.ByNone, "", none},
		{"the owner, who has no agreement", "", "NO", "RK20877", 3, toll.ByOwner, fixture.Per, none},
		{"none, by a plate of another country", "", "DK", "DP45821", 3, toll.ByNone, "", none},
		{"the tag, while it is mounted", fixture.Mounts()[2].Tag, "SE", "ABC12D", 3, toll.ByTag, fixture.Ingrid, fixture.IngridAgreement},
		{"the owner, after it was taken out", fixture.Mounts()[2].Tag, "SE", "ABC12D", 16, toll.ByOwner, fixture.Ingrid, none},
	}
	pass := func(n int) toll.Observation {
		c := cases[n]
		return toll.Observation{
			Station: "trondheim-51", Lane: 1, Epoch: 40, Sequence: int64(n), At: oslo.At(pipelinetest.November+c.day, 1+n, 0, 0), Direction: toll.Inbound,
			Tag: c.tag, Country: c.country, Plate: c.plate,
		}
	}
	for n := range cases {
		r.Send(pipelinetest.NDJSON(pass(n)))
	}
	r.Settle()
	db, err := pgx.Connect(t.Context(), r.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close(t.Context()) }()
	for n, c := range cases {
		var by toll.MatchedBy
		var customer toll.CustomerID
		var agreement toll.AgreementID
		err := db.QueryRow(t.Context(), `select matched_by, coalesce(customer_id::text, ''), coalesce(agreement_id::text, '') from passage where id = $1`,
			string(pass(n).ID())).Scan(&by, &customer, &agreement)
		if err != nil || by != c.by || customer != c.customer || agreement != c.agreement {
			t.Errorf("%s: got %s %q %q %v, want %s %q %q", c.name, by, customer, agreement, err, c.by, c.customer, c.agreement)
		}
	}
}
