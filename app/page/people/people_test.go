//go:build !js

package people_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/page/people"
	"bompass/app/pagetest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/role"
	"bompass/shared/toll"
)

func reply() api.PeopleReply {
	return api.PeopleReply{
		People: []api.PersonLine{
			{Account: fixture.Accounts()[1].ID, Name: "Nils Berg", Role: "owner", Here: true},
			{Account: fixture.Accounts()[2].ID, Name: "Astrid Moen", Role: "accountant", Until: pagetest.Noon.Add(48 * time.Hour)},
		},
		Invited: []api.InvitedLine{{ID: "1", Email: "per@bompass.example", Role: "auditor", Ends: pagetest.Noon}},
	}
}

func serve() *pagetest.Server { return pagetest.With(api.People.Endpoint, reply()) }

func TestPeopleAndInvitationsAreShown(t *testing.T) {
	s := pagetest.Open(t, serve(), "/people", people.New)
	s.Shows("Nils Berg", "Eier", "Regnskapsfører", "til og med", "per@bompass.example", "Trekk invitasjonen tilbake", "Inviter en person")
	if n := strings.Count(s.Text(), `aria-label="Fjern`); n != 1 {
		t.Errorf("%d people can be removed, want all but the owner", n)
	}
}

// A long list of people can be searched by name, address and role, and is shown page by page.
func TestManyPeopleCanBeSearched(t *testing.T) {
	many := reply()
	for i := range 30 {
		many.People = append(many.People, api.PersonLine{Account: toll.AccountID(fmt.Sprint("p", i)), Name: fmt.Sprint("Person ", i), Email: fmt.Sprintf("p%d@firma.example", i), Role: "driver"})
	}
	s := pagetest.Open(t, pagetest.With(api.People.Endpoint, many), "/people", people.New)
	s.Shows("33 personer", "Person 22", "Neste side")
	s.Hides("Person 23", "per@bompass.example")
	for search, want := range map[string]string{"person 7": "Person 7", "p29@firma": "Person 29", "regnskap": "Astrid Moen", "PER@BOM": "per@bompass.example"} {
		s.Do(func(app.Context) { people.Search(s.Page, search) })
		s.Shows(want, "1 person")
		s.Hides("Person 3<", "Neste side")
	}
	s.Do(func(app.Context) { people.Search(s.Page, "nobody") })
	s.Shows("0 personer")
}

// A form that is sent twice makes one request.
func TestInvitationIsSentOnce(t *testing.T) {
	server := serve()
	s := pagetest.Open(t, server, "/people", people.New)
	s.Do(func(ctx app.Context) {
		for range 2 {
			people.Invite(ctx, s.Page, api.InviteRequest{Email: "ny@bompass.example", Role: role.Accountant}, "")
		}
	})
	if n := server.Count(api.Invite.Endpoint); n != 1 {
		t.Errorf("%d invitations were sent", n)
	}
}

func TestRefusedInvitationIsMarkedAtItsField(t *testing.T) {
	server := serve()
	s := pagetest.Open(t, server, "/people", people.New)
	server.Refusal = fault.New(fault.FieldWrong).At("email")
	s.Do(func(ctx app.Context) { people.Invite(ctx, s.Page, api.InviteRequest{Email: "x"}, "") })
	s.Shows("Skriv en e-postadresse som denne", `href="#email"`)
}

// A vehicle is part of a driver's invitation alone, and the last day of a role is a whole day.
func TestInvitationCarriesWhatItsRoleNeeds(t *testing.T) {
	for granted, vehicle := range map[role.Role]toll.VehicleID{role.Driver: fixture.KariPetrol, role.Accountant: ""} {
		server := serve()
		s := pagetest.Open(t, server, "/people", people.New)
		s.Do(func(ctx app.Context) {
			people.Invite(ctx, s.Page, api.InviteRequest{Email: "per@bompass.example", Role: granted, Vehicle: fixture.KariPetrol}, "2026-12-31")
		})
		s.Shows(`id="toast"`)
		sent := pagetest.Sent[api.InviteRequest](t, server, api.Invite.Endpoint)
		if len(sent) != 1 || sent[0].Role != granted || sent[0].Vehicle != vehicle || !sent[0].Until.Equal(oslo.Date(2027, time.January, 1).Start()) {
			t.Errorf("%s: sent %+v", granted, sent)
		}
	}
}

func TestRemovalIsAskedForAfterAConfirmation(t *testing.T) {
	server := serve()
	s := pagetest.Open(t, server, "/people", people.New)
	s.Do(func(ctx app.Context) { people.Remove(ctx, s.Page, reply().People[1]) })
	s.Shows("Vil du fjerne Astrid Moen?", "mister tilgangen", `aria-labelledby="confirm-title"`)
	if n := server.Count(api.RemovePerson.Endpoint); n != 0 {
		t.Errorf("%d calls before the answer", n)
	}
	s.Do(func(ctx app.Context) { people.AnswerYes(ctx, s.Page) })
	s.Shows("Personen er fjernet.", `id="toast"`)
	sent := pagetest.Sent[api.PersonRequest](t, server, api.RemovePerson.Endpoint)
	if len(sent) != 1 || sent[0].Account != reply().People[1].Account {
		t.Errorf("sent %+v", sent)
	}
}

func TestInvitationIsWithdrawnAfterAConfirmation(t *testing.T) {
	server := serve()
	s := pagetest.Open(t, server, "/people", people.New)
	s.Do(func(ctx app.Context) { people.Withdraw(ctx, s.Page, reply().Invited[0]) })
	if n := server.Count(api.Withdraw.Endpoint); n != 0 {
		t.Errorf("%d calls before the answer", n)
	}
	s.Do(func(ctx app.Context) { people.AnswerYes(ctx, s.Page) })
	if n := server.Count(api.Withdraw.Endpoint); n != 1 {
		t.Errorf("%d calls after the answer", n)
	}
}

// The role of another person is changed where the person stands.
func TestRoleOfAnotherPersonIsChanged(t *testing.T) {
	server := serve()
	s := pagetest.Open(t, server, "/people", people.New)
	s.Shows("Endre rolle")
	s.Do(func(ctx app.Context) { people.ChangeRole(ctx, s.Page, reply().People[1], role.Auditor) })
	s.Shows("Rollen er endret.")
	sent := pagetest.Sent[api.RoleRequest](t, server, api.ChangeRole.Endpoint)
	if len(sent) != 1 || sent[0].Account != reply().People[1].Account || sent[0].Role != role.Auditor {
		t.Errorf("sent %+v", sent)
	}
}
