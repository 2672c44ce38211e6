package help

import (
	"bytes"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"bompass/server/access"
	"bompass/server/casework"
	"bompass/server/web/kit"
	rules "bompass/shared/casework"
	"bompass/shared/fault"
	"bompass/shared/site"
)

// caseMessage is a message on the page of a case.
type caseMessage struct {
	ID      int64
	Who, At string
	Text    []string // its paragraphs
	Ours    bool     // the toll company's
	Files   []fileLink
	Note    string // what was done beside writing
}

// fileLink is a link to a file with its size.
type fileLink struct{ Href, Text string }

// caseView is the content of the page of a case.
type caseView struct {
	writtenForm
	Number, State, About, Charger string
	Messages                      []caseMessage
	Open                          bool
	Done                          string // what has just been done
	Write, Withdraw               string
}

// caseNumber returns the number of a case that a request names; fault.NotFound for anything else.
func caseNumber(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fault.New(fault.NotFound)
	}
	return id, nil
}

// newCaseDetails returns the page of a case.
func (h *Handlers) newCaseDetails(c *fiber.Ctx, actor access.Principal, p *kit.Page, number string) (*caseView, error) {
	id, err := caseNumber(number)
	if err != nil {
		return nil, err
	}
	full, err := h.Cases.Case(c.UserContext(), actor, id)
	if err != nil {
		return nil, err
	}
	v := &caseView{
		writtenForm: writtenForm{FormPage: kit.FormPage{Page: *p}, Once: uuid.NewString(), TextMax: rules.TextMax}, Number: number, State: caseState(p, full.Case),
		About: full.About, Open: full.State.Open(), Write: writePath, Withdraw: withdrawPath,
	}
	v.Title, v.Self = v.T("case.title", "number", number, "title", full.Title), casework.Address(id)
	for _, one := range h.Chargers() {
		if one.ID == full.Charger {
			v.Charger = one.Name
		}
	}
	for _, m := range full.Messages {
		if m.Act != rules.Take {
			v.Messages = append(v.Messages, viewMessage(&v.Page, full.Case, m, v.Charger))
		}
	}
	v.Form = &kit.Form{Title: v.Title, Action: writePath, Submit: v.T("case.send"), Fields: []kit.Field{{Name: "failure"}}}
	return v, nil
}

// viewMessage returns a message as the page of its case shows it.
func viewMessage(p *kit.Page, c casework.Case, m casework.Message, charger string) caseMessage {
	v := caseMessage{ID: m.ID, Who: m.Name, At: p.Instant(m.At), Ours: m.Account == "" && m.Act != rules.Write && m.Act != rules.Withdraw}
	switch {
	case v.Ours:
		v.Who = p.T("case.from.us", "name", m.Name, "charger", charger)
	case v.Who == "":
		v.Who = p.T("case.from.gone")
	}
	if m.Text != "" {
		v.Text = strings.Split(m.Text, "\n")
	}
	if m.Act == rules.Withdraw {
		v.Note = p.T("case.withdrawn")
	}
	for _, f := range m.Files {
		address := site.With(casePath, url.Values{"number": {casework.Number(c.ID)}, "file": {strconv.FormatInt(f.ID, 10)}})
		v.Files = append(v.Files, fileLink{address, p.T("case.file", "name", f.Name, "size", fileSize(p, f.Size))})
	}
	return v
}

// fileSize returns the size of a file in words.
func fileSize(p *kit.Page, bytes int) string {
	const kilo, mega = 1 << 10, 1 << 20
	if bytes < mega {
		return p.T("case.size.kb", "n", strconv.Itoa(max(1, bytes/kilo)))
	}
	return p.T("case.size.mb", "n", strconv.Itoa((bytes+mega/2)/mega))
}

// casePage shows a case with its messages.
func (h *Handlers) casePage(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	v, err := h.newCaseDetails(c, actor, p, c.Query("number"))
	if err != nil {
		return err
	}
	if done := c.Query("done"); slices.Contains([]string{"opened", "written", "withdrawn"}, done) {
		v.Done = v.T("case.done." + done)
	}
	return h.Send(c, fiber.StatusOK, "case", v)
}

// writeMessage adds a message to a case.
func (h *Handlers) writeMessage(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	v, err := h.newCaseDetails(c, actor, p, c.FormValue("number"))
	if err != nil {
		return err
	}
	id, err := caseNumber(c.FormValue("number"))
	if err != nil {
		return err
	}
	m := casework.NewMessage{Case: id, Once: onceOf(c), Text: c.FormValue("text")}
	if m.Files, err = sentFiles(c); err != nil {
		return err
	}
	if err = h.Access.AllowRequest(c.UserContext(), actor, "case"); err == nil {
		err = h.Cases.Write(c.UserContext(), actor, m)
	}
	if err != nil {
		known, _ := h.Explain(c, err)
		v.fail(c, &known)
		return h.SendFormErrorOn(c, v, v.Form, "case", err)
	}
	return c.Redirect(casework.Address(id)+"&done=written", fiber.StatusSeeOther)
}

// withdrawCase ends a case whose customer needs no answer any more.
func (h *Handlers) withdrawCase(c *fiber.Ctx, actor access.Principal, _ *kit.Page) error {
	id, err := caseNumber(c.FormValue("number"))
	if err != nil {
		return err
	}
	if err := h.Cases.Withdraw(c.UserContext(), actor, id, onceOf(c)); err != nil {
		return err
	}
	return c.Redirect(casework.Address(id)+"&done=withdrawn", fiber.StatusSeeOther)
}

// caseFile returns a file of a case. The browser saves it: what somebody has sent is never shown by our own pages.
func (h *Handlers) caseFile(c *fiber.Ctx, actor access.Principal, _ *kit.Page) error {
	id, err := caseNumber(c.Query("number"))
	if err != nil {
		return err
	}
	file, err := caseNumber(c.Query("file"))
	if err != nil {
		return err
	}
	f, body, err := h.Cases.File(c.UserContext(), actor, id, file)
	if err != nil {
		return err
	}
	kit.SendFile(c, kit.File{Name: f.Name, Type: f.Type, Size: int64(len(body)), Body: io.NopCloser(bytes.NewReader(body))})
	c.Set(fiber.HeaderContentSecurityPolicy, "sandbox; default-src 'none'")
	return nil
}
