package menu_test

import (
	"strings"
	"testing"

	"bompass/shared/menu"
	"bompass/shared/role"
	"bompass/shared/site"
)

func hrefs(items []menu.Item) string {
	list := make([]string, 0, len(items))
	for _, item := range items {
		list = append(list, item.Href)
	}
	return strings.Join(list, " ")
}

func TestMenuFollowsTheRightsOfTheRole(t *testing.T) {
	for _, c := range []struct {
		name           string
		reader         menu.Reader
		main, personal string
	}{
		{"a visitor", menu.Reader{}, "/prices /help", "/profile /security /device"},
		{"an owner", menu.Reader{SignedIn: true, Role: role.Owner}, "/ /invoices /passages /vehicles /prices /help", "/profile /security /device"},
		{"the owner of a company", menu.Reader{SignedIn: true, Role: role.Owner, Company: true}, "/ /invoices /passages /vehicles /prices /help", "/profile /security /people /device"},
		{"an accountant", menu.Reader{SignedIn: true, Role: role.Accountant, Company: true}, "/ /invoices /vehicles /prices /help", "/profile /security /device"},
		{"a driver", menu.Reader{SignedIn: true, Role: role.Driver, Company: true}, "/passages /prices /help", "/profile /security /device"},
		{"a role not known yet", menu.Reader{SignedIn: true}, "/ /invoices /passages /vehicles /prices /help", "/profile /security /device"},
	} {
		if got := hrefs(menu.Main(c.reader)); got != c.main {
			t.Errorf("%s: main menu %s, want %s", c.name, got, c.main)
		}
		if got := hrefs(menu.Personal(c.reader)); got != c.personal {
			t.Errorf("%s: menu under the name %s, want %s", c.name, got, c.personal)
		}
	}
}

func TestBarOfAPhoneHasAtMostFive(t *testing.T) {
	for n, want := range map[int]int{0: 0, 2: 2, 3: 2, 4: 3, 5: 4, 6: 4, 9: 4} {
		if got := menu.Bar(make([]menu.Item, n)); got != want {
			t.Errorf("a menu of %d has %d in the bar, want %d", n, got, want)
		}
	}
}

func TestPageIsFoundUnderOneItem(t *testing.T) {
	for path, want := range map[string]string{
		"/": site.Overview, "/passages": site.Passages, "/check": site.Passages, "/vehicles/details": site.Vehicles, "/help/login": site.Help, "/agreements/find": site.Overview,
		"/security": "", "/passages-of-mine": "",
	} {
		if got := menu.Current(path); got != want {
			t.Errorf("%s is under %q, want %q", path, got, want)
		}
	}
}
