package casework

import (
	"net/url"
	"strconv"

	"bompass/shared/site"
)

// Number returns the number of a case as people read it.
func Number(id int64) string { return strconv.FormatInt(id, 10) }

// Address returns the address of the page of a case.
func Address(id int64) string { return site.With(site.Case, url.Values{"number": {Number(id)}}) }
