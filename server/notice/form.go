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

//go:embed letter.html sheet.html
var templateFiles embed.FS

// templates are the shapes of letters: one on screens, one on paper.
var templates = sync.OnceValues(func() (*template.Template, error) {
	return template.ParseFS(templateFiles, "letter.html", "sheet.html")
})

// HTML is the letter for programs that show pages. Words and names are escaped, V1.2.1.
func (t Text) HTML() (string, error) { return render("letter.html", t) }

// paperPage is what a letter on paper shows beside its text.
type paperPage struct {
	Text
	Address []string
	Date    string
}

// Sheet is the letter as a page of A4, its address where a window envelope shows it.
func (t Text) Sheet(on time.Time) (string, error) {
	return render("sheet.html", paperPage{Text: t, Address: strings.Split(t.To, "\n"), Date: i18n.For(t.Language).Day(oslo.DayOf(on))})
}

func render(name string, content any) (string, error) {
	shape, err := templates()
	if err != nil {
		return "", fmt.Errorf("letter: %w", err)
	}
	var b bytes.Buffer
	if err := shape.ExecuteTemplate(&b, name, content); err != nil {
		return "", fmt.Errorf("letter: %w", err)
	}
	return b.String(), nil
}

// Plain is the letter for every other program.
func (t Text) Plain() string {
	parts := append([]string{t.Greeting}, t.Lines...)
	for _, part := range []string{t.Code, t.Link, t.Closing} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "\n\n") + "\n"
}
