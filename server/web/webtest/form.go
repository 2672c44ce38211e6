package webtest

import (
	"regexp"
)

var named = regexp.MustCompile(`<input class="[^"]*" id="[^"]*" name="([^"]+)"`)

// AsksFor lists what a page's form asks a person for, in order.
func (p Page) AsksFor() (names []string) {
	for _, m := range named.FindAllStringSubmatch(p.Body, -1) {
		names = append(names, m[1])
	}
	return names
}
