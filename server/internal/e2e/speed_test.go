package e2e_test

import (
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bompass/server/internal/e2e"
)

const visits = 3

// lighthouseAttempts is the maximum number of attempts to run Lighthouse on a page.
const lighthouseAttempts = 3

// median returns the median of values, which it sorts.
func median(found []float64) float64 {
	slices.Sort(found)
	return found[len(found)/2]
}

// timeUntil waits for a condition and returns the time since the navigation began, in milliseconds.
func timeUntil(b *testing.B, page *e2e.Page, what, condition string) float64 {
	b.Helper()
	page.Wait(what, condition)
	ms, err := strconv.ParseFloat(page.Eval("performance.now()"), 64)
	if err != nil {
		b.Fatal(err)
	}
	return ms
}

// BenchmarkVisit measures a first and a later visit on a slow phone and a slow network: the time to the first paint
// and to the customer's own passages. The times are printed and not checked.
func BenchmarkVisit(b *testing.B) {
	product := e2e.Start(b, program)
	page := e2e.Open(b, e2e.Phone)
	signIn(b, page, product, account(b, "kari@bompass.example"))
	page.WaitText("DP 45821")
	page.EmulateSlowPhone()
	var paint, first, later []float64
	const shown, painted = `document.querySelector('button[id^="passage-"]')`, `performance.getEntriesByName("first-contentful-paint").length`
	for range visits {
		page.Go("about:blank")
		page.ClearStorage(product.URL())
		page.Go(product.URL() + "/")
		first = append(first, timeUntil(b, page, "live data", shown))
		page.Wait("a first paint", painted)
		ms, err := strconv.ParseFloat(page.Eval(`performance.getEntriesByName("first-contentful-paint")[0].startTime`),
			64)
		if err != nil {
			b.Fatal(err)
		}
		paint = append(paint, ms)
		waitForServiceWorker(page)
		page.Go(product.URL() + "/")
		later = append(later, timeUntil(b, page, "live data again", shown))
	}
	b.ReportMetric(median(paint), "ms-first-paint")
	b.ReportMetric(median(first), "ms-first-data")
	b.ReportMetric(median(later), "ms-later-data")
	b.ReportMetric(0, "ns/op")
}

// goodPerformance is the lowest performance score that Lighthouse rates as good.
const goodPerformance = 90

// BenchmarkLighthouse runs Lighthouse with its profile of a phone, three times on each page, with and without a
// session. It fails if accessibility or best practices score less than 100. A performance below good is logged
// only, because it depends on the load of the machine.
func BenchmarkLighthouse(b *testing.B) {
	tool, err := filepath.Abs(filepath.Join(e2e.Top, ".cache", "lighthouse", "node_modules", ".bin", "lighthouse"))
	if err != nil {
		b.Fatal(err)
	}
	if _, err := os.Stat(tool); err != nil {
		b.Fatalf("no Lighthouse, run make gates: %v", err)
	}
	product := e2e.Start(b, program)
	page := e2e.Open(b, e2e.Phone)
	signIn(b, page, product, account(b, "kari@bompass.example"))
	page.WaitText("DP 45821")
	for _, target := range []struct{ name, path, cookies string }{
		{"login", "/login", ""},
		{"prices", "/prices", ""},
		{"overview", "/", page.Cookies()},
		{"passages", "/passages", page.Cookies()},
	} {
		b.Run(target.name, func(b *testing.B) {
			scores := map[string][]float64{}
			for range visits {
				for category, score := range lighthouse(b, tool, product.URL()+target.path, target.cookies) {
					scores[category] = append(scores[category], math.Round(100*score))
				}
			}
			for category, found := range scores {
				score := median(found)
				b.ReportMetric(score, category)
				switch {
				case category == "performance" && score < goodPerformance:
					b.Logf("SLOW: %s has a performance of %.0f, which is below %d. Is the machine busy?", target.path,
						score, goodPerformance)
				case category != "performance" && score < 100:
					b.Errorf("%s: %s is %.0f, want 100", target.path, category, score)
				}
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// lighthouse runs Lighthouse on an address and returns its scores, from 0 to 1.
func lighthouse(b *testing.B, tool, address, cookies string) map[string]float64 {
	b.Helper()
	args := []string{
		address, "--quiet", "--output=json", "--only-categories=performance,accessibility,best-practices",
		"--chrome-flags=--headless=new --no-sandbox --disable-gpu",
	}
	if cookies != "" {
		headers, err := json.Marshal(map[string]string{"Cookie": cookies})
		if err != nil {
			b.Fatal(err)
		}
		args = append(args, "--extra-headers="+string(headers))
	}
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		b.Fatal(err)
	}
	var text []byte
	for range lighthouseAttempts { // Lighthouse gives up if the browser starts slowly
		run := exec.Command(tool, args...)
		run.Env = append(os.Environ(), "CHROME_PATH="+chromium)
		if text, err = run.Output(); err == nil {
			break
		}
	}
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
			Shown string   `json:"displayValue"`
		} `json:"audits"`
		FinalURL string `json:"finalDisplayedUrl"`
	}
	if err := json.Unmarshal(text, &report); err != nil {
		b.Fatal(err)
	}
	if report.FinalURL != address {
		b.Fatalf("Lighthouse was redirected from %s to %s", address, report.FinalURL)
	}
	var metrics []string
	for _, name := range []string{
		"first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift",
	} {
		metrics = append(metrics, report.Audits[name].Title+" "+report.Audits[name].Shown)
	}
	b.Log(strings.Join(metrics, ", "))
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
