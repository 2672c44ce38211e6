package party

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"bompass/server/access"
	"bompass/server/partner/mandate"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// mergeParties merges the parties that the person holds with those of the register: the person first, then companies
// by name (S2.11, S2.23).
func mergeParties(actor access.Principal, held []HeldParty, companies []mandate.Party) []Party {
	var own, others []Party
	known := map[string]bool{}
	for _, h := range held {
		p := Party{
			Key: "customer:" + string(h.Customer), Name: h.Name, Number: h.Number, Kind: h.Kind, Role: h.Role,
			Current: h.Customer == actor.Customer, ByMandate: h.ByMandate, customer: h.Customer,
			Agreement: h.Agreement, Plate: h.Plate,
			Ambiguous: slices.ContainsFunc(held, func(o HeldParty) bool {
				return o.Customer != h.Customer && o.Kind == h.Kind && o.Number == h.Number && strings.EqualFold(o.Name, h.Name)
			}),
		}
		known[h.Number] = true
		if h.Kind == toll.Private && h.Role == role.Owner {
			own = append(own, p)
			continue
		}
		others = append(others, p)
	}
	for _, c := range companies {
		// A company that the person acts for already is listed once, with the role that is stored here.
		if !known[c.Number] {
			known[c.Number] = true
			others = append(others, Party{
				Key: "organisation:" + c.Number, Name: c.Name, Number: c.Number, Kind: toll.Company, Role: role.Administrator, NoCustomer: true, ByMandate: true,
			})
		}
	}
	// A person can always act for themselves, also before they are a customer.
	if len(own) == 0 {
		own = []Party{{Key: Self, Name: actor.Person, Kind: toll.Private, Role: role.Owner, NoCustomer: true}}
	}
	slices.SortStableFunc(others, byName)
	return append(own, others...)
}

// newCustomer returns the customer that is created when p is chosen. It has no agreement yet.
func newCustomer(actor access.Principal, p Party) *NewCustomer {
	n := &NewCustomer{
		Customer: toll.CustomerID(uuid.NewString()), Name: p.Name, Kind: p.Kind, Number: p.Number, Country: "NO", Language: actor.Language,
		ByMandate: p.ByMandate,
	}
	return n
}
