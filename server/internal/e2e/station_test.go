package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"bompass/hardware/uplink"
	"bompass/server/internal/e2e"
	"bompass/server/internal/proves"
	"bompass/shared/api"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
)

// customer is a signed-in person without a browser.
type customer struct {
	product *e2e.Product
	client  *http.Client
}

// signInHTTP signs in with both forms over plain HTTP.
func signInHTTP(t *testing.T, product *e2e.Product, user fixture.Account) *customer {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &customer{product, &http.Client{Jar: jar}}
	c.send(t, "/login", url.Values{"email": {user.Email}, "password": {fixture.Password}})
	code, err := totp.GenerateCode(user.TOTPSecret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	c.send(t, "/login/code", url.Values{"code": {code}})
	return c
}

var csrfField = regexp.MustCompile(`name="csrf" value="([^"]*)"`)

// send submits the form of a page as the page does.
func (c *customer) send(t *testing.T, path string, form url.Values) {
	t.Helper()
	page := c.get(t, path)
	field := csrfField.FindSubmatch(page)
	if field == nil {
		t.Fatalf("%s has no form:\n%s", path, page)
	}
	form.Set("csrf", html.UnescapeString(string(field[1])))
	req, err := http.NewRequest(http.MethodPost, c.product.URL()+path, bytes.NewBufferString(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", c.product.URL())
	c.read(t, req)
}

func (c *customer) get(t *testing.T, path string) []byte {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, c.product.URL()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c.read(t, req)
}

func (c *customer) read(t *testing.T, req *http.Request) []byte {
	t.Helper()
	res, err := c.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s %v\n%s", req.Method, req.URL.Path, res.Status, err, body)
	}
	return body
}

// passages returns the first page of the customer's passages.
func (c *customer) passages(t *testing.T) (reply api.PassageListReply) {
	t.Helper()
	today := oslo.DayOf(time.Now())
	text := c.get(t, fmt.Sprintf("/api/v1/passages?from=%s&to=%s", today-1, today))
	if err := json.Unmarshal(text, &reply); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return reply
}

// A simulated tag passes an antenna of a roadside agent, in octets; the agent sends it to the server; the server
// charges it to the agreement of the tag; the customer's list shows it.
func TestTagReadReachesCustomer(t *testing.T) {
	product := e2e.Start(t, program)
	kari := signInHTTP(t, product, account(t, "kari@bompass.example"))
	before := kari.passages(t)

	dir := t.TempDir()
	station := filepath.Join(dir, "station")
	build := exec.Command("go", "build", "-o", station, "./hardware/cmd/station")
	build.Dir = e2e.Top
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the station: %v\n%s", err, text)
	}
	// Kari's tag drives under an unknown plate, so only the tag can match the passage.
	mount := fixture.Mounts()[0]
	cast := filepath.Join(dir, "cast")
	if err := os.WriteFile(cast, fmt.Appendf(nil, "NO XX99999 %s\n", mount.Tag), 0o600); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	drive := exec.Command(station, "--server", product.URL(), "--station", "oslo-301", "--spool",
		filepath.Join(dir, "spool"),
		"--vehicles", cast, "--rate", "3600", "--lanes", "1", "--duration", "6s", "--live", "off")
	drive.Env = append(os.Environ(), "BOMPASS_STATION_KEY="+fixture.StationKey)
	if text, err := drive.CombinedOutput(); err != nil {
		t.Fatalf("drive: %v\n%s", err, text)
	}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		for _, line := range kari.passages(t).Lines {
			if line.At.After(began) && line.Station == "oslo-301" && line.Tag == mount.Tag &&
				line.Vehicle == mount.Vehicle && line.Priced {
				proves.That(t, "O.06")
				t.Logf("passed at %v, on the customer's reply as %+v", line.At, line)
				return
			}
		}
		if time.Now().After(end) {
			t.Fatalf("no passage of the tag in the customer's reply; %d lines before, %d now", len(before.Lines),
				len(kari.passages(t).Lines))
		}
	}
}

// Passages that a station stored while the server was away are sent, over HTTP and as a leaf node, while new
// vehicles pass: 4,000 passages, or with STATION_FIGURES, as make faults sets it, a busy day's 80,000. All arrive,
// and none twice.
func TestStationSpoolIsDrained(t *testing.T) {
	waiting := 4_000
	if os.Getenv("STATION_FIGURES") != "" {
		waiting = 80_000
	}
	address := e2e.FreeAddr(t)
	product := e2e.Start(t, program, "BOMPASS_LEAF="+address)
	t.Run("over HTTP", func(t *testing.T) {
		spool, err := uplink.Open(t.TempDir(), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		drain(t, product, waiting, spool, &uplink.Sender{
			Server: product.URL(), Key: fixture.StationKey, Client: http.DefaultClient, Spool: spool,
			Wait: uplink.Sleep, Jitter: func() float64 { return 0 }, Log: slog.New(slog.DiscardHandler),
		})
	})
	t.Run("as a leaf node", func(t *testing.T) {
		spool, sender := openLeafSpool(t, t.TempDir(), address, fixture.StationKey)
		drain(t, product, waiting, spool, sender)
	})
}

// drain fills a spool, sends it while more passages come, and checks that the server has all of them.
func drain(t *testing.T, product *e2e.Product, waiting int, spool *uplink.Spool, sender *uplink.Sender) {
	t.Helper()
	const drainMax = time.Minute
	vehicles, seen := fixture.Vehicles(), 0
	see := func(at time.Time) {
		plate := vehicles[seen%len(vehicles)].Plate
		if _, err := spool.Append(uplink.Observation{
			Station: "oslo-301", Lane: 1 + seen%4, At: at.UTC(), Direction: "in", Country: plate.Country,
			Plate: plate.Text,
		}); err != nil {
			t.Fatal(err)
		}
		seen++
	}
	began := time.Now()
	for seen < waiting {
		see(began.Add(-time.Duration(waiting-seen) * time.Second))
	}
	kept := time.Since(began)
	ctx, cancel := context.WithTimeout(t.Context(), drainMax)
	defer cancel()
	done := make(chan error, 1)
	began = time.Now()
	go func() { done <- sender.Run(ctx) }()
	for spool.Waiting() > 0 && ctx.Err() == nil {
		see(time.Now())
		time.Sleep(50 * time.Millisecond) // 20 a second
	}
	took := time.Since(began)
	cancel()
	if left := spool.Waiting(); left > 0 {
		t.Errorf("%d passages wait after %v", left, took)
	}
	epoch := spool.Epoch()
	if err := errors.Join(<-done, spool.Close()); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d passages kept in %v, and drained into the real server in %v with %d live ones meanwhile",
		waiting, kept.Round(time.Millisecond), took.Round(time.Millisecond), seen-waiting)
	product.Has(t, epoch, seen)
}
