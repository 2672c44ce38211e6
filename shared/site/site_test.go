package site_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"bompass/shared/site"
)

func TestEachAddressNamesOnePage(t *testing.T) {
	all := append(site.Pages(), site.Rendered()...)
	slices.Sort(all)
	if unique := slices.Compact(slices.Clone(all)); len(unique) != len(all) {
		t.Errorf("an address is listed twice: %v", all)
	}
	for _, path := range all {
		if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "?# ") {
			t.Errorf("%q is not a path of our own", path)
		}
	}
}

func TestOnlyPagesOfTheProgramAreKnown(t *testing.T) {
	for path, want := range map[string]bool{
		site.Overview: true, site.Recheck: true, site.AgreementReceipt: true, site.Login: false, "/passages/": false, "/nowhere": false, "": false,
	} {
		if got := site.IsPage(path); got != want {
			t.Errorf("IsPage(%q) = %v, want %v", path, got, want)
		}
	}
}

func TestOnlyPricesArePublic(t *testing.T) {
	for _, path := range site.Pages() {
		if got, want := site.IsPublic(path), path == site.Prices; got != want {
			t.Errorf("IsPublic(%q) = %v, want %v", path, got, want)
		}
	}
}

func TestAddressesCarryTheirQueryEscaped(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{site.With(site.Passages, nil), "/passages"},
		{site.With(site.Passages, url.Values{"to": {"2026-11-20"}, "from": {"2026-11-01"}}), "/passages?from=2026-11-01&to=2026-11-20"},
		{site.Returning(site.StepUp, "/profile?a=b&c"), "/prove?next=%2Fprofile%3Fa%3Db%26c"},
		{site.LoginAgain("/passages?from=2026-11-01"), "/login?next=%2Fpassages%3Ffrom%3D2026-11-01&why=expired"},
		{site.Because(site.Device, site.WhyLeft), "/device?why=left"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
