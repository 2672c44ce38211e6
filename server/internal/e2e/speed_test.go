package e2e_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"bompass/server/internal/e2e"
)

const rounds = 3

// median is the one in the middle.
func median(found []float64) float64 {
	slices.Sort(found)
	return found[len(found)/2]
}

// when waits for a condition and tells how many milliseconds after the page's beginning it held.
func when(b *testing.B, page *e2e.Page, what, condition string) float64 {
	b.Helper()
	page.Wait(what, condition)
	ms, err := strconv.ParseFloat(page.Text("performance.now()"), 64)
	if err != nil {
		b.Fatal(err)
	}
	return ms
}

// BenchmarkVisit measures the first visit and a later one with a slow phone on a slow network: first
// paint, and the customer's own passages on the screen. Printed, not judged.
func BenchmarkVisit(b *testing.B) {
	product := e2e.Start(b, program)
	page := e2e.Open(b, e2e.Phone)
	signIn(b, page, product, account(b, "kari@bompass.example"))
	page.See("DP 45821")
	page.Slow()
	var paint, first, later []float64
	const shown, painted = `document.querySelector('button[id^="passage-"]')`, `performance.getEntriesByName("first-contentful-paint").length`
	for range rounds {
		page.Go("about:blank")
		page.Fresh(product.URL())
		page.Go(product.URL() + "/")
		first = append(first, when(b, page, "live data", shown))
		page.Wait("a first paint", painted)
		ms, err := strconv.ParseFloat(page.Text(`performance.getEntriesByName("first-contentful-paint")[0].startTime`), 64)
		if err != nil {
			b.Fatal(err)
		}
		paint = append(paint, ms)
		ready(page)
		page.Go(product.URL() + "/")
		later = append(later, when(b, page, "live data again", shown))
	}
	b.ReportMetric(median(paint), "ms-first-paint")
	b.ReportMetric(median(first), "ms-first-data")
	b.ReportMetric(median(later), "ms-later-data")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkLighthouse has Lighthouse look, as on a phone and three times each, at the pages that are for
// everyone. Printed, with what is not whole.
func BenchmarkLighthouse(b *testing.B) {
	tool, err := filepath.Abs(filepath.Join(e2e.Top, ".cache", "lighthouse", "node_modules", ".bin", "lighthouse"))
	if err != nil {
		b.Fatal(err)
	}
	if _, err := os.Stat(tool); err != nil {
		b.Fatalf("no Lighthouse, run make gates: %v", err)
	}
	product := e2e.Start(b, program)
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		b.Fatal(err)
	}
	for name, path := range map[string]string{"login": "/login", "prices": "/prices"} {
		b.Run(name, func(b *testing.B) {
			scores := map[string][]float64{}
			for range rounds {
				for category, score := range lighthouse(b, tool, chromium, product.URL()+path) {
					scores[category] = append(scores[category], 100*score)
				}
			}
			for category, found := range scores {
				b.ReportMetric(median(found), category)
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

func lighthouse(b *testing.B, tool, chromium, address string) map[string]float64 {
	b.Helper()
	run := exec.Command(tool, address, "--quiet", "--output=json", "--only-categories=performance,accessibility,best-practices", "--chrome-flags=--headless=new --no-sandbox --disable-gpu")
	run.Env = append(os.Environ(), "CHROME_PATH="+chromium)
	text, err := run.Output()
	if err != nil {
		b.Fatalf("lighthouse: %v", err)
	}
	var report struct {
		Categories map[string]struct {
			Score float64 `json:"score"`
		} `json:"categories"`
		Audits map[string]struct {
			Score *float64 `json:"score"`
			Title string   `json:"title"`
		} `json:"audits"`
	}
	if err := json.Unmarshal(text, &report); err != nil {
		b.Fatal(err)
	}
	scores := map[string]float64{}
	for name, category := range report.Categories {
		scores[name] = category.Score
	}
	if scores["accessibility"] < 1 || scores["best-practices"] < 1 {
		for name, audit := range report.Audits {
			if audit.Score != nil && *audit.Score == 0 {
				b.Logf("%s: %s: %s", address, name, audit.Title)
			}
		}
	}
	return scores
}
