package portal

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"bompass/server/web/kit"
	"bompass/shared/site"
	"bompass/shared/toll"
)

const termsPattern = site.Terms + ":kind"

// termsPart is one part of a set of terms.
type termsPart struct{ Title, Text string }

// termsView is the content of the page of terms.
type termsView struct {
	kit.Page
	Text  string
	Parts []termsPart
}

// terms shows one set of terms to everybody, in the version that is accepted today.
func (h *Handlers) terms(c *fiber.Ctx) error {
	kind := toll.TermsKind(c.Params("kind"))
	if toll.TermsVersion(kind) == 0 {
		return h.NotFound(c)
	}
	p, err := h.PublicPage(c)
	if err != nil {
		return err
	}
	v := &termsView{Page: *p}
	name := "terms." + string(kind)
	v.Title = v.T(name)
	version := "terms.version"
	if v.Has(name + ".version") {
		version = name + ".version"
	}
	v.Text = v.T(version, "version", toll.TermsVersion(kind))
	for n := 1; v.Has(name + "." + strconv.Itoa(n) + ".title"); n++ {
		key := name + "." + strconv.Itoa(n)
		v.Parts = append(v.Parts, termsPart{v.T(key + ".title"), v.T(key + ".text")})
	}
	return h.Send(c, fiber.StatusOK, "terms", v)
}
