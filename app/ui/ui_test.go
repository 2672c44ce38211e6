//go:build !js

package ui_test

import (
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
)

func html(u app.UI) string { return app.HTMLString(app.Elem("div").Body(u)) }

func nothing(app.Context) {}

func TestFieldIsDescribedByItsHintOrError(t *testing.T) {
	change := ui.Change("x", func(app.Context, string) {})
	cases := []struct {
		name  string
		field ui.Field
		want  string
		not   string
	}{
		{"no description", ui.Field{ID: "x", Label: "X"}, `for="x"`, "aria-"},
		{"a hint", ui.Field{ID: "x", Label: "X", Hint: "H"}, `aria-describedby="x-hint"`, "aria-invalid"},
		{"an error", ui.Field{ID: "x", Label: "X", Hint: "H", Error: "W"}, `aria-describedby="x-wrong"`, "disabled"},
		{"an error that is shown elsewhere", ui.Field{ID: "x", Label: "X", ErrorID: "period"}, `aria-describedby="period"`, "ds-validation-message"},
	}
	for _, c := range cases {
		got := html(c.field.Date("2026-11-20", change))
		if !strings.Contains(got, c.want) || strings.Contains(got, c.not) {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

func TestSelectSelectsOneOption(t *testing.T) {
	got := html(ui.Field{ID: "v", Label: "V"}.Select("b", []ui.Option{{"a", "A"}, {"b", "B"}}, ui.Change("v", func(app.Context, string) {})))
	if n := strings.Count(got, "selected"); n != 1 {
		t.Errorf("%d options are selected: %s", n, got)
	}
}

func TestDetailOfAnOpenRowIsBelowIt(t *testing.T) {
	row := func(open bool) string {
		return html(ui.Table{Columns: []ui.Column{{Text: "A"}, {Text: "B", Number: true}}, Groups: []ui.Group{{Rows: []ui.Row{{
			ID: "r", Cells: []app.UI{nil, app.Text("1")},
			Expand: &ui.Expand{Open: open, Toggle: ui.On("r", nothing), Label: []app.UI{app.Text("L")}, Detail: app.Text("reason")},
		}}}}}.UI())
	}
	if got := row(false); strings.Contains(got, "reason") || strings.Contains(got, "aria-controls") {
		t.Errorf("a closed row shows its detail: %s", got)
	}
	if got := row(true); !strings.Contains(got, "reason") || !strings.Contains(got, `aria-controls="r-detail"`) {
		t.Errorf("an open row does not show its detail: %s", got)
	}
}

func TestEachArrivalRestartsTheAnimation(t *testing.T) {
	fresh := func(n int) string {
		return html(ui.Table{Columns: []ui.Column{{Text: "A"}}, Groups: []ui.Group{{Rows: []ui.Row{{ID: "r", Cells: []app.UI{app.Text("x")}, Fresh: n}}}}}.UI())
	}
	if fresh(1) == fresh(2) || strings.Contains(fresh(0), "bp-fresh") {
		t.Error("two arrivals in a row look the same to the stylesheet")
	}
}

func TestRecoverEndsAPanic(t *testing.T) {
	defer func() {
		if recover() != nil {
			t.Error("the panic was not recovered")
		}
	}()
	func() {
		defer ui.Recover("test")
		panic("broken")
	}()
}

func TestAccountMenuNeedsAPerson(t *testing.T) {
	shell := ui.Shell{Brand: "Brand", Skip: "skip", Body: []app.UI{ui.Title("T")}}
	if got := html(shell.UI()); strings.Contains(got, "popovertarget") || strings.Count(got, "<h1") != 1 {
		t.Errorf("without a person: %s", got)
	}
	shell.Account = &ui.Account{Name: "Øyvind", Logout: "out", OnLogout: ui.On("logout", nothing)}
	if got := html(shell.UI()); !strings.Contains(got, ">Ø<") || !strings.Contains(got, `id="logout"`) {
		t.Errorf("with a person: %s", got)
	}
}
