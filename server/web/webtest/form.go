package webtest

import (
	"regexp"
)

var inputPattern = regexp.MustCompile(`<input class="[^"]*" id="[^"]*" name="([^"]+)"`)

// FieldNames lists what a page's form asks a person for, in order.
func (p Page) FieldNames() (names []string) {
	for _, m := range inputPattern.FindAllStringSubmatch(p.Body, -1) {
		names = append(names, m[1])
	}
	return names
}
