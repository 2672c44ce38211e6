package pipeline_test

import (
	"errors"
	"log/slog"
	"regexp"
	"strconv"
	"testing"
	"time"

	"bompass/server/internal/oracle"
	"bompass/server/internal/pipelinetest"
	"bompass/server/pricelist"
	"bompass/server/store/pricedb"
	"bompass/shared/fixture"
	"bompass/shared/rating"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// basePrice is a base price of light vehicles in a tariff.
var basePrice = regexp.MustCompile(`(price \S+ light \S+ +base +)(\d+)`)

// twoPriceLists returns the built-in tariff files, and the same with the base prices of light vehicles one krone
// higher.
func twoPriceLists(t *testing.T) (builtIn, dearer []tariff.File) {
	t.Helper()
	builtIn, err := oracle.Files()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range builtIn {
		f.Text = basePrice.ReplaceAllStringFunc(f.Text, func(s string) string {
			parts := basePrice.FindStringSubmatch(s)
			kroner, err := strconv.Atoi(parts[2])
			if err != nil {
				t.Fatal(err)
			}
			return parts[1] + strconv.Itoa(kroner+1)
		})
		dearer = append(dearer, f)
	}
	return builtIn, dearer
}

func publish(t *testing.T, s *pricedb.Store, files []tariff.File) {
	t.Helper()
	if _, published, err := pricelist.Publish(t.Context(), s, files, "test"); err != nil || !published {
		t.Fatalf("publish: %v, %v", published, err)
	}
}

// openPrices returns the price lists in force, as a server has them that was built with the given ones.
func openPrices(t *testing.T, r *pipelinetest.Rig, builtIn []tariff.File) *pricelist.InForce {
	t.Helper()
	prices, err := pricelist.Open(t.Context(), pricedb.New(r.DB), pricelist.Options{BuiltIn: builtIn}, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	return prices
}

// wantPrices checks that each passage costs what a price list says, and returns the number of charges posted.
func wantPrices(t *testing.T, r *pipelinetest.Rig, files []tariff.File, driven []toll.Observation) (posted int) {
	t.Helper()
	release, err := pricelist.Compile(pricelist.Stored{Core: rating.Core, Files: files})
	if err != nil {
		t.Fatal(err)
	}
	want, err := oracle.Charges(release.Plan, driven)
	if err != nil {
		t.Fatal(err)
	}
	r.WantNet(want)
	if err := r.DB.Pool.QueryRow(t.Context(), "select count(*) from charge").Scan(&posted); err != nil {
		t.Fatal(err)
	}
	return posted
}

// Two servers whose builds have other prices rate by the release in force, so charges do not change to and fro.
func TestServersRateByTheReleaseInForce(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 10).Start())
	r.Stop()
	builtIn, dearer := twoPriceLists(t)
	r.Pipeline = r.StartWith(openPrices(t, r, builtIn))
	r.StartWith(openPrices(t, r, dearer)) // the release is there already
	driven := fixture.Passages(pipelinetest.November, pipelinetest.November+4)
	half := len(driven) / 2
	for i := range half {
		r.Send(pipelinetest.NDJSON(driven[i]))
	}
	r.Settle()
	first := wantPrices(t, r, builtIn, driven[:half])
	publish(t, pricedb.New(r.DB), dearer)
	for i := half; i < len(driven); i++ {
		r.Send(pipelinetest.NDJSON(driven[i]))
	}
	r.Settle()
	var most int
	if err := r.DB.Pool.QueryRow(t.Context(), "select max(revision) from charge").Scan(&most); err != nil {
		t.Fatal(err)
	}
	var total int
	if err := r.DB.Pool.QueryRow(t.Context(), "select count(*) from charge").Scan(&total); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d passages, %d charges before the release, %d after, at most %d of one passage", len(driven), first, total, most)
	if total > 4*len(driven) {
		t.Errorf("%d charges for %d passages", total, len(driven))
	}
	before := total
	for range 3 { // passages that touch the same vehicles again change nothing that was posted
		r.Send(pipelinetest.NDJSON(driven...))
		r.Settle()
	}
	if err := r.DB.Pool.QueryRow(t.Context(), "select count(*) from charge").Scan(&total); err != nil || total != before {
		t.Errorf("%d charges after the same passages again, want %d, %v", total, before, err)
	}
}

// A build that knows no releases, or an older rating core, posts nothing once another has published; its passages wait.
func TestOldBuildPostsNothing(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 10).Start())
	builtIn, _ := twoPriceLists(t)
	driven := fixture.Passages(pipelinetest.November, pipelinetest.November+2)
	publish(t, pricedb.New(r.DB), builtIn) // the running pipeline knows no release
	r.Send(pipelinetest.NDJSON(driven...))
	time.Sleep(2 * time.Second)
	var posted int
	if err := r.DB.Pool.QueryRow(t.Context(), "select count(*) from charge").Scan(&posted); err != nil || posted != 0 {
		t.Fatalf("the old build has posted %d charges, %v", posted, err)
	}
	r.Stop()
	r.Pipeline = r.StartWith(openPrices(t, r, builtIn))
	r.Settle()
	wantPrices(t, r, builtIn, driven)
}

func TestOlderRatingCoreIsRefused(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 10).Start())
	r.Stop()
	builtIn, dearer := twoPriceLists(t)
	prices := openPrices(t, r, builtIn)
	releases := pricedb.New(r.DB)
	if _, err := releases.Publish(t.Context(), 1, pricelist.Stored{Core: rating.Core + 1, Files: dearer, Note: "a newer build"}); err != nil {
		t.Fatal(err)
	}
	if err := prices.Reload(t.Context()); !errors.Is(err, pricelist.ErrOldBuild) {
		t.Errorf("reload: %v, want %v", err, pricelist.ErrOldBuild)
	}
	if _, _, err := pricelist.Publish(t.Context(), releases, builtIn, "back"); !errors.Is(err, pricelist.ErrOldBuild) {
		t.Errorf("publish: %v, want %v", err, pricelist.ErrOldBuild)
	}
	if _, err := pricelist.Open(t.Context(), releases, pricelist.Options{BuiltIn: builtIn}, slog.New(slog.DiscardHandler)); !errors.Is(err, pricelist.ErrOldBuild) {
		t.Errorf("start: %v, want %v", err, pricelist.ErrOldBuild)
	}
}

// Of two that publish at once, one is told that it was overtaken.
func TestReleaseIsPublishedOnce(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 10).Start())
	builtIn, dearer := twoPriceLists(t)
	releases := pricedb.New(r.DB)
	publish(t, releases, builtIn)
	if number, published, err := pricelist.Publish(t.Context(), releases, builtIn, "again"); number != 1 || published || err != nil {
		t.Errorf("the same again: %d, %v, %v", number, published, err)
	}
	results := make(chan error)
	for range 8 {
		go func() {
			_, err := releases.Publish(t.Context(), 1, pricelist.Stored{Core: rating.Core, Files: dearer, Note: "one of eight"})
			results <- err
		}()
	}
	won := 0
	for range 8 {
		switch err := <-results; {
		case err == nil:
			won++
		case !errors.Is(err, pricelist.ErrOvertaken):
			t.Error(err)
		}
	}
	if list, err := releases.List(t.Context()); won != 1 || len(list) != 2 || err != nil {
		t.Errorf("%d of eight published, %d releases, %v", won, len(list), err)
	}
}
