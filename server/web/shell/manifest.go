package shell

import (
	"github.com/gofiber/fiber/v2"

	"bompass/server/web/asset"
	"bompass/shared/i18n"
	"bompass/shared/site"
)

// manifestIcon is an icon of the program or a picture of one of its pages.
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

// The sizes of icons and the pictures of pages.
var (
	iconSizes   = [...]string{"192", "512"}
	screenshots = [...]struct{ file, sizes, form string }{
		{"icon/screenshot-narrow.png", "390x844", "narrow"},
		{"icon/screenshot-wide.png", "1280x900", "wide"},
	}
)

// manifest sends what phones and computers need to install the program, in the visitor's language.
func (h *Handlers) manifest(c *fiber.Ctx) error {
	w := i18n.For(h.Language(c))
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.JSON(map[string]any{
		"id": "/", "name": w.T("app.name"), "short_name": w.T("app.name"), "description": w.T("login.lead"),
		"lang":      w.Lang(),
		"start_url": "/", "scope": "/", "display": "standalone", "categories": []string{"travel", "finance"},
		"background_color": themeColor, "theme_color": themeColor,
		"icons": h.icons(), "screenshots": h.screenshots(w), "shortcuts": h.shortcuts(w),
	}, "application/manifest+json")
}

// icons returns the icons: as SVG and, for systems that need them, as PNG, for use as they are and for masking.
func (h *Handlers) icons() []manifestIcon {
	icons := []manifestIcon{{Src: h.Assets.Address(asset.Icon), Sizes: "any", Type: "image/svg+xml", Purpose: "any"}}
	for _, size := range iconSizes {
		for _, icon := range [][2]string{{asset.Icon, "any"}, {asset.Maskable, "maskable"}} {
			if file := pngOf(icon[0], size); h.Assets.Has(file) {
				icons = append(icons, manifestIcon{
					Src: h.Assets.Address(file), Sizes: size + "x" + size, Type: "image/png", Purpose: icon[1],
				})
			}
		}
	}
	return icons
}

// screenshots returns the screenshots that stores and install dialogs show.
func (h *Handlers) screenshots(w *i18n.Words) []manifestIcon {
	shots := []manifestIcon{}
	for _, shot := range screenshots {
		if h.Assets.Has(shot.file) {
			shots = append(shots, manifestIcon{
				Src: h.Assets.Address(shot.file), Sizes: shot.sizes, Type: "image/png", Form: shot.form,
				Label: w.T("overview.title"),
			})
		}
	}
	return shots
}

// shortcuts returns the pages that phones offer on a long press of the icon.
func (h *Handlers) shortcuts(w *i18n.Words) []shortcut {
	places := []shortcut{
		{Name: w.T("app.nav.passages"), URL: site.Passages},
		{Name: w.T("prices.nav"), URL: site.Prices},
		{Name: w.T("check.title"), URL: site.Recheck},
	}
	if file := pngOf(asset.Icon, "192"); h.Assets.Has(file) {
		for i := range places {
			places[i].Icons = []manifestIcon{{Src: h.Assets.Address(file), Sizes: "192x192", Type: "image/png"}}
		}
	}
	return places
}
