// Package menu has the menus of every page, by the rights of the reader: the main menu, and the pages about the person
// in the menu under the person's name. The program and the server's pages both draw them from it.
package menu

import (
	"strings"

	"bompass/shared/role"
	"bompass/shared/site"
)

// Item is a link of a menu. Text is the key of its text, Tail that of what the text goes on with where there is room.
type Item struct {
	Href, Text string
	Icon       Icon // empty in the menu under the name
	Tail       string
}

// Reader is the person for whom a menu is made. The zero Reader is not signed in.
type Reader struct {
	SignedIn bool
	Role     role.Role // for the customer; while it is not known yet, every page is listed
	Company  bool      // the customer is a company
}

// may reports whether the reader's role has a right.
func (r Reader) may(right role.Right) bool { return r.SignedIn && (r.Role == "" || r.Role.May(right)) }

// Main returns the main menu.
func Main(r Reader) (items []Item) {
	if r.may(role.SeeOverview) {
		items = append(items, Item{Href: site.Overview, Text: "app.nav.overview", Icon: IconOverview})
	}
	if r.may(role.SeeBills) {
		items = append(items, Item{Href: site.Invoices, Text: "invoices.title", Icon: IconInvoice})
	}
	if r.may(role.SeePassages) {
		items = append(items, Item{Href: site.Passages, Text: "app.nav.passages", Icon: IconPassage})
	}
	if r.may(role.SeeOverview) {
		items = append(items, Item{Href: site.Vehicles, Text: "app.nav.vehicles", Icon: IconVehicle, Tail: "app.nav.vehicles.tail"})
	}
	return append(items, Item{Href: site.Prices, Text: "prices.nav", Icon: IconPrices}, Item{Href: site.Help, Text: "app.nav.help", Icon: IconHelp})
}

// Personal returns the pages of the menu under the person's name, between the parties and the button to log out.
func Personal(r Reader) []Item {
	items := []Item{{Href: site.Profile, Text: "profile.title"}, {Href: site.Security, Text: "security.title"}}
	if r.Company && r.may(role.ManagePeople) {
		items = append(items, Item{Href: site.People, Text: "people.title"})
	}
	return append(items, Item{Href: site.Device, Text: "app.nav.device"})
}

// barMax is the maximum number of pages in the bar at the bottom of a phone, beside the button for the rest.
const barMax = 4

// Bar returns how many items of the main menu stand in the bar at the bottom of a phone. The rest are behind its last
// button, together with the pages about the person. A menu of two has no such button.
func Bar(items []Item) int {
	if len(items) <= 2 {
		return len(items)
	}
	return min(barMax, len(items)-1)
}

// sections are the addresses below which pages belong to an item of the main menu. The longest match counts.
var sections = [...]struct{ below, item string }{
	{site.Vehicles, site.Vehicles},
	{site.Passages, site.Passages},
	{site.Recheck, site.Passages},
	{site.Invoices, site.Invoices},
	{site.Prices, site.Prices},
	{site.Help, site.Help},
	{site.Cases, site.Help},
	{"/agreements", site.Overview},
	{"/tags", site.Vehicles},
}

// Current returns the address of the item under which the page at a path is found, empty for none.
func Current(path string) string {
	for _, s := range sections {
		if path == s.below || strings.HasPrefix(path, s.below+"/") {
			return s.item
		}
	}
	if path == site.Overview {
		return site.Overview
	}
	return ""
}

// CallKey returns the key of the text of a telephone number at the end of a page: the first says what it is for.
func CallKey(i int) string {
	if i == 0 {
		return "app.help.call"
	}
	return "app.help.call.or"
}
