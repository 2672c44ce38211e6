package help

import (
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"bompass/server/access"
	"bompass/server/attachment"
	"bompass/server/casework"
	"bompass/server/web/kit"
	rules "bompass/shared/casework"
	"bompass/shared/fault"
	"bompass/shared/oslo"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// The forms and files of a case.
const (
	writePath    = site.Case + "/write"
	withdrawPath = site.Case + "/withdraw"
	casePath     = site.Case + "/file"
)

// writtenFormMax is the maximum size of a message with its files, in bytes.
const writtenFormMax = 40<<20 + 4*rules.TextMax + kit.FormBytesMax

func (h *Handlers) mountCases(app *fiber.App) {
	app.Get(site.Cases, h.SignedIn(h.casesPage, site.Cases))
	app.Get(site.NewCase, h.SignedIn(h.newCasePage, site.NewCase))
	h.TakeFiles(app, site.NewCase, writtenFormMax)
	app.Post(site.NewCase, h.SignedInUpTo(writtenFormMax, h.openCase))
	app.Get(site.Case, h.SignedIn(h.casePage, site.Case))
	h.TakeFiles(app, writePath, writtenFormMax)
	app.Post(writePath, h.SignedInUpTo(writtenFormMax, h.writeMessage))
	app.Post(withdrawPath, h.SignedIn(h.withdrawCase))
	app.Get(casePath, h.SignedIn(h.caseFile))
}

// caseLine is a case in the list.
type caseLine struct{ Href, Title, State, Changed string }

// casesView is the content of the page of cases.
type casesView struct {
	kit.Page
	Cases []caseLine
}

// caseState says how far a case has come, and by when it is answered.
func caseState(p *kit.Page, c casework.Case) string {
	state := p.T("case.state." + string(c.State))
	if c.State.WaitsForUs() && c.AnswerBy != 0 {
		return p.T("case.state.by", "state", state, "day", p.LongDay(c.AnswerBy))
	}
	return state
}

// casesPage lists what the person, or somebody else for the customer, has written to customer service.
func (h *Handlers) casesPage(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	v := &casesView{Page: *p}
	v.Title, v.Self = v.T("case.list.title"), site.Cases
	list, err := h.Cases.List(c.UserContext(), actor)
	if err != nil {
		return err
	}
	for _, one := range list {
		v.Cases = append(v.Cases, caseLine{casework.Address(one.ID), v.T("case.title", "number", casework.Number(one.ID), "title", one.Title), caseState(&v.Page, one), v.Day(oslo.DayOf(one.Changed))})
	}
	return h.Send(c, fiber.StatusOK, "cases", v)
}

// writtenForm is the part of a form in which a message with files is written. Its text stands in a field of several lines.
type writtenForm struct {
	kit.FormPage
	Once             string // the form sent twice acts once
	Text             string
	TextMax          int
	TextBad, FileBad string // what is wrong
}

// fail repeats what was written, with what is wrong with it.
func (f *writtenForm) fail(c *fiber.Ctx, known *fault.Error) {
	f.Text, f.Once = c.FormValue("text"), c.FormValue("once")
	if wrong := known.About("text"); wrong != nil {
		f.TextBad = f.Fault(wrong)
		f.AddFailure("text", f.TextBad)
	}
	if wrong := known.About("files"); wrong != nil {
		f.FileBad = f.Fault(wrong)
		f.AddFailure("files", f.FileBad)
	}
}

// newCaseView is the content of the page on which a case is opened.
type newCaseView struct{ writtenForm }

// aboutPattern is what a case can be about: an agreement, an invoice or a complaint with its number, or a passage with its id.
var aboutPattern = regexp.MustCompile(`^(agreement|invoice|passage|dispute):([0-9A-Za-z-]{1,40})$`)

// aboutText returns what a case is about in words, empty for nothing certain.
func aboutText(p *kit.Page, value string) string {
	found := aboutPattern.FindStringSubmatch(value)
	if found == nil {
		return ""
	}
	return p.T("case.about."+found[1], "number", found[2])
}

// newNewCaseView returns the page on which a case is opened.
func (h *Handlers) newNewCaseView(c *fiber.Ctx, actor access.Principal, p *kit.Page) (*newCaseView, error) {
	v := &newCaseView{writtenForm{FormPage: kit.FormPage{Page: *p}, Once: uuid.NewString(), TextMax: rules.TextMax}}
	agreements, err := h.Agreements.Addresses(c.UserContext(), actor)
	if err != nil {
		return nil, err
	}
	about, charger := []kit.Option{{Text: v.T("case.about.none")}}, toll.ChargerID("")
	from := c.Query("about")
	if text := aboutText(&v.Page, from); text != "" && !strings.HasPrefix(from, "agreement:") {
		about = append(about, kit.Option{Value: from, Text: text})
	}
	for i, a := range agreements {
		value := "agreement:" + a.Number
		about = append(about, kit.Option{Value: value, Text: aboutText(&v.Page, value)})
		if i == 0 || value == from {
			charger = a.Charger
		}
	}
	chargers := []kit.Option{{Text: v.T("tagorder.choose")}}
	for _, one := range h.Chargers() {
		chargers = append(chargers, kit.Option{Value: string(one.ID), Text: one.Name})
	}
	topics := []kit.Option{{Text: v.T("tagorder.choose")}}
	for _, topic := range rules.Topics() {
		topics = append(topics, kit.Option{Value: string(topic), Text: v.T("case.topic." + string(topic))})
	}
	v.Form = &kit.Form{
		Title: v.T("case.new.title"), Lead: v.N("case.new.lead", rules.AnswerDays), Action: site.NewCase, Submit: v.T("case.send"),
		Fields: []kit.Field{
			{Name: "charger", Label: v.T("case.charger"), Options: chargers, Value: string(charger)},
			{Name: "topic", Label: v.T("case.topic"), Options: topics, Value: topicOf(from)},
			{Name: "about", Label: v.T("case.about"), Options: about, Value: from},
			{Name: "title", Label: v.T("case.subject")},
		},
	}
	v.Title, v.Self = v.Form.Title, site.NewCase
	return v, nil
}

// topicOf returns the topic of what a case is about, empty if that is not certain.
func topicOf(about string) string {
	kind, _, _ := strings.Cut(about, ":")
	if slices.Contains(rules.Topics(), rules.Topic(kind)) {
		return kind
	}
	return ""
}

// newCasePage asks what a new case is about. The address of the page may name an agreement, an invoice or a passage.
func (h *Handlers) newCasePage(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	v, err := h.newNewCaseView(c, actor, p)
	if err != nil {
		return err
	}
	return h.Send(c, fiber.StatusOK, "newcase", v)
}

// openCase opens a case with the toll company chosen, S2.88.
func (h *Handlers) openCase(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	v, err := h.newNewCaseView(c, actor, p)
	if err != nil {
		return err
	}
	one := casework.NewCase{Once: onceOf(c), Topic: rules.Topic(c.FormValue("topic")), Title: c.FormValue("title"), About: aboutText(&v.Page, c.FormValue("about")), Text: c.FormValue("text")}
	if charger := toll.ChargerID(c.FormValue("charger")); slices.ContainsFunc(h.Chargers(), func(o toll.Charger) bool { return o.ID == charger }) {
		one.Charger = charger
	}
	if one.Files, err = sentFiles(c); err != nil {
		return err
	}
	var id int64
	if err = h.Access.AllowRequest(c.UserContext(), actor, "case"); err == nil {
		id, err = h.Cases.Open(c.UserContext(), actor, one)
	}
	if err != nil {
		known, _ := h.Explain(c, err)
		v.fail(c, &known)
		return h.SendFormErrorOn(c, v, v.Form, "newcase", err)
	}
	return c.Redirect(casework.Address(id)+"&done=opened", fiber.StatusSeeOther)
}

// onceOf returns what makes a form act once.
func onceOf(c *fiber.Ctx) string {
	if id, err := uuid.Parse(c.FormValue("once")); err == nil {
		return id.String()
	}
	return uuid.NewString()
}

// sentFiles returns the files of a form.
func sentFiles(c *fiber.Ctx) (list []attachment.File, err error) {
	form, err := c.MultipartForm()
	if err != nil {
		return nil, kit.BadRequest(err)
	}
	for _, sent := range form.File["files"] {
		if sent.Size == 0 && sent.Filename == "" { // a field without a file
			continue
		}
		in, err := sent.Open()
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(in)
		_ = in.Close()
		if err != nil {
			return nil, err
		}
		list = append(list, attachment.File{Name: sent.Filename, Body: content})
	}
	return list, nil
}
