package avtalegiro_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bompass/server/bank/avtalegiro"
	"bompass/shared/money"
	"bompass/shared/oslo"
)

// The manual's example of claims, as another program keeps it, is read, and its claims are read again as we write them.
func TestClaimsOfOthersAreRead(t *testing.T) {
	path, err := filepath.Abs("../../../../shared/vectors/billing/ocr/avtalegiro_payment_request.txt")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Skipf("NOT TESTED: %s is not there, with the manual's example: %v", path, err)
	}
	f, err := avtalegiro.ReadClaims(data)
	if err != nil {
		t.Fatal(err)
	}
	first := avtalegiro.Claim{Notice: true, Due: oslo.Date(2004, 6, 17), Amount: 1_00, KID: "008000011688373", Name: "NAVN"}
	if len(f.Claims) != 6 || f.Claims[0] != first || f.Claims[5].Notice || f.Account != "88888888888" || f.Sender != "55555555" || f.Number != "1000081" {
		t.Errorf("%+v", f)
	}
	if again, err := avtalegiro.ReadClaims(avtalegiro.WriteClaims(&f)); err != nil || !reflect.DeepEqual(again, f) {
		t.Errorf("%v\n%+v\n%+v", err, again, f)
	}
}

// mandates is the example of the format's description.
const mandates = `NY000010000080800000009000012340000000000000000000000000000000000000000000000000
NY212420000000000000000199991042764000000000000000000000000000000000000000000000
NY21947000000011            1000042000173J00000000000000000000000000000000000000
NY21947000000022            1000051000114N00000000000000000000000000000000000000
NY212488000000020000000400000000000000000000000000000000000000000000000000000000
NY000089000000020000000600000000000000000000000000000000000000000000000000000000
`

// Mandates are read, and refused with the line where they are damaged.
func TestMandatesAreReadOrRefused(t *testing.T) {
	f, err := avtalegiro.ReadMandates([]byte(mandates))
	want := avtalegiro.MandateFile{Number: "0000009", Accounts: []avtalegiro.AccountMandates{{Line: 2, Number: "0000001", Account: "99991042764", Mandates: []avtalegiro.Mandate{
		{Line: 3, Change: avtalegiro.Changed, KID: "1000042000173", Notice: true}, {Line: 4, Change: avtalegiro.Ended, KID: "1000051000114"},
	}}}}
	if err != nil || !reflect.DeepEqual(f, want) || !avtalegiro.IsMandates([]byte(mandates)) {
		t.Fatalf("%v\n%+v", err, f)
	}
	with := func(old, changed string) string { return strings.Replace(mandates, old, changed, 1) }
	for text, c := range map[string]struct {
		line int
		say  string
	}{
		"":                     {1, "the file ends"},
		mandates[:81*3]:        {4, "the file ends"},
		mandates[:81*3+40]:     {4, "has 40 characters"},
		mandates + mandates:    {7, "follows the end"},
		with("J0000", "X0000"): {3, "notice"},
		with("NY21947000000022", "NY21947000000012"):                 {4, "is not above"},
		with("NY21947000000022", "NY21947000000025"):                 {4, "kind of the change"},
		with("1000051000114", "10000A1000114"):                       {4, "KID"},
		with("NY2124880000000200000004", "NY2124880000000300000004"): {5, "number of mandates"},
		with("NY0000890000000200000006", "NY0000890000000200000007"): {6, "number of records"},
		with("NY212420", "NY212320"):                                 {2, "want the start of mandates"},
	} {
		_, err := avtalegiro.ReadMandates([]byte(text))
		if wrong := (&avtalegiro.Error{}); !errors.As(err, &wrong) || wrong.Line != c.line || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%v, want line %d: …%s…", err, c.line, c.say)
		}
	}
}

func claim(t *rapid.T) avtalegiro.Claim {
	return avtalegiro.Claim{
		Due: oslo.Date(2026, 1, 1) + oslo.Day(rapid.IntRange(0, 400).Draw(t, "due")), Amount: money.Ore(rapid.Int64Range(1, 1e10).Draw(t, "amount")),
		KID: rapid.StringMatching("[0-9]{4,25}").Draw(t, "kid"), Name: rapid.StringMatching("|[A-ZÆØÅ]{1,10}").Draw(t, "name"), Text: rapid.StringMatching("|[A-Za-zæøå]{1,25}").Draw(t, "text"),
	}
}

// What is written is read as it was.
func TestFilesAreReadAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := avtalegiro.ClaimFile{Sender: "00001234", Number: "0000007"}
		for range rapid.IntRange(0, 4).Draw(t, "claims") {
			c := claim(t)
			c.Notice = rapid.Bool().Draw(t, "notice")
			f.Claims = append(f.Claims, c)
		}
		for range rapid.IntRange(0, 3).Draw(t, "deletions") {
			f.Deletions = append(f.Deletions, claim(t))
		}
		if len(f.Claims)+len(f.Deletions) > 0 {
			f.Account = "99991042764"
		}
		data := avtalegiro.WriteClaims(&f)
		if got, err := avtalegiro.ReadClaims(data); err != nil || !reflect.DeepEqual(got, f) {
			t.Fatalf("%v\n%s\n%+v, written\n%+v", err, data, got, f)
		}
		m := avtalegiro.MandateFile{Number: "0000008", On: oslo.Date(2026, 1, 2), Accounts: []avtalegiro.AccountMandates{{Number: "0000001", Account: "99991042764"}}}
		for range rapid.IntRange(1, 5).Draw(t, "mandates") {
			m.Accounts[0].Mandates = append(m.Accounts[0].Mandates, avtalegiro.Mandate{
				Change: avtalegiro.Change(rapid.IntRange(0, 2).Draw(t, "change")), KID: rapid.StringMatching("[0-9]{4,25}").Draw(t, "kid"), Notice: rapid.Bool().Draw(t, "notice"),
			})
		}
		got, err := avtalegiro.ReadMandates(avtalegiro.WriteMandates(&m))
		for i := range got.Accounts {
			got.Accounts[i].Line = 0
			for k := range got.Accounts[i].Mandates {
				got.Accounts[i].Mandates[k].Line = 0
			}
		}
		if err != nil || !reflect.DeepEqual(got, m) {
			t.Fatalf("%v\n%+v, written\n%+v", err, got, m)
		}
	})
}

// An error has a line and a reason, and what is read can be written.
func FuzzRead(f *testing.F) {
	f.Add([]byte(mandates))
	f.Add(avtalegiro.WriteClaims(&avtalegiro.ClaimFile{Sender: "00001234", Number: "0000007", Account: "99991042764", Claims: []avtalegiro.Claim{{Notice: true, Due: oslo.Date(2026, 1, 1), Amount: 5, KID: "1000042000173"}}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := avtalegiro.ReadMandates(data)
		c, other := avtalegiro.ReadClaims(data)
		for _, err := range []error{err, other} {
			if wrong := (&avtalegiro.Error{}); err != nil && (!errors.As(err, &wrong) || wrong.Line < 1 || wrong.Reason == "") {
				t.Fatalf("%#v", err)
			}
		}
		if err == nil {
			if again, err := avtalegiro.ReadMandates(avtalegiro.WriteMandates(&m)); err == nil && len(again.Accounts) != len(m.Accounts) {
				t.Fatal("accounts are lost")
			}
		}
		if other == nil && c.Number != "" {
			avtalegiro.WriteClaims(&c)
		}
	})
}
