package role_test

import (
	"testing"

	"bompass/shared/role"
)

// Each row is a role, each column a right in the order of the constants.
func TestRightsOfEachRole(t *testing.T) {
	rights := []role.Right{role.SeeOwn, role.SeeOverview, role.SeePassages, role.SeeFleet, role.SeeBills, role.Change, role.ManagePeople}
	for who, want := range map[role.Role]string{
		role.Owner:         "yyyyyyy",
		role.Administrator: "yyyyyyy",
		role.Accountant:    "yynnynn",
		role.Driver:        "ynynnnn",
		role.Auditor:       "yyyyynn",
		"":                 "nnnnnnn",
		"janitor":          "nnnnnnn",
	} {
		got := ""
		for _, right := range rights {
			got += map[bool]string{true: "y", false: "n"}[who.May(right)]
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", who, got, want)
		}
	}
}

func TestOwnershipCannotBeGranted(t *testing.T) {
	for who, want := range map[role.Role]bool{
		role.Owner: false, role.Administrator: true, role.Accountant: true, role.Driver: true, role.Auditor: true, "": false, "janitor": false,
	} {
		if got := role.Grantable(who); got != want {
			t.Errorf("%q: got %t, want %t", who, got, want)
		}
	}
}
