package portal

import (
	"github.com/gofiber/fiber/v2"

	"bompass/server/web/kit"
	"bompass/shared/site"
)

// question is a frequently asked question with the page that its answer leads to.
type question struct{ ID, Title, Text, Href, Link string }

// questions are the ids of the frequently asked questions, with the address of the page that each answer leads to and
// the key of its title. The texts are in the catalogue under the id.
var questions = [...]struct{ id, href, title string }{
	{"signin", site.LoginHelp, "help.title"},
	{"missing", site.FindAgreements, "find.title"},
	{"customer", site.NewAgreement, "agree.title"},
	{"switch", site.Overview, "overview.title"},
	{"passages", site.Passages, "passages.title"},
	{"price", site.Recheck, "check.title"},
	{"tag", site.TagHelp, "guide.about.title"},
	{"details", site.Profile, "profile.title"},
	{"company", site.Parties, "party.title"},
	{"home", site.Device, "device.title"},
}

// helpView is the content of the page of frequently asked questions.
type helpView struct {
	kit.Page
	Questions []question
}

// help answers the most frequent questions to everybody and says how to reach customer service, S1.01 and S2.86.
func (h *Handlers) help(c *fiber.Ctx) error {
	p, err := h.PublicPage(c)
	if err != nil {
		return err
	}
	v := &helpView{Page: *p}
	v.Title = v.T("app.nav.help")
	for _, q := range questions {
		if q.href == site.Parties && h.Parties == nil {
			continue
		}
		key := "faq." + q.id
		v.Questions = append(v.Questions, question{q.id, v.T(key + ".title"), v.T(key + ".text"), q.href, v.T(q.title)})
	}
	return h.Send(c, fiber.StatusOK, "faq", v)
}
