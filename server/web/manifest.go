package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"bompass/shared/i18n"
)

// manifestIcon is a picture of the program, or of a page of it.
type manifestIcon struct {
	Src     string `json:"src"`
	Sizes   string `json:"sizes"`
	Type    string `json:"type"`
	Purpose string `json:"purpose,omitempty"`
	Form    string `json:"form_factor,omitempty"`
	Label   string `json:"label,omitempty"`
}

// shortcut is a page that phones offer on the icon itself.
type shortcut struct {
	Name  string         `json:"name"`
	URL   string         `json:"url"`
	Icons []manifestIcon `json:"icons,omitempty"`
}

// The pictures that the build makes of the drawings, and those of pages.
var (
	drawnSizes  = [...]string{"192", "512"}
	screenshots = [...]struct{ file, sizes, form string }{
		{"icon/screenshot-narrow.png", "390x844", "narrow"},
		{"icon/screenshot-wide.png", "1280x900", "wide"},
	}
)

// manifest lets phones and computers install the program, in the visitor's language.
func (s *server) manifest(c *fiber.Ctx) error {
	w := i18n.For(s.language(c))
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.JSON(map[string]any{
		"id": "/", "name": w.T("app.name"), "short_name": w.T("app.name"), "description": w.T("login.lead"), "lang": w.Lang(),
		"start_url": "/", "scope": "/", "display": "standalone", "categories": []string{"travel", "finance"},
		"background_color": themeColor, "theme_color": themeColor,
		"icons": s.pictures(), "screenshots": s.screenshots(w), "shortcuts": s.shortcuts(w),
	}, "application/manifest+json")
}

func (s *server) pictures() []manifestIcon {
	icons := []manifestIcon{{Src: s.Assets.Address(iconFile), Sizes: "any", Type: "image/svg+xml", Purpose: "any"}}
	for _, size := range drawnSizes {
		for _, icon := range [][2]string{{iconFile, "any"}, {maskableFile, "maskable"}} {
			if file := strings.TrimSuffix(icon[0], ".svg") + "-" + size + ".png"; s.Assets.Has(file) {
				icons = append(icons, manifestIcon{Src: s.Assets.Address(file), Sizes: size + "x" + size, Type: "image/png", Purpose: icon[1]})
			}
		}
	}
	return icons
}

func (s *server) screenshots(w *i18n.Words) []manifestIcon {
	shots := []manifestIcon{}
	for _, shot := range screenshots {
		if s.Assets.Has(shot.file) {
			shots = append(shots, manifestIcon{
				Src: s.Assets.Address(shot.file), Sizes: shot.sizes, Type: "image/png", Form: shot.form, Label: w.T("overview.title"),
			})
		}
	}
	return shots
}

func (s *server) shortcuts(w *i18n.Words) []shortcut {
	places := []shortcut{
		{Name: w.T("app.nav.passages"), URL: "/passages"}, {Name: w.T("prices.nav"), URL: "/prices"}, {Name: w.T("check.title"), URL: "/check"},
	}
	if file := strings.TrimSuffix(iconFile, ".svg") + "-192.png"; s.Assets.Has(file) {
		for i := range places {
			places[i].Icons = []manifestIcon{{Src: s.Assets.Address(file), Sizes: "192x192", Type: "image/png"}}
		}
	}
	return places
}
