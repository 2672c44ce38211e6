package shell

import (
	"html"
	"slices"
	"strconv"
	"strings"
)

// switches are the attributes that go-app writes as "false" where HTML leaves them out.
var switches = []string{"selected", "disabled", "checked", "hidden", "required", "readonly", "open", "multiple"}

// markup returns what go-app has written as HTML. go-app escapes texts, but it quotes attributes as Go does, and writes an
// attribute whose value is empty or "true" as its name alone: that is "true" for an ARIA attribute, and means the same as
// empty for others. So each attribute is read as Go's and written as HTML's. It reports
// false for a text that it cannot read.
func markup(text string) (string, bool) {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "<")
		out.WriteString(before)
		if !found {
			return out.String(), true
		}
		end := strings.IndexAny(rest, " >")
		if end < 0 {
			return "", false
		}
		out.WriteString("<" + rest[:end])
		rest, ok := attributes(&out, rest[end:])
		if !ok {
			return "", false
		}
		text = rest
	}
}

// attributes writes the attributes of an element and the end of its tag, and returns what follows.
func attributes(out *strings.Builder, text string) (rest string, ok bool) {
	for {
		text = strings.TrimLeft(text, " \n")
		if strings.HasPrefix(text, ">") || strings.HasPrefix(text, "/>") {
			tag, rest, _ := strings.Cut(text, ">")
			out.WriteString(tag + ">")
			return rest, true
		}
		end := strings.IndexAny(text, " \n=>")
		if end <= 0 {
			return "", false
		}
		name, value := text[:end], ""
		text = text[end:]
		if strings.HasPrefix(name, "aria-") {
			value = "true"
		}
		if strings.HasPrefix(text, "=") {
			quoted, err := strconv.QuotedPrefix(text[1:])
			if err != nil {
				return "", false
			}
			value, _ = strconv.Unquote(quoted) // QuotedPrefix has checked it
			text = text[1+len(quoted):]
		}
		if value != "false" || !slices.Contains(switches, name) {
			out.WriteString(" " + name + `="` + html.EscapeString(value) + `"`)
		}
	}
}
