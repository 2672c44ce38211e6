package webtest

import (
	"regexp"
)

var inputPattern = regexp.MustCompile(`<(?:input|select) class="[^"]*" id="[^"]*" name="([^"]+)"`)

// FieldNames returns the names of the visible fields of the page's form, in order.
func (p Page) FieldNames() (names []string) {
	for _, m := range inputPattern.FindAllStringSubmatch(p.Body, -1) {
		names = append(names, m[1])
	}
	return names
}
