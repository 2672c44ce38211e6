package help

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/web/kit"
	"bompass/shared/site"
	"bompass/shared/toll"
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

// questionsView is the content of the page of frequently asked questions.
type questionsView struct {
	kit.Page
	Questions []question
	Companies []kit.Option
	Company   *companyView // the one chosen; nil for none
	SignedIn  bool
}

// companyView is how a toll company is reached.
type companyView struct {
	ID, Name, Site, Address string
	Phones                  []dialled
	Emails, Hours           []string
}

// dialled is a telephone number as displayed and as dialled.
type dialled struct{ Text, Number string }

// questionsPage answers the most frequent questions to everybody and says how a toll company is reached, S1.01, S2.86 and S2.87. The
// one chosen is that of the address of the page, or else that of the reader's first agreement.
func (h *Handlers) questionsPage(c *fiber.Ctx) error {
	p, err := h.PublicPage(c)
	if err != nil {
		return err
	}
	v := &questionsView{Page: *p}
	v.Title = v.T("app.nav.help")
	for _, q := range questions {
		if q.href == site.Parties && !h.Companies {
			continue
		}
		key := "faq." + q.id
		v.Questions = append(v.Questions, question{q.id, v.T(key + ".title"), v.T(key + ".text"), q.href, v.T(q.title)})
	}
	chosen := toll.ChargerID(c.Query("company"))
	if actor, err := h.CurrentActor(c); err == nil {
		v.SignedIn = true
		if chosen == "" {
			chosen = h.ownCharger(c, actor)
		}
	}
	v.Companies = []kit.Option{{Text: v.T("company.choose")}}
	for _, charger := range h.sortedChargers() {
		v.Companies = append(v.Companies, kit.Option{Value: string(charger.ID), Text: charger.Name})
		if charger.ID == chosen {
			v.Company = viewCompany(&v.Page, charger)
		}
	}
	return h.Send(c, fiber.StatusOK, "faq", v)
}

// sortedChargers returns the toll companies by name.
func (h *Handlers) sortedChargers() []toll.Charger {
	list := slices.Clone(h.Chargers())
	slices.SortFunc(list, func(a, b toll.Charger) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// ownCharger returns the toll company of the reader's first agreement, empty if there is none or that cannot be told.
func (h *Handlers) ownCharger(c *fiber.Ctx, actor access.Principal) toll.ChargerID {
	list, err := h.Agreements.Addresses(c.UserContext(), actor)
	if err != nil || len(list) == 0 {
		return ""
	}
	return list[0].Charger
}

// viewCompany returns how a toll company is reached.
func viewCompany(p *kit.Page, c toll.Charger) *companyView {
	v := &companyView{ID: string(c.ID), Name: c.Name, Site: c.Office.Site, Address: c.Office.Address, Emails: c.Contact.Emails}
	for _, phone := range c.Contact.Phones {
		v.Phones = append(v.Phones, dialled{phone, toll.DialNumber(phone)})
	}
	for _, hours := range c.Office.Hours {
		v.Hours = append(v.Hours, hoursText(p, hours))
	}
	return v
}

// hoursText returns opening hours in words, such as "Monday–Friday 08:00–15:30".
func hoursText(p *kit.Page, hours toll.Hours) string {
	var open []time.Weekday
	for i := range hours.Days {
		if day := time.Weekday((i + 1) % len(hours.Days)); hours.Days[day] { // the week begins on Monday
			open = append(open, day)
		}
	}
	clock := func(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }
	days := ""
	if len(open) > 0 {
		days = p.T("company.day." + dayNames[open[0]])
		if len(open) > 1 {
			days += "–" + p.T("company.day."+dayNames[open[len(open)-1]])
		}
	}
	return p.T("company.hours", "days", days, "from", clock(hours.From), "to", clock(hours.To))
}

// dayNames are the names of the days in keys of texts, from Sunday.
var dayNames = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
