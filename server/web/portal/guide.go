package portal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"html"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/compress"

	"bompass/assets"
	"bompass/server/web/kit"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/money"
	"bompass/shared/role"
	"bompass/shared/site"
)

// The terms of tags that the guide names: the deposit of a tag, and the maximum number of tags of a private agreement.
const (
	tagDeposit     = money.Ore(20_000)
	privateTagsMax = 2
)

// guidePage is a page of the guide to tags. Its texts are in the catalogue below guide.NAME, those of a section below
// guide.NAME.SECTION: title, text, steps numbered from 1, a warning, and what its drawing shows.
type guidePage struct {
	name, path string
	sections   []guidePart
}

// guidePart is a section of a page, with the file of its drawing in assets/help.
type guidePart struct{ id, drawing string }

// guidePages are the pages of the guide, in the order in which they are offered.
var guidePages = [...]guidePage{
	{"about", site.TagHelp, []guidePart{
		{"where", ""},
		{"order", ""},
		{"vehicle", ""},
		{"private", ""},
		{"company", ""},
		{"kinds", "kinds"},
		{"battery", ""},
		{"report", ""},
		{"company-of", ""},
		{"end", ""},
	}},
	{"mounting", site.TagMounting, []guidePart{
		{"place", "windscreen"},
		{"holder", ""},
		{"norbit-old", "norbit-old"},
		{"kapsch-old", "kapsch-old"},
		{"norbit-new", "norbit-new"},
		{"kapsch-new", "kapsch-new"},
	}},
	{"removal", site.TagRemoval, []guidePart{{"never", "metal"}, {"soften", "spray"}, {"loosen", "scraper"}}},
	{"return", site.TagReturn, []guidePart{
		{"end", ""}, {"where", ""}, {"money", ""}, {"norbit", "packaging-norbit"}, {"kapsch", "packaging-kapsch"}, {"waste", "waste"},
	}},
}

// guideNames are other addresses of the guide: people type them in their own language.
var guideNames = map[string]string{"/brikke": site.TagHelp, "/bombrikke": site.TagHelp, "/transponder": site.TagHelp, "/chip": site.TagHelp, "/tag": site.TagHelp}

// guideSection is the content of a section.
type guideSection struct {
	ID, Title, Text, Warning string
	Steps                    []string
	Drawing                  template.HTML
}

// guideView is the content of a page of the guide.
type guideView struct {
	kit.Page
	Lead     string
	Sections []guideSection
	Others   []kit.Link // to the other pages of the guide
}

// mountGuide adds the guide to tags: what they are, how they are mounted, removed and returned. Everybody may read it,
// also without scripts and, once the service worker has stored it, without a network.
func (h *Handlers) mountGuide(app *fiber.App) {
	for _, g := range guidePages {
		app.Get(g.path, compress.New(compress.Config{Level: compress.LevelBestSpeed}), func(c *fiber.Ctx) error { return h.guide(c, g) })
	}
	for from, to := range guideNames {
		app.Get(from, func(c *fiber.Ctx) error { return c.Redirect(to, fiber.StatusMovedPermanently) })
	}
}

func (h *Handlers) guide(c *fiber.Ctx, g guidePage) error {
	p, err := h.PublicPage(c)
	if err != nil {
		return err
	}
	key := "guide." + g.name
	v := &guideView{Page: *p, Lead: p.T(key + ".lead")}
	v.Title = v.T(key + ".title")
	for _, part := range g.sections {
		section, err := v.section(key+"."+part.id, part)
		if err != nil {
			return err
		}
		v.Sections = append(v.Sections, section)
	}
	if g.path == site.TagHelp {
		if err := h.nameCompanies(c, v); err != nil {
			return err
		}
	}
	for _, other := range guidePages {
		if other.path != g.path {
			v.Others = append(v.Others, kit.Link{Href: other.path, Text: v.T("guide." + other.name + ".title")})
		}
	}
	return h.Send(c, fiber.StatusOK, "guide", v)
}

// section returns a section of a page with the texts that the catalogue has for it.
func (v *guideView) section(key string, part guidePart) (guideSection, error) {
	s := guideSection{ID: part.id, Title: v.T(key + ".title")}
	if v.Has(key + ".text") {
		s.Text = v.T(key+".text", "deposit", v.Kroner(tagDeposit), "max", privateTagsMax)
	}
	if v.Has(key + ".warning") {
		s.Warning = v.T(key + ".warning")
	}
	for n := 1; v.Has(key + "." + strconv.Itoa(n)); n++ {
		s.Steps = append(s.Steps, v.T(key+"."+strconv.Itoa(n)))
	}
	if part.drawing == "" {
		return s, nil
	}
	drawing, err := assets.Help.ReadFile(path.Join("help", part.drawing+".svg"))
	if err != nil {
		return s, err
	}
	title := html.EscapeString(v.T(key + ".drawing"))
	s.Drawing = template.HTML(bytes.Replace(drawing, []byte("TITLE"), []byte(title), 1)) //nolint:gosec // a file of ours and an escaped text
	return s, nil
}

// nameCompanies puts the companies of the reader's agreements into the section about questions, if the reader may see
// the agreements.
func (h *Handlers) nameCompanies(c *fiber.Ctx, v *guideView) error {
	actor, err := h.CurrentActor(c)
	if err != nil {
		if fault.CodeOf(err) == fault.SignedOut {
			return nil
		}
		return err
	}
	if !actor.Role.May(role.SeeOverview) {
		return nil
	}
	overview, err := kit.Limited(h.reading, h.overview)(c.UserContext(), actor, api.Empty{})
	if err != nil {
		return err
	}
	var names []string
	for _, a := range overview.Agreements {
		if !slices.Contains(names, a.Charger) {
			names = append(names, a.Charger)
		}
	}
	at := slices.IndexFunc(v.Sections, func(s guideSection) bool { return s.ID == "company-of" })
	if len(names) > 0 {
		v.Sections[at].Text = v.T("guide.about.company-of.yours", "companies", strings.Join(names, ", "))
	}
	return nil
}

// Offline lists the pages of this package that are the same for everybody and that the browser stores, so that they open
// without a network. The version changes with their texts, templates and drawings.
func (h *Handlers) Offline() (paths []string, version string, err error) {
	sum := sha256.New()
	for _, files := range []fs.FS{pageFiles, assets.Help} {
		err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := fs.ReadFile(files, name)
			_, _ = sum.Write(text) // a hash accepts everything
			return err
		})
		if err != nil {
			return nil, "", err
		}
	}
	for _, lang := range i18n.Languages() {
		words := i18n.For(lang)
		keys := words.Keys()
		slices.Sort(keys)
		for _, key := range keys {
			_, _ = sum.Write([]byte(key + words.T(key)))
		}
	}
	paths = append(paths, site.Help)
	for _, g := range guidePages {
		paths = append(paths, g.path)
	}
	return paths, hex.EncodeToString(sum.Sum(nil)), nil
}
