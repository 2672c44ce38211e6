//go:build !js

package frame_test

import (
	"fmt"
	"testing"

	"bompass/app/pagetest"
	"bompass/shared/api"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// The menu under the name has the parties that the person can switch to, the pages about the person, and for companies
// the page of users. The phone's bar has at most four pages, and the rest behind its last button.
func TestMenusHaveWhatThePersonMayOpen(t *testing.T) {
	person := &api.MeReply{Person: "Nils Berg", Name: "Fjordfrakt AS", Kind: toll.Company, Language: "nb", CSRF: "token", Role: role.Owner, Parties: true}
	person.Others = []api.PartyChoice{{Key: "self", Name: "Nils Berg", Own: true}, {Key: "organisation:311882104", Name: "Nordlys Transport AS", Number: "311882104"}}
	_, s := open(t, &pagetest.Server{Person: person})
	s.Shows(
		"Bytt til", "Din personlige profil", "Nordlys Transport AS", "311 882 104", `action="/parties"`, `value="organisation:311882104"`, `href="/parties"`,
		`href="/profile"`, `href="/security"`, `href="/people"`, `href="/device"`, `popovertarget="more-menu"`, `href="/privacy"`, `href="/accessibility"`, `href="/cookies"`,
	)
	s.Hides(`href="/sessions"`)
}

// A list of parties that would fill the screen is cut; the page of parties has all of them.
func TestMenuShowsTheFirstParties(t *testing.T) {
	person := &api.MeReply{Person: "Nils Berg", Name: "Nils Berg", Language: "nb", CSRF: "token", Role: role.Owner, Parties: true}
	for n := range 40 {
		person.Others = append(person.Others, api.PartyChoice{Key: fmt.Sprint("customer:", n), Name: fmt.Sprintf("Company %02d", n)})
	}
	_, s := open(t, &pagetest.Server{Person: person})
	s.Shows("Company 05", "Alle du kan representere")
	s.Hides("Company 06")
}

// Stored answers hold no token, so without a network the menu offers no switch that the server would refuse.
func TestMenuOffersNoSwitchWithoutAToken(t *testing.T) {
	person := &api.MeReply{Person: "Nils Berg", Name: "Nils Berg", Language: "nb", Role: role.Owner, Parties: true, Others: []api.PartyChoice{{Key: "self", Name: "Other AS"}}}
	_, s := open(t, &pagetest.Server{Person: person})
	s.Hides("Other AS")
}
