package portal

import (
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/dispute"
	"bompass/server/web/kit"
	rules "bompass/shared/dispute"
	"bompass/shared/site"
	"bompass/shared/toll"
)

func (h *Handlers) mountDisputes(app *fiber.App) {
	app.Get(site.Dispute, h.SignedIn(mayChange(h.disputePage), site.Dispute))
	app.Post(site.Dispute, h.SignedIn(mayChange(h.sendDispute)))
}

// disputeEntry is a complaint as the page shows it.
type disputeEntry struct {
	Number, Title, State, Why, Said, Note string
	Color                                 string // of the state
	Further, Ask                          string // what to do about a decision, and the address where to ask a person
}

// disputeView is the content of the page of complaints: the form about one passage, or what became of complaints.
type disputeView struct {
	kit.FormPage
	Passage string // id; empty on the list of all
	About   string // the passage in words
	Entries []disputeEntry
}

// newDisputeView returns the page about one passage, or about all if id is empty. It has a form for a passage that was not
// complained about.
func (h *Handlers) newDisputeView(c *fiber.Ctx, actor access.Principal, p *kit.Page, id toll.PassageID) (*disputeView, error) {
	v := &disputeView{FormPage: kit.FormPage{Page: *p}, Passage: string(id)}
	v.Title, v.Self = v.T("dispute.all"), site.Dispute
	list, err := h.Disputes.Of(c.UserContext(), actor, id)
	if err != nil {
		return nil, err
	}
	for _, d := range list {
		v.Entries = append(v.Entries, h.disputeEntry(&v.Page, d))
	}
	if id == "" {
		return v, nil
	}
	s, err := h.Disputes.Passage(c.UserContext(), actor, id)
	if err != nil {
		return nil, err
	}
	v.Title, v.Self = v.T("dispute.title"), disputeAddress(id)
	v.About = v.T("dispute.about", "station", h.Disputes.StationName(s.Station), "at", v.Instant(s.At), "plate", s.Plate.String(), "amount", v.Kroner(s.Net))
	if len(list) > 0 {
		return v, nil
	}
	reasons := []kit.Option{{Text: v.T("dispute.reason.choose")}}
	for _, r := range rules.Reasons() {
		reasons = append(reasons, kit.Option{Value: string(r), Text: v.T("dispute.reason." + string(r))})
	}
	v.Form = &kit.Form{
		Title: v.Title, Lead: v.T("dispute.lead"), Action: site.Dispute, Submit: v.T("dispute.submit"),
		Fields: []kit.Field{
			{Name: "reason", Label: v.T("dispute.reason"), Options: reasons},
			{Name: "said", Label: v.T("dispute.said"), Hint: v.T("dispute.said.hint"), Optional: true, Complete: "off"},
		},
	}
	return v, nil
}

// disputeAddress returns the address of the page about a passage.
func disputeAddress(id toll.PassageID) string {
	return site.With(site.Dispute, url.Values{"passage": {string(id)}})
}

// disputeEntry returns a complaint as the page shows it.
func (h *Handlers) disputeEntry(p *kit.Page, d dispute.Dispute) disputeEntry {
	e := disputeEntry{
		Number: strconv.FormatInt(d.Number, 10), State: p.T("dispute.state." + string(d.State)), Said: d.Said, Note: d.Note,
		Color: map[rules.State]string{rules.Open: "info", rules.Upheld: "success", rules.Rejected: "neutral"}[d.State],
	}
	reason := p.T("dispute.reason." + string(d.Reason))
	e.Title = p.T("dispute.entry.old", "number", e.Number, "reason", reason, "amount", p.Kroner(d.Amount))
	if !d.PassedAt.IsZero() {
		e.Title = p.T("dispute.entry", "number", e.Number, "reason", reason, "station", h.Disputes.StationName(d.Station), "at", p.Instant(d.PassedAt), "amount", p.Kroner(d.Amount))
	}
	switch {
	case d.State == rules.Open:
		e.Why = p.T("dispute.why.person")
	case d.Note == "":
		e.Why = p.T("dispute.why." + string(d.Why))
	}
	if d.State == rules.Rejected {
		e.Further = p.T("dispute.further")
		e.Ask = site.With(site.NewCase, url.Values{"about": {"dispute:" + e.Number}})
	}
	return e
}

// disputePage asks what is wrong with a passage, or shows what became of a complaint, or of all.
func (h *Handlers) disputePage(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	v, err := h.newDisputeView(c, actor, p, toll.PassageID(c.Query("passage")))
	if err != nil {
		return err
	}
	return h.Send(c, fiber.StatusOK, "dispute", v)
}

// sendDispute takes a complaint.
func (h *Handlers) sendDispute(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	id := toll.PassageID(c.FormValue("passage"))
	reason, said := c.FormValue("reason"), c.FormValue("said")
	_, err := h.Disputes.Begin(c.UserContext(), actor, id, rules.Reason(reason), said)
	if err == nil {
		return c.Redirect(disputeAddress(id), fiber.StatusSeeOther)
	}
	known, _ := h.Explain(c, err)
	if known.Field == "" {
		return err
	}
	v, failed := h.newDisputeView(c, actor, p, id)
	if failed != nil {
		return failed
	}
	if v.Form == nil { // sent meanwhile
		return c.Redirect(disputeAddress(id), fiber.StatusSeeOther)
	}
	v.Form.Fields[0].Value, v.Form.Fields[1].Value = reason, said
	return h.SendFormErrorOn(c, v, v.Form, "dispute", err)
}
