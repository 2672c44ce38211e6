package portal

import (
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/fleet"
	"bompass/server/web/kit"
	"bompass/shared/fault"
	"bompass/shared/role"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// The forms of an import that has been tried.
const (
	confirmImportPath = site.ImportVehicles + "/confirm"
	undoImportPath    = site.ImportVehicles + "/undo"
)

// importFormMax is the maximum size of the form with the file, which has a few hundred bytes more than the file.
const importFormMax = fleet.ImportBytesMax + kit.FormBytesMax

// importLinesMax is the maximum number of rows of a kind that the page shows.
const importLinesMax = 200

func (h *Handlers) mountFleetImport(app *fiber.App) {
	app.Get(site.ImportVehicles, h.SignedIn(mayImport(h.importPage), site.ImportVehicles))
	app.Post(site.ImportVehicles, h.SignedInUpTo(importFormMax, mayImport(h.tryImport)))
	app.Post(confirmImportPath, h.SignedIn(mayImport(h.confirmImport)))
	app.Post(undoImportPath, h.SignedIn(mayImport(h.undoImport)))
}

// mayImport returns a handler that refuses actors who may not change the vehicles of a company.
func mayImport(handle kit.SignedInHandler) kit.SignedInHandler {
	return func(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
		if !actor.Role.May(role.Change) || actor.Kind != toll.Company {
			return fault.New(fault.Refused)
		}
		return handle(c, actor, p)
	}
}

// importLine is a row of the page: its line in the file, the vehicle, and what is wrong or what changes.
type importLine struct {
	No    int
	Plate string
	Texts []string
}

// importState is how far an import has come.
type importState struct {
	ID                       string
	Lead                     string
	Wrong, Changes, Refused  []importLine
	WrongMore, ChangesMore   string // how many rows are not shown
	Tried, Running, Undoable bool
	Adds                     bool
	Until                    string // when it can no longer be undone
}

// earlier is an import that was confirmed.
type earlier struct{ Href, Text string }

// importView is the content of the page of imports.
type importView struct {
	kit.FormPage
	State   *importState // nil before a file is sent
	Earlier []earlier
	Confirm string
	Undo    string
}

func importForm(p *kit.Page) *kit.Form {
	return &kit.Form{Title: p.T("import.title"), Lead: p.T("import.lead"), Action: site.ImportVehicles, Submit: p.T("import.submit"), Fields: []kit.Field{{Name: "file"}}}
}

func (h *Handlers) newImportView(c *fiber.Ctx, actor access.Principal, p *kit.Page) (*importView, error) {
	v := &importView{FormPage: kit.FormPage{Page: *p, Form: importForm(p)}, Confirm: confirmImportPath, Undo: undoImportPath}
	v.Title = v.Form.Title
	list, err := h.Fleet.Imports(c.UserContext(), actor)
	for _, i := range list {
		v.Earlier = append(v.Earlier, earlier{importAddress(i.ID), v.T("import.earlier.entry", "name", i.Name, "at", v.Instant(i.Confirmed))})
	}
	return v, err
}

// importAddress returns the address of an import.
func importAddress(id string) string { return site.With(site.ImportVehicles, url.Values{"id": {id}}) }

// importPage asks for a file, or shows what a file changes or has changed.
func (h *Handlers) importPage(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	v, err := h.newImportView(c, actor, p)
	if err != nil {
		return err
	}
	if id := c.Query("id"); id != "" {
		i, err := h.Fleet.Import(c.UserContext(), actor, id)
		if err != nil {
			return err
		}
		v.Self, v.State = importAddress(id), h.importState(&v.Page, i)
	}
	return h.Send(c, fiber.StatusOK, "import", v)
}

// tryImport reads a file and shows what it would change.
func (h *Handlers) tryImport(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	v, err := h.newImportView(c, actor, p)
	if err != nil {
		return err
	}
	name, file, err := sentFile(c)
	if err != nil {
		return h.SendFormErrorOn(c, v, importForm(p), "import", err)
	}
	release, err := h.reading.Acquire(c.UserContext(), actor.Account)
	if err != nil {
		return err
	}
	defer release()
	id, err := h.Fleet.TryImport(c.UserContext(), actor, name, file)
	if err != nil {
		return h.SendFormErrorOn(c, v, importForm(p), "import", err)
	}
	return c.Redirect(importAddress(id), fiber.StatusSeeOther)
}

// sentFile returns the name and the content of the file of a form.
func sentFile(c *fiber.Ctx) (name string, content []byte, err error) {
	sent, err := c.FormFile("file")
	if err != nil || sent.Size == 0 {
		return "", nil, fault.New(fault.FieldMissing).At("file")
	}
	if sent.Size > fleet.ImportBytesMax {
		return "", nil, kit.TooLarge(fleet.ImportBytesMax)
	}
	in, err := sent.Open()
	if err != nil {
		return "", nil, err
	}
	defer func() { _ = in.Close() }()
	content, err = io.ReadAll(in)
	return sent.Filename, content, err
}

// confirmImport makes the changes of an import.
func (h *Handlers) confirmImport(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	id := c.FormValue("id")
	err := h.Fleet.ConfirmImport(c.UserContext(), actor, id, c.FormValue("terms") != "")
	if fault.CodeOf(err) != fault.TermsNeeded {
		return h.backToImport(c, id, err)
	}
	v, failed := h.newImportView(c, actor, p)
	if failed != nil {
		return failed
	}
	i, failed := h.Fleet.Import(c.UserContext(), actor, id)
	if failed != nil {
		return failed
	}
	v.Self, v.State = importAddress(id), h.importState(&v.Page, i)
	v.AddFailure("terms", v.T("fault.terms.needed"))
	return h.Send(c, fiber.StatusUnprocessableEntity, "import", v)
}

// undoImport takes the changes of an import back.
func (h *Handlers) undoImport(c *fiber.Ctx, actor access.Principal, _ *kit.Page) error {
	id := c.FormValue("id")
	return h.backToImport(c, id, h.Fleet.UndoImport(c.UserContext(), actor, id))
}

// backToImport shows an import again.
func (h *Handlers) backToImport(c *fiber.Ctx, id string, err error) error {
	if err != nil {
		return err
	}
	return c.Redirect(importAddress(id), fiber.StatusSeeOther)
}

// importState returns what the page says about an import.
func (h *Handlers) importState(p *kit.Page, i fleet.Import) *importState {
	s := &importState{ID: i.ID, Tried: i.Confirmed.IsZero(), Running: !i.Confirmed.IsZero() && i.Done.IsZero() || !i.Undo.IsZero() && i.Undone.IsZero()}
	wrong, changes, done, undone := 0, 0, 0, 0
	for _, r := range i.Rows {
		line := importLine{No: r.No, Plate: r.Plate.String()}
		switch {
		case r.Problem != nil:
			wrong++
			line.Texts = []string{p.T("import.wrong."+r.Problem.Code, "value", r.Problem.Value)}
			s.Wrong = append(s.Wrong, line)
		case r.Changes():
			changes++
			s.Adds = s.Adds || r.Add != nil
			line.Texts = changeTexts(p, r)
			s.Changes = append(s.Changes, line)
			done += succeeded(r.Done)
			undone += succeeded(r.Undone)
			for _, result := range []*string{r.Done, r.Undone} {
				if result != nil && *result != "" {
					s.Refused = append(s.Refused, importLine{r.No, line.Plate, []string{p.T("fault." + *result)}})
				}
			}
		}
	}
	s.WrongMore, s.ChangesMore = h.more(p, &s.Wrong), h.more(p, &s.Changes)
	h.more(p, &s.Refused)
	count := func(key string, n int) string { return p.N(key, n) }
	switch {
	case s.Tried:
		s.Lead = strings.Join([]string{count("import.rows", len(i.Rows)), count("import.changes", changes), count("import.wrong", wrong)}, " ")
	case s.Running:
		s.Lead = p.T("import.running", "n", p.Number(int64(max(done, undone))), "of", p.Number(int64(changes)))
	case !i.Undone.IsZero():
		s.Lead = count("import.undone", undone)
	default:
		s.Lead = count("import.done", done)
		s.Undoable = !h.Now().After(i.UndoUntil()) && i.Undo.IsZero() && done > 0
		s.Until = p.Instant(i.UndoUntil())
	}
	return s
}

// succeeded returns 1 if a row was done without a refusal.
func succeeded(result *string) int {
	if result != nil && *result == "" {
		return 1
	}
	return 0
}

// more cuts the lines of a kind, and says how many there are in all if some are not shown.
func (h *Handlers) more(p *kit.Page, lines *[]importLine) string {
	n := len(*lines)
	if n <= importLinesMax {
		return ""
	}
	*lines = slices.Clone((*lines)[:importLinesMax])
	return p.T("export.page.part", "shown", p.Number(importLinesMax), "count", p.Number(int64(n)))
}

// changeTexts says what a row changes.
func changeTexts(p *kit.Page, r fleet.ImportRow) (texts []string) {
	switch {
	case r.Add != nil:
		texts = append(texts, p.T("import.change.add", "number", r.Agreement))
	case r.Agreement != "":
		texts = append(texts, p.T("import.change.transfer", "from", r.From, "to", r.Agreement))
	}
	for _, l := range []struct {
		key    string
		change *fleet.LabelChange
	}{{"import.change.centre", r.Centre}, {"import.change.reference", r.Reference}} {
		if l.change != nil && l.change.Was == "" {
			texts = append(texts, p.T(l.key+".new", "after", l.change.Becomes))
		} else if l.change != nil {
			texts = append(texts, p.T(l.key, "before", l.change.Was, "after", l.change.Becomes))
		}
	}
	return texts
}

// linesView is a list of rows.
type linesView struct {
	Page  *kit.Page
	More  string
	Lines []importLine
}

// Lines returns a list of rows.
func (v *importView) Lines(lines []importLine, more string) linesView {
	return linesView{&v.Page, more, lines}
}
