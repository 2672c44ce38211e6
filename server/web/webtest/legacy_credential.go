package webtest

import (
	"bompass/server/legacy"
	"bompass/server/store/legacydb"
	"bompass/shared/fixture"
)

// Imports stores the legacy credential of a customer number: the password of the demo data, which the owner of the
// number can use once to link the agreement.
func (h *Server) ImportCredential(number, agreement string) {
	h.t.Helper()
	h.standIn("a credential that the test has written")
	hash, err := legacy.ParseHash(fixture.LegacyHash)
	if err != nil {
		h.t.Fatal(err)
	}
	line := legacy.Line{Number: number, Agreement: agreement}
	if err := legacydb.New(h.DB).SaveCredentials(h.t.Context(), []legacy.Credential{
		legacy.Seal(h.Keys, line, hash, h.Now()),
	}); err != nil {
		h.t.Fatal(err)
	}
}

// The address of the form for legacy numbers, and the id of an account that the demo data does not have.
const (
	LegacyFormPath = "/agreements/find/old"
	FormerAccount  = "0196a000-0000-7000-8000-0000000000f1"
)
