package portal_test

import (
	"context"
	"html"
	"strings"
	"testing"

	"bompass/server/web"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fixture"
	"bompass/shared/toll"
)

// The telephone number on the pages is that of the customer's toll company, if it is known; otherwise that of the
// deployment, as for visitors.
func TestTelephoneIsOfTheTollCompany(t *testing.T) {
	own := toll.Contact{Phones: []string{"21 00 00 00"}}
	h := webtest.New(t, func(d *web.Deps) {
		d.ContactOf = func(_ context.Context, customer toll.CustomerID) (toll.Contact, error) {
			if customer == fixture.Kari {
				return own, nil
			}
			return toll.Contact{}, nil
		}
	})
	kari, olav := h.SignIn(webtest.Kari), h.SignIn("olav@bompass.example")
	if me := webtest.Call(kari, api.Me, api.Empty{}, ""); me.Service == nil || !me.Service.Equal(own) {
		t.Errorf("the program is told %+v", me.Service)
	}
	if me := webtest.Call(olav, api.Me, api.Empty{}, ""); me.Service != nil {
		t.Errorf("the program is told %+v, want the deployment's", me.Service)
	}
	for name, c := range map[string]struct {
		v          *webtest.Visitor
		shows, not string
	}{
		"a customer of a company that is known": {kari, `href="tel:+4721000000"`, "72 54 09 00"},
		"another customer":                      {olav, `href="tel:+4772540900"`, "21 00 00 00"},
		"a visitor":                             {h.Visitor(), "72 54 09 00", "21 00 00 00"},
	} {
		if body := html.UnescapeString(c.v.Get("/help").Body); !strings.Contains(body, c.shows) || strings.Contains(body, c.not) {
			t.Errorf("%s: the page lacks %s, or has %s", name, c.shows, c.not)
		}
	}
}
