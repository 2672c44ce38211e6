package bgmax_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bompass/server/bank/bgmax"
	"bompass/shared/money"
	"bompass/shared/oslo"
)

// read reads a file that nobody of the project wrote, and skips the test without it.
func read(t *testing.T, name string) bgmax.File {
	t.Helper()
	path, err := filepath.Abs("../../../../shared/vectors/billing/bgmax")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Skipf("NOT TESTED: %s is not there, with Bankgirot's own examples", path)
	}
	data, err := os.ReadFile(filepath.Join(path, name))
	if err != nil {
		t.Fatal(err)
	}
	f, err := bgmax.Read(data)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return f
}

// Bankgirot's own examples are read, with their payers and extra references.
func TestExamplesOfBankgirotAreRead(t *testing.T) {
	f := read(t, "BgMaxfil4.txt")
	var payments, extra int
	var sums []money.Ore
	for i := range f.Sections {
		s := &f.Sections[i]
		payments += len(s.Payments)
		for k := range s.Payments {
			extra += len(s.Payments[k].Extra)
		}
		sums = append(sums, s.Sum())
	}
	if f.On != oslo.Date(2004, 5, 25) || f.Test || payments != 9 || extra != 13 || !reflect.DeepEqual(sums, []money.Ore{3_700_00, 2_000_00, 2_900_00, 4_000_00}) {
		t.Errorf("%d payments, %d extra references, %v", payments, extra, sums)
	}
	first := f.Sections[0].Payments[0]
	if first.Payer.Name != "Kalles Plåt AB" || first.Payer.PostalCode != "12345" || first.Payer.Organisation != "5500001234" || len(first.Text) != 2 || len(first.Extra) != 4 || first.Sender != "3783511" {
		t.Errorf("%+v", first)
	}
	third := f.Sections[2].Payments[3]
	if third.Extra[3].Amount != -500_00 || third.Amount != 1_400_00 || f.Sections[3].Currency != "EUR" || f.Sections[2].Payments[0].Kind != bgmax.Checked {
		t.Errorf("%+v", third)
	}
	if f := read(t, "minimal.txt"); f.Sections[0].Sum() != 1_100_00 || f.Sections[0].Bankgiro != "9912346" {
		t.Errorf("%+v", f)
	}
}

func sample() bgmax.File {
	return bgmax.File{Stamp: "20260116173035010331", On: oslo.Date(2026, 1, 16), Sections: []bgmax.Section{
		{Bankgiro: "9912346", Currency: "SEK", Payments: []bgmax.Payment{
			{Post: bgmax.Post{Sender: "3783511", Amount: 1800_00, Channel: 2}, Serial: "000120000018", Extra: []bgmax.Post{
				{Sender: "3783511", Reference: "665760", Kind: bgmax.Checked, Amount: 2000_00, Channel: 2}, {Sender: "3783511", Reference: "665869", Kind: bgmax.Checked, Amount: -200_00, Channel: 2},
			}, Text: []string{"två räkningar"}, Payer: bgmax.Payer{Name: "Kalles Plåt AB", Street: "Storgatan 2", PostalCode: "12345", City: "Storåker", Organisation: "5500001234"}},
			{Post: bgmax.Post{Reference: "524967", Kind: bgmax.Checked, Amount: 190_00, Channel: 1}, Serial: "000000000019", Image: true},
			{Post: bgmax.Post{Reference: "524967", Kind: bgmax.Checked, Amount: 40_00, Channel: 1}, Serial: "000000000020", Deduction: true, Code: "1"},
		}, Deposit: bgmax.Deposit{Account: "58410000010098232", On: oslo.Date(2026, 1, 16), Number: "00056"}},
	}}
}

// A file that is damaged anywhere is refused with the line that shows it; one that is not said so by the format is read.
func TestDamagedFileIsRefused(t *testing.T) {
	f := sample()
	whole := string(bgmax.Write(&f))
	lines := strings.SplitAfter(whole, "\r\n")
	with := func(old, changed string) string {
		t.Helper()
		if !strings.Contains(whole, old) {
			t.Fatalf("%s is not there", old)
		}
		return strings.Replace(whole, old, changed, 1)
	}
	without := func(no int) string {
		return strings.Join(append(append([]string{}, lines[:no-1]...), lines[no:]...), "")
	}
	for name, c := range map[string]struct {
		text string
		line int
		say  string
	}{
		"empty":                  {"", 1, "is not the start"},
		"another format":         {"NY000010\n", 1, "does not begin with a code"},
		"cut":                    {strings.Join(lines[:6], ""), 7, "the file ends"},
		"cut in a line":          {whole[:13*82-30], 13, "sum of the deposit"},
		"twice":                  {whole + whole, 15, "follows the end"},
		"without its end":        {without(14), 14, "the file ends"},
		"without the section":    {without(2), 2, "want a section"},
		"without a deposit":      {without(13), 13, "want a payment (20)"},
		"sum of a deposit":       {with("000000000000019000", "000000000000019001"), 13, "sum of the deposit"},
		"count of a deposit":     {with("SEK00000003", "SEK00000004"), 13, "number of payments of the deposit"},
		"currency of a deposit":  {with("SEK00000003", "EUR00000003"), 13, "currency of the deposit"},
		"count of the end":       {with("7000000002", "7000000003"), 14, "number of payments"},
		"extra references":       {with("000000000000200000", "000000000000200001"), 3, "its extra references have"},
		"letter in an amount":    {with("000000000000019000", "00000000000001900O"), 11, "amount"},
		"31 February":            {with("20260116000", "20260231000"), 13, "day of the deposit"},
		"another currency":       {with("SEK", "NOK"), 2, "currency"},
		"another version":        {with("BGMAX               01", "BGMAX               02"), 1, "version"},
		"a long line":            {with("25tv", "25"+strings.Repeat("x", 80)), 6, "characters"},
		"payments of no section": {strings.Join([]string{lines[0], lines[2]}, ""), 2, "want a section"},
	} {
		_, err := bgmax.Read([]byte(c.text))
		if wrong := (&bgmax.Error{}); !errors.As(err, &wrong) || wrong.Line != c.line || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%s: %v, want line %d: …%s…", name, err, c.line, c.say)
		}
	}
	mixed := strings.Replace(strings.Replace(whole, "\r\n", "\n", 4), lines[10], "99unknown\n"+strings.TrimRight(lines[10], " \r\n")+"\n\n", 1)
	if got, err := bgmax.Read([]byte(mixed)); err != nil || !reflect.DeepEqual(strip(got), strip(f)) {
		t.Errorf("mixed ends of lines, an unknown code and cut blanks: %v", err)
	}
}

// strip removes the lines, which are not written.
func strip(f bgmax.File) bgmax.File {
	for i := range f.Sections {
		f.Sections[i].Line = 0
		for k := range f.Sections[i].Payments {
			f.Sections[i].Payments[k].Line = 0
		}
	}
	return f
}

// What is written is read as it was.
func TestFilesAreReadAsTheyWereWritten(t *testing.T) {
	posts := func(t *rapid.T, least int64) bgmax.Post {
		return bgmax.Post{
			Sender: rapid.StringMatching("|[1-9][0-9]{6,7}").Draw(t, "sender"), Reference: rapid.StringMatching("|[0-9A-ZÅÄÖ]{1,25}").Draw(t, "reference"),
			Kind: bgmax.Kind(rapid.IntRange(0, 5).Draw(t, "kind")), Amount: money.Ore(rapid.Int64Range(least, 1e12).Draw(t, "amount")), Channel: rapid.IntRange(1, 5).Draw(t, "channel"),
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		f := sample()
		f.Test = rapid.Bool().Draw(t, "test")
		s := &f.Sections[0]
		s.Payments = nil
		for range rapid.IntRange(0, 5).Draw(t, "payments") {
			p := bgmax.Payment{Post: posts(t, 0), Serial: rapid.StringMatching("[0-9]{12}").Draw(t, "serial"), Deduction: rapid.Bool().Draw(t, "deduction")}
			if rapid.Bool().Draw(t, "extra") {
				p.Extra = []bgmax.Post{posts(t, -1e12), posts(t, -1e12)}
				if p.Amount = p.Extra[0].Amount + p.Extra[1].Amount; p.Amount < 0 {
					t.Skip("a payment is not negative")
				}
			}
			s.Payments = append(s.Payments, p)
		}
		data := bgmax.Write(&f)
		got, err := bgmax.Read(data)
		if err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		if !reflect.DeepEqual(strip(got), strip(f)) {
			t.Fatalf("read\n%+v, written\n%+v", got, f)
		}
	})
}

// What is read has the same sums after it was written, and an error has a line and a reason.
func FuzzRead(f *testing.F) {
	of := sample()
	f.Add(bgmax.Write(&of))
	f.Add([]byte("01BGMAX"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := bgmax.Read(data)
		if err != nil {
			if wrong := (&bgmax.Error{}); !errors.As(err, &wrong) || wrong.Line < 1 || wrong.Reason == "" {
				t.Fatalf("%#v", err)
			}
			return
		}
		again, err := bgmax.Read(bgmax.Write(&file))
		if err != nil {
			return
		}
		for i := range file.Sections {
			if again.Sections[i].Sum() != file.Sections[i].Sum() {
				t.Fatalf("sum %s, was %s", again.Sections[i].Sum(), file.Sections[i].Sum())
			}
		}
	})
}
