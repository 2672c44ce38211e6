package web

import "html/template"

// form is a page with one form.
type form struct {
	Title, Lead    string
	Action, Submit string
	Fields         []field
	Links          []link
	Danger         bool
}

// field is one input. Without a label it is a place to say what is wrong and holds nothing.
type field struct {
	Name, Label, Hint    string
	Type, Mode, Complete string // text when empty
	Value                string
	Max                  int
	Wrong                bool
	Optional             bool
}

// link leads to another page.
type link struct{ Href, Text string }

// wayLink leads to another page and says what it is for.
type wayLink struct{ Href, Title, Lead string }

// offer is a secret to be scanned or typed into an authenticator app.
type offer struct {
	Secret  string
	Picture template.URL
}

// Kind is the input's type.
func (f field) Kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}
