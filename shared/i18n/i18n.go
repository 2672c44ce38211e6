// Package i18n owns what people read: the catalogues of words in every language, plural forms, and
// how kroner, numbers, dates and times are written.
//
// It decides no rule. Codes, steps and amounts come from their own packages and leave here as text.
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

// Default is the language of a reader nothing is known about.
const Default = "nb"

// Languages lists the languages with a complete catalogue, in the order they are offered.
func Languages() []string { return []string{"nb", "en", "sv", "de"} }

// Begun lists the languages whose catalogues are not complete: what they lack is read in Default. They
// are not offered, so that nobody gets a page in two languages.
func Begun() []string { return []string{"nn", "da"} }

// Offered is the language that a reader gets who asks for lang, such as nn-NO: one that is complete.
func Offered(lang string) string {
	if lang = base(lang); slices.Contains(Languages(), lang) {
		return lang
	}
	return Default
}

// base is a language without its region.
func base(lang string) string {
	lang, _, _ = strings.Cut(strings.ToLower(lang), "-")
	return lang
}

// catalogues are the languages, each read from the embedded files when it is first spoken; a test proves
// that they can be read.
var catalogues = func() map[string]func() map[string]string {
	all := map[string]func() map[string]string{}
	for _, lang := range append(Languages(), Begun()...) {
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

// keysAbout is how many keys a language has, roughly: room that need not be made while it is read.
const keysAbout = 1000

// read reads the files of a language: areas in any order, each key in one of them.
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

// Words is one language: its catalogue and its way of writing numbers and dates.
type Words struct {
	lang  string
	texts map[string]string
	form  form
}

// For returns the words of a language; of Default for one that has no catalogue. Regions are ignored:
// en-GB reads en.
func For(lang string) *Words {
	lang = base(lang)
	if lang == "no" || catalogues[lang] == nil {
		lang = Default
	}
	return &Words{lang: lang, texts: catalogues[lang](), form: formOf(lang)}
}

// Lang is the language's code, for the lang attribute.
func (w *Words) Lang() string { return w.lang }

// Has tells whether there are words for a key.
func (w *Words) Has(key string) bool {
	_, ok := w.text(key)
	return ok
}

// text is a key's text, Default's where the language has none.
func (w *Words) text(key string) (text string, ok bool) {
	if text, ok = w.texts[key]; !ok && w.lang != Default {
		text, ok = catalogues[Default]()[key]
	}
	return text, ok
}

// Keys lists the keys of the language's own catalogue in no particular order.
func (w *Words) Keys() []string {
	keys := make([]string, 0, len(w.texts))
	for key := range w.texts {
		keys = append(keys, key)
	}
	return keys
}

// T is the text of a key with its parameters given as name, value pairs. A key without text is shown
// as it is, so that a gap is seen and not guessed at.
func (w *Words) T(key string, pairs ...any) string {
	text, ok := w.text(key)
	if !ok {
		return key
	}
	return fill(text, pairs)
}

// N is the text of a key in the plural form of n, which is also its parameter n.
func (w *Words) N(key string, n int, pairs ...any) string {
	suffix := ".other"
	if n == 1 || n == -1 { // CLDR: these languages tell one from other, for whole numbers
		suffix = ".one"
	}
	return w.T(key+suffix, append(pairs, "n", w.Number(int64(n)))...)
}

func fill(text string, pairs []any) string {
	if len(pairs) == 0 || !strings.Contains(text, "{") {
		return text
	}
	olds := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		olds = append(olds, "{"+written(pairs[i])+"}", written(pairs[i+1]))
	}
	return strings.NewReplacer(olds...).Replace(text)
}

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

// Sentence gives a text its capital letter.
func Sentence(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return text
	}
	return string(unicode.ToUpper(r)) + text[size:]
}
