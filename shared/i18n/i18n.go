// Package i18n translates: it holds the message catalogues of every language and formats plurals, amounts,
// numbers, dates and times.
package i18n

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Default is the language used when no preference is known.
const Default = "nb"

// Languages returns the languages, in the order in which they are offered. Every catalogue is complete.
func Languages() []string { return []string{"nb", "en", "sv", "de"} }

// Foreign is the language for readers of a language that is not offered.
const Foreign = "en"

// Offered returns the language that is offered for a requested language tag such as nn-NO, and whether there is one.
func Offered(tag string) (lang string, ok bool) {
	switch lang = base(tag); {
	case slices.Contains(Languages(), lang):
		return lang, true
	case lang == "no", lang == "nn":
		return Default, true
	}
	return "", false
}

// Match returns the language to use for a requested language tag. It is Default if none is requested.
func Match(tag string) string {
	if lang, ok := Offered(tag); ok {
		return lang
	}
	if tag == "" {
		return Default
	}
	return Foreign
}

// base returns a language tag without its region.
func base(lang string) string {
	lang, _, _ = strings.Cut(strings.ToLower(lang), "-")
	return lang
}

// catalogues holds the languages, each parsed from the embedded files at its first use. A test parses all.
var catalogues = func() map[string]func() map[string]string {
	all := map[string]func() map[string]string{}
	for _, lang := range Languages() {
		all[lang] = sync.OnceValue(func() map[string]string {
			words, err := read(lang)
			if err != nil {
				panic(err)
			}
			return words
		})
	}
	return all
}()

// keysAbout is the approximate number of keys of a language, used as initial map size.
const keysAbout = 1000

// read parses the files of a language, one for each area, in any order. A key is in exactly one of them.
func read(lang string) (map[string]string, error) {
	dir := path.Join("catalogue", lang)
	areas, err := files.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	words := make(map[string]string, keysAbout)
	for _, area := range areas {
		text, err := files.ReadFile(path.Join(dir, area.Name()))
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(text, &words); err != nil {
			return nil, fmt.Errorf("%s/%s: %w", dir, area.Name(), err)
		}
	}
	return words, nil
}

// Words is one language: its message catalogue and its number and date formats.
type Words struct {
	lang  string
	texts map[string]string
	form  form
}

// For returns the Words of a language, or those of Default when it has no catalogue. Regions are ignored: en-GB
// is en.
func For(lang string) *Words {
	lang = base(lang)
	if lang == "no" || catalogues[lang] == nil {
		lang = Default
	}
	return &Words{lang: lang, texts: catalogues[lang](), form: formOf(lang)}
}

// Lang returns the language code, for the lang attribute.
func (w *Words) Lang() string { return w.lang }

// Has reports whether the catalogue has the key.
func (w *Words) Has(key string) bool {
	_, ok := w.text(key)
	return ok
}

func (w *Words) text(key string) (text string, ok bool) {
	text, ok = w.texts[key]
	return text, ok
}

// Keys returns the keys of the language's own catalogue in no particular order.
func (w *Words) Keys() []string {
	keys := make([]string, 0, len(w.texts))
	for key := range w.texts {
		keys = append(keys, key)
	}
	return keys
}

// T returns the text of a key with parameters given as name, value pairs. A key without text is returned itself,
// so that the gap is visible.
func (w *Words) T(key string, pairs ...any) string {
	text, ok := w.text(key)
	if !ok {
		return key
	}
	return fill(text, pairs)
}

// N returns the text of a key in the plural form for n, which is also its parameter n.
func (w *Words) N(key string, n int, pairs ...any) string {
	suffix := ".other"
	if n == 1 || n == -1 { // CLDR: for whole numbers these languages have the forms one and other
		suffix = ".one"
	}
	return w.T(key+suffix, append(pairs, "n", w.Number(int64(n)))...)
}

// fill replaces the placeholders {name} of a text by the values in pairs of name and value.
func fill(text string, pairs []any) string {
	if len(pairs) == 0 || !strings.Contains(text, "{") {
		return text
	}
	return expand(text, func(name string) (string, bool) {
		for i := 0; i+1 < len(pairs); i += 2 {
			if written(pairs[i]) == name {
				return written(pairs[i+1]), true
			}
		}
		return "", false
	})
}

// expand replaces each {name} of a text by its value. A name without a value stays as it is. Making a
// strings.Replacer, which is meant for many texts, was a quarter of what drawing the overview cost.
func expand(text string, value func(name string) (string, bool)) string {
	var out strings.Builder
	for {
		open := strings.IndexByte(text, '{')
		if open < 0 {
			break
		}
		length := strings.IndexByte(text[open:], '}')
		if length < 0 {
			break
		}
		if replaced, ok := value(text[open+1 : open+length]); ok {
			out.WriteString(text[:open])
			out.WriteString(replaced)
			text = text[open+length+1:]
			continue
		}
		out.WriteString(text[:open+1])
		text = text[open+1:]
	}
	out.WriteString(text)
	return out.String()
}

// written formats a value. Strings and whole numbers, which most parameters are, need no reflection.
func written(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case fmt.Stringer:
		return v.String()
	}
	return fmt.Sprint(v)
}

// Sentence returns the text with its first letter in upper case.
func Sentence(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return text
	}
	return string(unicode.ToUpper(r)) + text[size:]
}
