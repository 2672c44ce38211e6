package notice

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"strings"
	"sync"
)

//go:embed letter.html
var forms embed.FS

// form is the one shape of all letters.
var form = sync.OnceValues(func() (*template.Template, error) { return template.ParseFS(forms, "letter.html") })

// HTML is the letter for programs that show pages. Words and names are escaped, V1.2.1.
func (t Text) HTML() (string, error) {
	shape, err := form()
	if err != nil {
		return "", fmt.Errorf("letter: %w", err)
	}
	var b bytes.Buffer
	if err := shape.Execute(&b, t); err != nil {
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
