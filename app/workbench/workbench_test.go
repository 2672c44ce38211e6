//go:build !js

package workbench_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/workbench"
)

func TestComponentsHaveUniqueIdsAndReferences(t *testing.T) {
	html := app.HTMLString(app.Elem("div").Body(workbench.Page()))
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(html, -1) {
		if seen[m[1]] {
			t.Errorf("two elements have the id %s", m[1])
		}
		seen[m[1]] = true
	}
	for _, m := range regexp.MustCompile(` (?:for|aria-labelledby|aria-describedby|aria-controls)="([^"]+)"`).FindAllStringSubmatch(html, -1) {
		if !seen[m[1]] {
			t.Errorf("nothing has the id %s", m[1])
		}
	}
	for _, unwanted := range []string{" style=", " disabled", " placeholder="} {
		if strings.Contains(html, unwanted) {
			t.Errorf("a component has%s", unwanted)
		}
	}
}
