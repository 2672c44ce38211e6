//go:build !js

package ui_test

import (
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
)

func TestRoundUpReturnsARoundNumberAboveTheValue(t *testing.T) {
	for n, want := range map[int64]int64{0: 100, 100: 100, 101: 200, 201: 400, 401: 500, 501: 1000, 123456: 200000} {
		if got := ui.RoundUp(n, 100); got != want {
			t.Errorf("%d: got %d, want %d", n, got, want)
		}
	}
}

func TestArrowKeysMoveAmongTabs(t *testing.T) {
	tabs := ui.Tabs{ID: "t", Current: "c", Tabs: []ui.Tab{{"a", "A"}, {"b", "B"}, {"c", "C"}}, Body: app.Text("body")}
	for key, want := range map[string]string{"ArrowRight": "a", "ArrowLeft": "b", "Home": "a", "End": "c", "Enter": "", "x": ""} {
		if got, ok := tabs.Next(key); got != want || ok != (want != "") {
			t.Errorf("%s: got %q, %t", key, got, ok)
		}
	}
	got := html(tabs.UI())
	if strings.Count(got, `tabindex="-1"`) != 2 || strings.Count(got, `aria-selected="false"`) != 2 {
		t.Errorf("more than one tab is in the tab order: %s", got)
	}
}

func TestChartIsDrawnWithinItsFrame(t *testing.T) {
	chart := ui.Chart{ID: "c", Name: "A name", Slots: 3, Top: 100, Scale: []string{"100", "0"}, Series: []ui.Series{{Values: []int64{-5, 50, 900}}, {Values: nil}}}
	got := html(chart.UI())
	if !strings.Contains(got, `d="M0 200L500 100L1000 0"`) {
		t.Errorf("the line leaves the drawing: %s", got)
	}
	if strings.Contains(got, "style=") || !strings.Contains(got, `aria-label="A name"`) {
		t.Errorf("it has a style, or no name: %s", got)
	}
	chart.Bars = true
	if got := html(chart.UI()); strings.Count(got, "<rect") != 2 {
		t.Errorf("not one bar for each positive amount: %s", got)
	}
}

func TestErrorSummaryLinksToTheFields(t *testing.T) {
	if got := html(ui.ErrorSummary("T", nil)); strings.Contains(got, "T") {
		t.Errorf("without an error: %s", got)
	}
	got := html(ui.ErrorSummary("T", []ui.FormError{{"email", "Write it."}}))
	if !strings.Contains(got, `href="#email"`) || !strings.Contains(got, `tabindex="-1"`) || !strings.Contains(got, `id="`+ui.ErrorSummaryID+`"`) {
		t.Errorf("with an error: %s", got)
	}
}

func TestPaginationLinksToExistingNeighbours(t *testing.T) {
	got := html(ui.Pages{Name: "P", Previous: "before", Next: "after", Current: 1, Count: 1, Href: func(int) string { return "/x" }}.UI())
	if strings.Contains(got, "before") || strings.Contains(got, "after") || !strings.Contains(got, `aria-current="page"`) {
		t.Errorf("the only page: %s", got)
	}
}
