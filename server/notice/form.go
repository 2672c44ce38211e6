package notice

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"strings"
	"sync"
	"time"

	"bompass/shared/i18n"
	"bompass/shared/oslo"
)

//go:embed message.html sheet.html
var templateFiles embed.FS

// templates are the templates of email and of letters on paper.
var templates = sync.OnceValues(func() (*template.Template, error) {
	return template.ParseFS(templateFiles, "message.html", "sheet.html")
})

// HTML returns the message as HTML. Texts and names are escaped (ASVS V1.2.1).
func (t Text) HTML() (string, error) { return render("message.html", t) }

// paperPage is the data of a letter on paper.
type paperPage struct {
	Text
	Address []string
	Date    string
}

// Sheet returns a letter as a page of A4, with the address in the window of the envelope.
func (t Text) Sheet(on time.Time) (string, error) {
	return render("sheet.html", paperPage{
		Text: t, Address: strings.Split(t.To, "\n"), Date: i18n.For(t.Language).Day(oslo.DayOf(on)),
	})
}

// render executes a template.
func render(name string, content any) (string, error) {
	shape, err := templates()
	if err != nil {
		return "", fmt.Errorf("message: %w", err)
	}
	var b bytes.Buffer
	if err := shape.ExecuteTemplate(&b, name, content); err != nil {
		return "", fmt.Errorf("message: %w", err)
	}
	return b.String(), nil
}

// Plain returns the message as plain text.
func (t Text) Plain() string {
	parts := append([]string{t.Greeting}, t.Lines...)
	for _, part := range []string{t.Code, t.Link, t.Closing, t.Check} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if t.Privacy != "" {
		parts = append(parts, t.PrivacyText+": "+t.Privacy)
	}
	return strings.Join(parts, "\n\n") + "\n"
}
