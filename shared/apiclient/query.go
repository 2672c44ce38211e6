package apiclient

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
)

// ParseQuery decodes the query of a GET request, without the question mark, into req. Unknown and repeated fields are
// refused.
func ParseQuery(query string, req any) error {
	values, err := url.ParseQuery(query)
	if err != nil {
		return fmt.Errorf("query: %w", err)
	}
	fields := make(map[string]string, len(values))
	for name, list := range values {
		if len(list) != 1 {
			return fmt.Errorf("query: %q is given %d times", name, len(list))
		}
		fields[name] = list[0]
	}
	b, err := json.Marshal(fields)
	if err != nil {
		return fmt.Errorf("query: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(req); err != nil {
		return fmt.Errorf("query: %w", err)
	}
	return nil
}
