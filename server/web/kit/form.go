package kit

import (
	"cmp"
	"strings"

	"github.com/gofiber/fiber/v2"

	"bompass/shared/fault"
)

// Form is the form of a page.
type Form struct {
	Title, Lead    string
	Action, Submit string
	Fields         []Field
	Links          []Link
	Danger         bool
	Decline        string // text of the button that withdraws the link of an email; empty for none
}

// DeclinePath is the address of the form that withdraws the link of an email: "this was not me".
const DeclinePath = "/link/decline"

// Field is one input of a form. A field without a label is only a place for the message about what is wrong.
type Field struct {
	Name, Label, Hint    string
	Type, Mode, Complete string // type "text" when empty
	Value                string
	Options              []Option // makes it a list to choose from
	Error                string   // what is wrong with the value
	Optional             bool
}

// Option is an entry of a list to choose from.
type Option struct{ Value, Text string }

// Kind returns the input's type.
func (f Field) Kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

// Described returns the ids of the texts that describe the input.
func (f Field) Described() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.Name+"-hint")
	}
	if f.Error != "" {
		ids = append(ids, f.Name+"-error")
	}
	return strings.Join(ids, " ")
}

// Link leads to another page.
type Link struct{ Href, Text string }

// LeadLink is a link with a title and a description of the page that it leads to.
type LeadLink struct{ Href, Title, Lead string }

// Done is how a form ended: what happened and where to go on.
type Done struct {
	Title, Text string
	Notes       []string
	Href, Go    string
	Decline     string // text of the button that withdraws the link of an email; empty for none
}

// FormPage is a page with a form.
type FormPage struct {
	Page
	Form *Form
}

// SetForm sets the form of the page.
func (p *FormPage) SetForm(f *Form) { p.Form = f }

// FormView is the content of a page with a form: a struct that embeds FormPage.
type FormView interface {
	View
	SetForm(f *Form)
}

// donePage is the page of how a form ended.
type donePage struct {
	Page
	Done Done
}

// SendForm renders a page that is only a form.
func (k *Kit) SendForm(c *fiber.Ctx, p *Page, f *Form) error {
	v := &FormPage{Page: *p, Form: f}
	v.Title = cmp.Or(f.Title, v.Title)
	return k.Send(c, fiber.StatusOK, "form", v)
}

// SendDone renders the page of how a form ended.
func (k *Kit) SendDone(c *fiber.Ctx, p *Page, end Done) error {
	v := &donePage{Page: *p, Done: end}
	v.Title, v.Self = end.Title, ""
	return k.Send(c, fiber.StatusOK, "done", v)
}

// SendFormError renders a page that is only a form again, with what is wrong at the field that it concerns.
func (k *Kit) SendFormError(c *fiber.Ctx, p *Page, f *Form, err error) error {
	return k.SendFormErrorOn(c, &FormPage{Page: *p}, f, "form", err)
}

// SendFormErrorOn renders a page that shows more than a form again, with what is wrong at the field that it
// concerns. Passwords are not repeated. Errors that the person cannot correct are returned.
func (k *Kit) SendFormErrorOn(c *fiber.Ctx, v FormView, f *Form, page string, err error) error {
	known, status := k.Explain(c, err)
	if known.Code == fault.Internal || known.Code == fault.Busy || known.Code == fault.CrossSite {
		return err
	}
	p := v.Base()
	v.SetForm(f)
	p.Title = cmp.Or(f.Title, p.Title)
	for i := range f.Fields {
		field := &f.Fields[i]
		if field.Type != "password" {
			field.Value = c.FormValue(field.Name)
		}
		if wrong := known.About(field.Name); wrong != nil {
			field.Error = p.Fault(wrong)
			p.AddFailure(field.Name, field.Error)
		}
	}
	if !p.Fail() {
		p.AddFailure(f.Fields[0].Name, p.Fault(&known))
	}
	SetRetryAfter(c, known)
	return k.Send(c, status, page, v)
}

// SetRetryAfter sets the header with the seconds until a throttled request can be sent again. A limit of the day is
// refilled evenly, so that an hour is worth a try.
func SetRetryAfter(c *fiber.Ctx, f fault.Error) {
	if f.Code == fault.TooMany {
		c.Set(fiber.HeaderRetryAfter, f.Params["seconds"])
	}
	if f.Code == fault.TooManyToday {
		c.Set(fiber.HeaderRetryAfter, "3600")
	}
}

// CodeField returns the field of a code from an authenticator app or a message.
func CodeField(p *Page) Field {
	return Field{Name: "code", Label: p.T("login.code"), Hint: p.T("login.code.hint"), Mode: "numeric", Complete: "one-time-code"}
}

// EmailField returns the field of an email address.
func EmailField(p *Page) Field {
	return Field{Name: "email", Label: p.T("login.email"), Type: "email", Complete: "email"}
}
