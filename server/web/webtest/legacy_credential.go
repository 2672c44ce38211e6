package webtest

import (
	"net/url"

	"bompass/shared/fixture"
)

// LegacyFormPath is the address of the form for customer numbers of the legacy system.
const LegacyFormPath = "/agreements/find/old"

// ImportCredential imports the customer number of an agreement, as ImportLegacy does. Its password is the one of
// the demo data, with which the agreement can be linked once.
func (h *Server) ImportCredential(number, agreement string) {
	h.t.Helper()
	h.ImportLegacy("number,hash,agreement\n" + number + "," + fixture.LegacyHash + "," + agreement + "\n")
}

// SubmitLegacyPassword sends the form that links an agreement by customer number and password of the legacy system.
func (v *Visitor) SubmitLegacyPassword(number, password string) Page {
	v.t.Helper()
	return v.SubmitFormAt(LegacyFormPath, LegacyFormPath, url.Values{"number": {number}, "password": {password}})
}
