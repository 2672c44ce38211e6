package fleetdb_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bompass/server/access/seal"
	"bompass/server/fleet"
	"bompass/server/internal/pgtest"
	"bompass/server/store"
	"bompass/server/store/fleetdb"
	"bompass/shared/toll"
)

var noon = time.Date(2026, time.June, 1, 12, 0, 0, 0, time.UTC)

// Numbers of tags, valid and different.
const (
	tagOne = "9578010000000000012"
	tagTwo = "9578010000000000020"
)

// orders is a database with orders of tags and the service on it.
type orders struct {
	*fleet.Service
	t  *testing.T
	db *store.DB
}

func open(t *testing.T) *orders {
	t.Helper()
	db := pgtest.New(t)
	return &orders{fleet.NewService(fleetdb.New(db), nil, nil, nil, seal.Keys{}, func() time.Time { return noon }), t, db}
}

// order adds a person with an agreement, a vehicle on it and an order of a tag, and returns the order's number.
func (o *orders) order(n int, terms ...string) int64 {
	o.t.Helper()
	account, customer := pgtest.AddPerson(o.t, o.db, n)
	agreement, vehicle := pgtest.AddAgreement(o.t, o.db, n, customer), pgtest.AddVehicle(o.t, o.db, n)
	pgtest.Exec(o.t, o.db, "insert into mount (vehicle_id, agreement_id, valid_from) values ($1, $2, '2026-01-01')", string(vehicle), string(agreement))
	pgtest.Exec(o.t, o.db, "insert into agreement_begun (draft_id, agreement_id, account_id, at) values (gen_random_uuid(), $1, $2, $3)", string(agreement), string(account), noon)
	pgtest.Exec(o.t, o.db, `insert into profile (account_id, street, postal_code, city, country) values ($1, 'Storgata 1', '0155', 'Oslo', 'NO')`, string(account))
	for _, kind := range terms {
		pgtest.Exec(o.t, o.db, "insert into agreement_terms (agreement_id, kind, version, accepted_at) values ($1, $2, 1, $3)", string(agreement), kind, noon)
	}
	return pgtest.One[int64](o.t, o.db, "insert into tag_order (agreement_id, vehicle_id, ordered_at) values ($1, $2, $3) returning id",
		string(agreement), string(vehicle), noon.Add(-time.Duration(n)*time.Hour))
}

func (o *orders) waiting() []fleet.TagOrder {
	o.t.Helper()
	list, err := o.Waiting(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	return list
}

// Orders are sent in the order in which they came, and only once the terms are accepted.
func TestOrdersWaitUntilTermsAreAccepted(t *testing.T) {
	o := open(t)
	second, first := o.order(1, "general", "special"), o.order(2, "general", "special")
	o.order(3, "general")
	o.order(4)
	list := o.waiting()
	if len(list) != 2 || list[0].ID != first || list[1].ID != second {
		t.Fatalf("got %+v, want orders %d and %d", list, first, second)
	}
	want := fleet.TagOrder{
		ID: first, Item: toll.ItemTag, At: noon.Add(-2 * time.Hour), Agreement: "7000002", Plate: toll.Plate{Country: "NO", Text: "T00002"}, Name: "Customer 2",
		Address: "Storgata 1, 0155 Oslo, NO",
	}
	list[0].At = list[0].At.UTC()
	if list[0] != want {
		t.Errorf("got %+v, want %+v", list[0], want)
	}
}

// The tag that was sent is the agreement's, and on the vehicle from now on.
func TestSentTagIsOnTheVehicle(t *testing.T) {
	o := open(t)
	order := o.order(1, "general", "special")
	if err := o.MarkSent(t.Context(), order, tagOne); err != nil {
		t.Fatal(err)
	}
	if left := o.waiting(); len(left) != 0 {
		t.Errorf("%+v still waits", left)
	}
	mounts := pgtest.One[string](t, o.db, `select string_agg(concat(coalesce(tag_id, 'none'), ' ', to_char(valid_from at time zone 'UTC', 'MM-DD HH24'), '/', to_char(valid_to at time zone 'UTC', 'MM-DD HH24')), ', ' order by valid_from) from mount`)
	if want := "none 01-01 00/06-01 12, " + tagOne + " 06-01 12/"; mounts != want {
		t.Errorf("got %s, want %s", mounts, want)
	}
}

// Of two people at the office who send a tag for the same order, or the same tag for two orders, one is refused.
func TestOrderAndTagAreUsedOnce(t *testing.T) {
	o := open(t)
	same := o.order(1, "general", "special")
	tags := []string{tagOne, tagTwo}
	wantOne(t, pgtest.Race(t, o.db, 2, func(n int) error { return o.MarkSent(t.Context(), same, tags[n]) }), "is not waiting")
	used := pgtest.One[string](t, o.db, "select tag_id from tag_order where id = $1", same)
	two := []int64{o.order(2, "general", "special"), o.order(3, "general", "special")}
	free := strings.ReplaceAll(tagOne+tagTwo, used, "")
	wantOne(t, pgtest.Race(t, o.db, 2, func(n int) error { return o.MarkSent(t.Context(), two[n], free) }), "is on an agreement already")
	if list := o.waiting(); len(list) != 1 {
		t.Errorf("%d orders wait, want the refused one", len(list))
	}
}

// wantOne checks that all attempts but one were refused with a reason.
func wantOne(t *testing.T, errs []error, reason string) {
	t.Helper()
	done := 0
	for _, err := range errs {
		if err == nil {
			done++
		} else if !strings.Contains(err.Error(), reason) {
			t.Errorf("refused with %v, want %q", err, reason)
		}
	}
	if done != 1 {
		t.Errorf("%d were accepted, want one", done)
	}
}

// A refusal changes nothing: the same order can be sent afterwards.
func TestRefusedTagChangesNothing(t *testing.T) {
	o := open(t)
	order := o.order(1, "general", "special")
	pgtest.Exec(t, o.db, "update mount set valid_to = $1", noon.Add(-time.Hour))
	for tag, reason := range map[string]string{
		"9578010000000000013": "check digit", "957801000000000001": "19 digits", "": "19 digits", tagOne: "no longer on its agreement",
	} {
		if err := o.MarkSent(t.Context(), order, tag); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("tag %q: got %v, want %q", tag, err, reason)
		}
	}
	if err := o.MarkSent(t.Context(), order+1, tagOne); err == nil {
		t.Error("an order that does not exist is sent")
	}
	if n := pgtest.One[int](t, o.db, "select count(*) from tag"); n != 0 {
		t.Errorf("there are %d tags, want none", n)
	}
	pgtest.Exec(t, o.db, "update mount set valid_to = null")
	if err := o.MarkSent(t.Context(), order, tagOne); err != nil {
		t.Error(fmt.Errorf("after the vehicle is back: %w", err))
	}
}
