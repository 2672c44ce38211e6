package access_test

import (
	"strings"
	"testing"

	"bompass/server/access"
	"bompass/shared/fault"
)

// ASVS V6.2.1, V6.2.4, V6.2.5, V6.2.9, V6.2.11.
func TestWeakPasswordsAreRefused(t *testing.T) {
	for _, c := range []struct {
		name, password string
		want           fault.Code
	}{
		{"eleven characters", "abcdefghijk", fault.PasswordShort},
		{"twelve characters without digits or signs", "svartkattmyk", ""},
		{"a sentence", "sju svaner seiler sakte", ""},
		{"letters of other scripts count as characters", "тигр и дракон", ""},
		{"128 characters", strings.Repeat("ab cd ef gh ", 10) + "ijklmnop", ""},
		{"129 characters", strings.Repeat("ab cd ef gh ", 10) + "ijklmnopq", fault.TooLarge},
		{"the same letter", "aaaaaaaaaaaaaa", fault.PasswordCommon},
		{"a row of digits", "123456789012", fault.PasswordCommon},
		{"the alphabet", "abcdefghijklmnop", fault.PasswordCommon},
		{"a common word with digits", "password1234", fault.PasswordCommon},
		{"a common word in disguise", "P@ssw0rd2026", fault.PasswordCommon},
		{"a common word twice", "passordpassord", fault.PasswordCommon},
		{"a Norwegian one", "Sommer2026!!", fault.PasswordCommon},
		{"the service's name", "Bompass-2026", fault.PasswordCommon},
		{"the person's name", "karilund1234", fault.PasswordCommon},
		{"the person's address", "kari@bompass.example", fault.PasswordCommon},
		{"the name in a longer sentence", "kari liker blå sykler", ""},
		{"the demonstration's", "fjell-fjord-bru-7", ""},
	} {
		want(t, c.name, access.CheckPassword(c.password, "kari@bompass.example", "Kari Lund"), c.want)
	}
}

// Passwords of leaked lists and patterns on the keyboard that are long enough are refused all the same.
func TestLeakedPasswordsAreRefused(t *testing.T) {
	for _, password := range []string{
		"123456789012", "1q2w3e4r5t6y", "q1w2e3r4t5y6", "qazwsxedcrfv", "zaq12wsxcde3", "1qaz2wsx3edc", "abc123abc123", "iloveyou1234",
		"letmein12345", "trustno1trustno1", "michaeljordan", "manchesterunited", "asdfghjkl123", "hello123hello", "charlie12345", "starwars1977",
		"slipknot666666", "unbelievable1", "administrator", "q1w2e3r4t5y6u7i8", "qwertyuiop123", "liverpool2026", "password!2345", "computer1234",
	} {
		want(t, password, access.CheckPassword(password), fault.PasswordCommon)
	}
	for _, password := range []string{"hestehovtaket", "blåbærsyltetøy", "trikk-buss-tog-4", "correct horse battery", "fjorten grå elger går"} {
		want(t, password, access.CheckPassword(password), "")
	}
}

// S3.06, S3.11, S3.14, S4.08: the kind of a user name follows from its form.
func TestKindOfLoginNameIsRecognized(t *testing.T) {
	for typed, want := range map[string]access.LoginName{
		" Kari@Bompass.example ": {Kind: access.ByEmail, Value: "kari@bompass.example"},
		"7001001":                {Kind: access.ByCustomerNumber, Value: "7001001"},
		"90 00 00 01":            {Kind: access.ByMobile, Value: "+4790000001"},
		"+46 70 123 45 67":       {Kind: access.ByMobile, Value: "+46701234567"},
		"0046701234567":          {Kind: access.ByMobile, Value: "+46701234567"},
		"16556036-0793":          {Kind: access.ByOrganisation, Value: "165560360793"},
		"165560360793":           {Kind: access.ByOrganisation, Value: "165560360793"},
		"nonsense":               {Kind: access.ByEmail, Value: "nonsense"},
		"":                       {Kind: access.ByEmail},
	} {
		if got := access.ParseLoginName(typed); got != want {
			t.Errorf("%q: got %+v, want %+v", typed, got, want)
		}
	}
}

func TestDeviceNameIsReadable(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0":                                                           "Firefox, Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36 Edg/142.0":            "Edge, Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile Safari/604.1": "Safari, iPhone",
		"curl/8.5": "", "": "",
	} {
		if got := access.DeviceName(agent); got != want {
			t.Errorf("%q: got %q, want %q", agent, got, want)
		}
	}
}
