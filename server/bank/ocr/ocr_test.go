package ocr_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bompass/server/bank/ocr"
	"bompass/shared/money"
	"bompass/shared/oslo"
)

// folder returns the folder of files that nobody of the project wrote, and skips the test without it.
func folder(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../../../../shared/vectors/billing/ocr")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Skipf("NOT TESTED: %s is not there, with the files of other programs", path)
	}
	return path
}

func read(t *testing.T, path string) (ocr.File, error) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return ocr.Read(data)
}

// The manual's own examples, as other programs keep them, with their numbers and sums.
func TestFilesOfOthersAreRead(t *testing.T) {
	for name, want := range map[string]struct {
		payments int
		sum      money.Ore
	}{
		"ocr_giro_transactions.txt":       {20, 51_449_00},
		"ocr_giro_credit_notes.txt":       {23, 15_630_00},
		"own/ok-three.txt":                {3, 1_588_30},
		"own/ok-three-lf.txt":             {3, 1_588_30},
		"own/ok-negative-credit-note.txt": {4, 1_578_30},
		"own/q-same-kid-twice.txt":        {2, 487_00},
		"own/q-unknown-kid.txt":           {1, 1_00},
		"own/x-kid-check-digit.txt":       {1, 243_50}, // whether a KID is one of ours is no matter of the format
	} {
		f, err := read(t, filepath.Join(folder(t), name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		payments := 0
		for _, a := range f.Assignments {
			payments += len(a.Payments)
		}
		if payments != want.payments || f.Sum() != want.sum {
			t.Errorf("%s: %d payments of %s, want %d of %s", name, payments, f.Sum(), want.payments, want.sum)
		}
	}
	f, err := read(t, filepath.Join(folder(t), "own/ok-three.txt"))
	if err != nil {
		t.Fatal(err)
	}
	want := ocr.Payment{
		Line: 3, Kind: ocr.Giro, Number: 1, On: oslo.Date(2026, 1, 15), Statement: "0115100001", Amount: 243_50, KID: "1000042000017",
		Issuer: "000000", Form: "0000000000", Archive: "900001001", Ordered: oslo.Date(2026, 1, 15), Debtor: "12345678903",
	}
	if got := f.Assignments[0].Payments[0]; got != want {
		t.Errorf("payment\n%+v, want\n%+v", got, want)
	}
	if f.Number != "0000124" || f.Recipient != "00001234" || f.On != oslo.Date(2026, 1, 16) || f.Assignments[0].Account != "99991042764" {
		t.Errorf("file %+v", f)
	}
}

// sample returns a file of two assignments.
func sample() ocr.File {
	return ocr.File{Sender: "00008080", Number: "0000123", Recipient: "00001234", On: oslo.Date(2026, 1, 16), Assignments: []ocr.Assignment{
		{Agreement: "001008585", Number: "0000001", Account: "99991042764", On: oslo.Date(2026, 1, 16), Payments: []ocr.Payment{
			{Kind: ocr.Giro, On: oslo.Date(2026, 1, 15), Statement: "0115100001", Amount: 243_50, KID: "1000042000017", Issuer: "000000", Form: "0000000000", Archive: "900001001", Debtor: "12345678903"},
			{Kind: ocr.PurchaseWithText, On: oslo.Date(2026, 1, 15), Statement: "0115100002", Amount: 100, Issuer: "000000", Form: "0000000000", Archive: "000001001", Text: "Bø kiosk, æøå"},
		}},
		{Agreement: "001008586", Number: "0000002", Account: "99991042772", On: oslo.Date(2026, 1, 16), Payments: []ocr.Payment{
			{Kind: ocr.AvtaleGiro, On: oslo.Date(2026, 1, 16), Statement: "0115100003", Amount: -10_00, KID: "1000042000025", Issuer: "000000", Form: "0000000000", Archive: "900002001", Ordered: oslo.Date(2026, 1, 14)},
			{Kind: ocr.Cash, On: oslo.Date(2026, 1, 16), Statement: "0115100003", Amount: 50_00, KID: "1000042000033", Issuer: "000000", Form: "0000000000", Archive: "900002002"},
		}},
	}}
}

// A file that is damaged anywhere is refused with the line that shows it.
func TestDamagedFileIsRefused(t *testing.T) {
	f := sample()
	lines := strings.SplitAfter(string(ocr.Write(&f)), "\r\n")
	lines = lines[:len(lines)-1]
	with := func(no int, old, changed string) string {
		list := append([]string{}, lines...)
		if !strings.Contains(list[no-1], old) {
			t.Fatalf("line %d is %q", no, list[no-1])
		}
		list[no-1] = strings.Replace(list[no-1], old, changed, 1)
		return strings.Join(list, "")
	}
	without := func(no int) string {
		return strings.Join(append(append([]string{}, lines[:no-1]...), lines[no:]...), "")
	}
	whole := strings.Join(lines, "")
	if _, err := ocr.Read([]byte(whole)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text string
		line int
		say  string
	}{
		"empty":                       {"", 1, "the file ends"},
		"another format":              {"%PDF-1.7\n", 1, "has 8 characters"},
		"cut in a record":             {whole[:400], 5, "has"},
		"cut between records":         {strings.Join(lines[:4], ""), 5, "the file ends"},
		"twice":                       {whole + whole, len(lines) + 1, "follows the end"},
		"without its start":           {without(1), 1, "want the start of a transmission"},
		"without an assignment's end": {without(8), 8, "want the first one of a payment"},
		"without a second record":     {without(4), 4, "want the second record"},
		"without a third record":      {without(7), 7, "want the third record"},
		"letter in an amount":         {with(3, "00000000000024350", "0000000000002435O"), 3, "amount"},
		"sum of an assignment":        {with(3, "00000000000024350", "00000000000024351"), 8, "sum of the assignment"},
		"count of an assignment":      {with(8, "00000002", "00000003"), 8, "number of payments of the assignment"},
		"records of a transmission":   {with(15, "00000015", "00000016"), 15, "number of records of the transmission"},
		"number goes back":            {strings.NewReplacer("300000002", "300000001", "310000002", "310000001", "320000002", "320000001").Replace(whole), 5, "is not above"},
		"second record of another":    {with(4, "0000001", "0000007"), 4, "number of the payment"},
		"31 February":                 {with(3, "150126", "310226"), 3, "day"},
		"unknown kind":                {with(3, "NY091030", "NY093030"), 3, "kind of the payment"},
		"AvtaleGiro":                  {with(2, "NY090020", "NY210020"), 2, "want the start of an assignment"},
		"letter in a KID":             {with(3, "1000042000017", "10000A2000017"), 3, "KID"},
	} {
		_, err := ocr.Read([]byte(c.text))
		wrong := &ocr.Error{}
		if !errors.As(err, &wrong) || wrong.Line != c.line || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%s: %v, want line %d: …%s…", name, err, c.line, c.say)
		}
	}
	mixed := strings.Replace(whole, "\r\n", "\n", 3)
	if got, err := ocr.Read([]byte(strings.TrimSuffix(mixed, "\r\n"))); err != nil || !reflect.DeepEqual(got, f) {
		t.Errorf("mixed ends of lines: %v", err)
	}
}

// What is written is read as it was.
func TestFilesAreReadAsTheyWereWritten(t *testing.T) {
	days := rapid.Custom(func(t *rapid.T) oslo.Day {
		return oslo.Date(2000, 1, 1) + oslo.Day(rapid.IntRange(0, 36_000).Draw(t, "day"))
	})
	digits := func(n int) *rapid.Generator[string] {
		return rapid.StringMatching(fmt.Sprintf("[0-9]{%d}", n))
	}
	payments := rapid.Custom(func(t *rapid.T) ocr.Payment {
		p := ocr.Payment{
			Kind: ocr.Kind(rapid.IntRange(10, 21).Draw(t, "kind")), On: days.Draw(t, "on"), Statement: digits(10).Draw(t, "statement"),
			Amount: money.Ore(rapid.Int64Range(-1e12, 1e12).Draw(t, "amount")), KID: rapid.StringMatching("[0-9]{0,25}").Draw(t, "kid"),
			Issuer: digits(6).Draw(t, "issuer"), Form: digits(10).Draw(t, "form"), Archive: digits(9).Draw(t, "archive"),
			Debtor: rapid.StringMatching("|[1-9][0-9]{10}").Draw(t, "debtor"),
		}
		if rapid.Bool().Draw(t, "ordered") {
			p.Ordered = days.Draw(t, "order")
		}
		if p.Kind == ocr.PurchaseWithText || p.Kind == ocr.ReversalWithText {
			p.Text = rapid.StringMatching("|[a-zæøåA-ZÆØÅ0-9 ,.]{0,39}[a-zæøå]").Draw(t, "text")
		}
		return p
	})
	rapid.Check(t, func(t *rapid.T) {
		f := sample()
		f.Assignments = f.Assignments[:rapid.IntRange(0, 2).Draw(t, "assignments")]
		for i := range f.Assignments {
			var sum money.Ore
			f.Assignments[i].Payments = rapid.SliceOfN(payments, 0, 5).Draw(t, "payments")
			for _, p := range f.Assignments[i].Payments {
				sum += p.Amount
			}
			if sum < 0 {
				t.Skip("the format has no sign for a sum")
			}
		}
		data := ocr.Write(&f)
		got, err := ocr.Read(data)
		if err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		for i := range got.Assignments {
			if len(got.Assignments[i].Payments) == 0 {
				got.Assignments[i].Payments, f.Assignments[i].Payments = nil, nil
			}
		}
		if len(got.Assignments) == 0 {
			got.Assignments, f.Assignments = nil, nil
		}
		if !reflect.DeepEqual(got, f) {
			t.Fatalf("read\n%+v, written\n%+v", got, f)
		}
	})
}

// What is read is read again in the same way after it was written.
func FuzzRead(f *testing.F) {
	of := sample()
	f.Add(ocr.Write(&of))
	f.Add([]byte("NY000010"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := ocr.Read(data)
		if err != nil {
			if wrong := (&ocr.Error{}); !errors.As(err, &wrong) || wrong.Line < 1 || wrong.Reason == "" {
				t.Fatalf("%#v", err)
			}
			return
		}
		sum := file.Sum()
		again, err := ocr.Read(ocr.Write(&file))
		if err == nil && again.Sum() != sum {
			t.Fatalf("sum %s, was %s", again.Sum(), sum)
		}
	})
}
