package ident_test

import (
	"testing"

	"bompass/shared/fixture"
	"bompass/shared/ident"
)

// The present rule of check digits and the rule from 2032 are both valid today.
func TestBirthNumber(t *testing.T) {
	for _, c := range []struct {
		number string
		kind   ident.BirthKind
		want   ident.Problem
	}{
		{"13097248022", 0, ident.None},
		{"130972 48022", 0, ident.None},
		{"29020075838", 0, ident.None}, // 29 February 2000
		{"29029648784", 0, ident.None},
		{"15021951940", 0, ident.None},
		{"31129956715", 0, ident.None},
		{"53097248016", ident.DNumber, ident.None},
		{"13527248013", ident.HNumber, ident.None},
		{"10915596784", ident.Synthetic, ident.None},
		{"68467038838", ident.DNumber | ident.HNumber, ident.None},
		{"15833210162", ident.Synthetic, ident.None},
		{"15833210170", ident.Synthetic, ident.None}, // rule of 2032
		{"15833210189", ident.Synthetic, ident.None}, // rule of 2032
		{"15833210197", ident.Synthetic, ident.None}, // rule of 2032
		{"13097248023", 0, ident.CheckDigit},
		{"13097248032", 0, ident.CheckDigit},
		{"32127248022", 0, ident.NoDate},
		{"1309724802", 0, ident.Length},
		{"1309724802x", 0, ident.NotDigits},
		{" - ", 0, ident.Missing},
	} {
		_, kind, problem := ident.BirthNumber(c.number)
		if problem != c.want || kind != c.kind {
			t.Errorf("%q: got %q kind %b, want %q kind %b", c.number, problem, kind, c.want, c.kind)
		}
	}
}

func TestRegisterNumbers(t *testing.T) {
	for _, c := range []struct {
		name   string
		check  func(string) (string, ident.Problem)
		number string
		want   ident.Problem
	}{
		{"organisation", ident.Organisation, "974760673", ident.None},
		{"organisation", ident.Organisation, "987 654 325", ident.None},
		{"organisation", ident.Organisation, "123456785", ident.None},
		{"organisation", ident.Organisation, "998447356", ident.None},
		{"organisation", ident.Organisation, "914588200", ident.None},
		{"organisation", ident.Organisation, "923609016", ident.None},
		{"organisation", ident.Organisation, "974760674", ident.CheckDigit},
		{"organisation", ident.Organisation, "97476067", ident.Length},
		{"account", ident.Account, "8601.11.17947", ident.None},
		{"account", ident.Account, "99991042764", ident.None},
		{"account", ident.Account, "76940512057", ident.None},
		{"account", ident.Account, "12345678903", ident.None},
		{"account", ident.Account, "88888888888", ident.CheckDigit},
		{"customer", ident.CustomerNumber, "7001001", ident.None},
		{"customer", ident.CustomerNumber, "0001001", ident.Pattern},
		{"customer", ident.CustomerNumber, "700100", ident.Length},
	} {
		if _, problem := c.check(c.number); problem != c.want {
			t.Errorf("%s %q: got %q, want %q", c.name, c.number, problem, c.want)
		}
	}
}

func TestIBANAndGroups(t *testing.T) {
	for account, want := range map[string]string{
		"86011117947": "NO9386011117947", "99991042764": "NO9799991042764", "12345678903": "NO7112345678903",
	} {
		if got := ident.IBAN(account); got != want {
			t.Errorf("IBAN of %s: got %s, want %s", account, got, want)
		}
	}
	if got, want := ident.FormatAccount("86011117947"), "8601.11.17947"; got != want {
		t.Errorf("account: got %s, want %s", got, want)
	}
	if got, want := ident.FormatOrganisation("987654325"), "987 654 325"; got != want {
		t.Errorf("organisation: got %s, want %s", got, want)
	}
}

func TestKIDOfPayload(t *testing.T) {
	for _, c := range []struct{ payload, mod10, mod11 string }{
		{"12345678", "123456782", "123456785"},
		{"1234", "12344", "12343"},
		{"234567", "2345676", "2345676"},
		{"1234567890", "12345678903", "12345678903"},
		{"031", "0315", "0310"}, // remainder 0 gives 0
		{"040", "0406", ""},     // modulus 11 gives 10, which is no digit
		{"100004200017", "1000042000173", "1000042000173"},
	} {
		if got, problem := ident.NewKID(c.payload, ident.KIDMod10); got != c.mod10 || problem != ident.None {
			t.Errorf("%s modulus 10: got %s %v, want %s", c.payload, got, problem, c.mod10)
		}
		if c.payload == "100004200017" {
			continue
		}
		if got, _ := ident.NewKID(c.payload, ident.KIDMod11); got != c.mod11 {
			t.Errorf("%s modulus 11: got %s, want %s", c.payload, got, c.mod11)
		}
	}
}

func TestKIDsInUse(t *testing.T) {
	for _, s := range []string{"008000011688373", "008000061688422", "000112000507155", "001006300507304", "33000083672049", "44000366370078"} {
		if _, problem := ident.KID(s, ident.KIDMod10); problem != ident.None {
			t.Errorf("%s modulus 10: got %q", s, problem)
		}
	}
	for _, s := range []string{"0000531", "0036633", "02212291038306", "149012"} {
		if _, problem := ident.KID(s, ident.KIDMod11); problem != ident.None {
			t.Errorf("%s modulus 11: got %q", s, problem)
		}
	}
	for s, want := range map[string]ident.Problem{
		"1000042000137": ident.CheckDigit, "1": ident.Length, "": ident.Missing, "0040-": ident.CheckDigit, "315": ident.Length, "12a4": ident.NotDigits,
		"12345678901234567890123456": ident.Length,
	} {
		if _, problem := ident.KID(s, ident.KIDMod10); problem != want {
			t.Errorf("%q: got %q, want %q", s, problem, want)
		}
	}
}

// .
func TestPlate(t *testing.T) {
	for _, c := range []struct {
		country, text, bare string
		want                ident.Problem
	}{
		{"NO", "ek 12345", "EK12345", ident.None},
		{"no", "GA-10001", "GA10001", ident.None},
		{"NO", "AB 1234", "AB1234", ident.None}, // motorcycle, tractor, trailer
		{"NO", "OK 12345", "OK12345", ident.Confusable},
		{"NO", "EK 02345", "EK02345", ident.Pattern},
		{"NO", "EK 123", "EK123", ident.Pattern},
		{"NO", "BOMFRI", "BOMFRI", ident.None},
		{"NO", "123456", "123456", ident.Pattern},
		{"SE", "ABC 123", "ABC123", ident.None},
		{"SE", "ABC 12D", "ABC12D", ident.None},
		{"SE", "ABC 12O", "ABC12O", ident.Confusable},
		{"SE", "MIN BÅT", "MINBÅT", ident.None},
		{"DK", "AB 12 345", "AB12345", ident.None},
		{"DK", "12345", "12345", ident.Pattern},
		{"FI", "ABC-123", "ABC123", ident.None},
		{"FI", "A-123", "A123", ident.Pattern},
		{"DE", "B-MW 1234E", "BMW1234E", ident.None},
		{"DE", "M-A 1", "MA1", ident.None},
		{"DE", "B-MW 1234X", "BMW1234X", ident.Pattern},
		{"DE", "TÜ-AB 123", "TÜAB123", ident.None},
		{"PL", "WA 12345", "WA12345", ident.None},
		{"PL", "W", "W", ident.Length},
		{"PL", "WA#123", "WA#123", ident.Pattern},
		{"NO", "  ", "", ident.Missing},
	} {
		p, problem := ident.Plate(c.country, c.text)
		if p.Text != c.bare || problem != c.want {
			t.Errorf("%s %q: got %q %v, want %q %v", c.country, c.text, p.Text, problem, c.bare, c.want)
		}
	}
}

// A plate that is half typed is no mistake; one that no further character can put right is.
func TestBeginningOfPlate(t *testing.T) {
	for country, c := range map[string]struct{ can, cannot []string }{
		"NO": {[]string{"", "D", "DP", "DP4", "dp 458", "DP45821", "TOLL"}, []string{"DP4582X1", "DP458219", "DP-458€"}},
		"SE": {[]string{"A", "ABC", "ABC12", "ABC12A"}, []string{"ABC12345"}},
		"FI": {[]string{"A", "ABC-1", "AB 123"}, []string{"ABCD", "1"}},
		"DE": {[]string{"M", "M-AB 12", "MUC AB1E"}, []string{"1", "M-AB 12345"}},
	} {
		for _, text := range c.can {
			if !ident.PlateBegins(country, text) {
				t.Errorf("%s %q is refused", country, text)
			}
		}
		for _, text := range c.cannot {
			if ident.PlateBegins(country, text) {
				t.Errorf("%s %q is accepted", country, text)
			}
		}
	}
}

func TestDemoPlatesAreValid(t *testing.T) {
	for _, v := range fixture.Vehicles() {
		if _, problem := ident.Plate(v.Plate.Country, v.Plate.Text); problem != ident.None {
			t.Errorf("%s: got %q", v.Plate, problem)
		}
	}
	for _, tag := range fixture.Tags() {
		if !ident.Luhn(string(tag.ID)) {
			t.Errorf("tag %s: Luhn digit is wrong", tag.ID)
		}
	}
}
