package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/embedded"
	"bompass/shared/fixture"
	"bompass/shared/toll"
)

// todaysEpoch is the sequence epoch of the passages that today sends.
const todaysEpoch = 78

// lorriesToday is the number of Fjordfrakt's lorries that drive today.
const lorriesToday = fixture.LorryCount

// sendTodaysPassages sends current passages of Kari's petrol car and of Fjordfrakt's lorries and waits until they
// are charged: on the first morning of a month the demo data has too few passages for the pages.
func (p *Product) sendTodaysPassages(t testing.TB) {
	t.Helper()
	drive := karis("oslo-104", "oslo-201", "oslo-301", "oslo-305")
	for _, m := range fixture.Mounts() {
		if v := vehicle(m.Vehicle); v.Owner == fixture.Fjordfrakt && len(drive) < 4+lorriesToday {
			drive = append(drive, pass{station: "trondheim-51", tag: m.Tag})
		}
	}
	p.drive(t, todaysEpoch, drive)
	p.await(t, len(drive), "select count(distinct p.id) from passage p join charge c on c.passage_id = p.id where p.epoch = $1", todaysEpoch)
}

// Has waits until the product has a number of passages of an epoch, and checks that it has no more.
func (p *Product) Has(t testing.TB, epoch int64, passages int) {
	t.Helper()
	p.await(t, passages, "select count(*) from passage where epoch = $1", epoch)
}

// Change executes a statement on the product's database, as somebody with access to it could.
func (p *Product) Change(t testing.TB, sql string, args ...any) {
	t.Helper()
	url, err := embedded.Running(p.Home)
	if err != nil {
		t.Fatal(err)
	}
	db, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close(context.WithoutCancel(t.Context())) }()
	if _, err := db.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

// await waits until a query returns a number.
func (p *Product) await(t testing.TB, want int, query string, args ...any) {
	t.Helper()
	url, err := embedded.Running(p.Home)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	db, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close(context.WithoutCancel(ctx)) }()
	for got := 0; got != want; time.Sleep(20 * time.Millisecond) {
		if err := db.QueryRow(ctx, query, args...).Scan(&got); err != nil {
			t.Fatalf("got %d of %d passages: %v", got, want, err)
		}
		if got > want {
			t.Fatalf("got %d passages, want %d", got, want)
		}
	}
}

// pass is a tag under a station.
type pass struct {
	station toll.StationID
	tag     toll.TagID
}

// karis returns passages of Kari's petrol car.
func karis(stations ...toll.StationID) (drive []pass) {
	for _, station := range stations {
		drive = append(drive, pass{station, fixture.Mounts()[0].Tag})
	}
	return drive
}

func vehicle(id toll.VehicleID) toll.Vehicle {
	all := fixture.Vehicles()
	return all[slices.IndexFunc(all, func(v toll.Vehicle) bool { return v.ID == id })]
}

// Drive lets Kari's petrol car pass stations now. The epoch tells the passages from others'.
func (p *Product) Drive(t testing.TB, epoch int64, stations ...toll.StationID) {
	t.Helper()
	p.drive(t, epoch, karis(stations...))
}

func (p *Product) drive(t testing.TB, epoch int64, drive []pass) {
	t.Helper()
	now := time.Now().UTC()
	var body bytes.Buffer
	for i, d := range drive {
		o := toll.Observation{
			Station: d.station, Lane: 1, Epoch: epoch, Sequence: int64(i), Direction: toll.Inbound, Tag: d.tag,
			At: now.Add(time.Duration(i) * time.Second),
		}
		if err := json.NewEncoder(&body).Encode(o); err != nil {
			t.Fatal(err)
		}
	}
	p.Send(t, &body)
}

// Send sends passages as a station does, one line each.
func (p *Product) Send(t testing.TB, lines *bytes.Buffer) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.URL()+"/api/v1/station/passages", lines)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+fixture.StationKey)
	req.Header.Set("Content-Type", "application/x-ndjson")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("the batch was answered %s", resp.Status)
	}
}
