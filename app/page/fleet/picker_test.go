//go:build !js

package fleet_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/page/fleet"
	"bompass/app/ui"
	"bompass/shared/i18n"
)

// Of a large fleet, a field offers the vehicles that a search finds, and names the one chosen. A small one is a list.
func TestVehicleOfLargeFleetIsSearchedFor(t *testing.T) {
	search := ""
	pick := func(n int, chosen string) string {
		options := []ui.Option{{Text: "Alle kjøretøy"}}
		for i := range n {
			options = append(options, ui.Option{Value: fmt.Sprint("v", i), Text: fmt.Sprintf("VJ %05d, lastebil", 40000+i)})
		}
		return app.HTMLString(app.Elem("div").Body(fleet.Picker{
			Field: ui.Field{ID: "vehicle", Label: "Kjøretøy"}, Words: i18n.For("nb"), Options: options, Chosen: chosen, Search: &search,
			Focus: func(string) {}, Choose: func(app.Context, string) {},
		}.UI()))
	}
	if got := pick(3, "v1"); strings.Count(got, "<option") != 4 || strings.Contains(got, "search") {
		t.Errorf("a small fleet: %s", got)
	}
	if got := pick(4000, "v7"); strings.Contains(got, "<option") || !strings.Contains(got, "Valgt: VJ 40007, lastebil") || !strings.Contains(got, "Alle kjøretøy") {
		t.Errorf("a large fleet: %s", got)
	}
	search = "vj4123"
	got := pick(4000, "")
	if strings.Count(got, `id="vehicle-pick-`) != 8 || !strings.Contains(got, "10 kjøretøy") || !strings.Contains(got, "VJ 41230") || strings.Contains(got, "VJ 41240") {
		t.Errorf("a search: %s", got)
	}
}
