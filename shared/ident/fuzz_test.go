package ident_test

import (
	"testing"

	"bompass/shared/ident"
)

// A number that was accepted is accepted again in its returned form, unchanged.
func FuzzAcceptedNumbersAreStable(f *testing.F) {
	for _, s := range []string{"130972 48022", "987 654 325", "8601.11.17947", "1000042000173", "7001001", "EK 12345", "", "40-", "\xff"} {
		f.Add(s)
	}
	checks := map[string]func(string) (string, ident.Problem){
		"birth":        func(s string) (string, ident.Problem) { bare, _, problem := ident.BirthNumber(s); return bare, problem },
		"organisation": ident.Organisation, "account": ident.Account, "customer": ident.CustomerNumber,
		"kid":   func(s string) (string, ident.Problem) { return ident.KID(s, ident.KIDMod11) },
		"plate": func(s string) (string, ident.Problem) { p, problem := ident.Plate("NO", s); return p.Text, problem },
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, check := range checks {
			bare, problem := check(s)
			if problem != ident.None {
				continue
			}
			if again, problem := check(bare); problem != ident.None || again != bare {
				t.Errorf("%s: %q gave %q, which gives %q %v", name, s, bare, again, problem)
			}
		}
	})
}

// A check digit detects every single mistyped digit.
func FuzzKIDFindsOneWrongDigit(f *testing.F) {
	f.Add("100004200017", 3, byte(1))
	f.Fuzz(func(t *testing.T, payload string, at int, by byte) {
		for _, rule := range []ident.KIDRule{ident.KIDMod10, ident.KIDMod11} {
			kid, problem := ident.NewKID(payload, rule)
			if problem != ident.None {
				continue
			}
			wrong := []byte(kid)
			i := int(uint(at) % uint(len(wrong)))
			wrong[i] = '0' + (wrong[i]-'0'+1+by%9)%10
			if _, problem := ident.KID(string(wrong), rule); problem == ident.None {
				t.Errorf("rule %d: %s and %s are both accepted", rule, kid, wrong)
			}
		}
	})
}
