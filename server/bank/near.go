package bank

import "bompass/shared/ident"

// NearKIDs returns the KIDs that a person may have meant with one that no invoice has: those with one digit less, one more,
// another one, or two neighbours swapped. KIDs that are mistyped pass the check digit once in ten times.
func NearKIDs(kid string) (list []string) {
	seen := map[string]bool{kid: true}
	add := func(digits string) {
		if _, problem := ident.KID(digits, ident.KIDMod10); problem == ident.None && !seen[digits] {
			seen[digits] = true
			list = append(list, digits)
		}
	}
	for d := '0'; d <= '9'; d++ {
		add(kid + string(d))
	}
	for i := range len(kid) {
		add(kid[:i] + kid[i+1:])
		for d := '0'; d <= '9'; d++ {
			add(kid[:i] + string(d) + kid[i+1:])
			add(kid[:i] + string(d) + kid[i:])
		}
		if i > 0 {
			add(kid[:i-1] + kid[i:i+1] + kid[i-1:i] + kid[i+1:])
		}
	}
	return list
}
