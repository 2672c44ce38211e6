package invoice_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bompass/shared/fault"
	"bompass/shared/invoice"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// lines draws the lines of an invoice: passages and fares of some toll companies and vehicles, fees and a deposit.
func lines() *rapid.Generator[[]invoice.Line] {
	return rapid.Custom(func(t *rapid.T) []invoice.Line {
		kinds := []invoice.LineKind{invoice.LinePassage, invoice.LineFare, invoice.LineTagFee, invoice.LinePaperFee, invoice.LineDeposit}
		var list []invoice.Line
		for i := range rapid.IntRange(1, 60).Draw(t, "lines") {
			kind := rapid.SampledFrom(kinds).Draw(t, "kind")
			l := invoice.Line{Kind: kind, VAT: invoice.RateOf(kind), Amount: money.Ore(rapid.Int64Range(1, 500_00).Draw(t, "amount"))}
			if kind == invoice.LinePassage || kind == invoice.LineFare {
				l.Passage, l.Revision = toll.PassageID(fmt.Sprint(i)), 1
				l.Charger = rapid.SampledFrom([]toll.ChargerID{"ferde", "fjellinjen"}).Draw(t, "charger")
				l.Vehicle = rapid.SampledFrom([]toll.VehicleID{"a", "b"}).Draw(t, "vehicle")
				l.Reference = rapid.SampledFrom([]string{"", "north", "south"}).Draw(t, "reference")
			}
			list = append(list, l)
		}
		return list
	})
}

func document(list []invoice.Line) invoice.Document {
	day := oslo.Date(2026, time.November, 5)
	return invoice.Document{
		Kind: invoice.KindInvoice, Number: "100001", Issued: day, Due: invoice.DueDay(day, 14), Lines: list, VAT: invoice.VATOf(list), Total: invoice.Total(list),
	}
}

func TestSumsOfADocumentAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := lines().Draw(t, "invoice")
		d := document(list)
		if err := invoice.Check(d); err != nil {
			t.Fatal(err)
		}
		for name, sums := range map[string][]invoice.Sum{"charger": invoice.ByCharger(list), "vehicle": invoice.ByVehicle(list), "reference": invoice.ByReference(list)} {
			total, n := money.Ore(0), 0
			for _, s := range sums {
				total, n = total+s.Amount, n+s.Lines
			}
			if total != d.Total || n != len(list) {
				t.Fatalf("by %s: %s in %d lines, want %s in %d", name, total, n, d.Total, len(list))
			}
		}
		total := money.Ore(0)
		for _, v := range d.VAT {
			total += v.Base + v.VAT
			if v.VAT*100_00 > (v.Base+1)*money.Ore(v.Rate)+100_00 || v.VAT < 0 {
				t.Fatalf("VAT %+v", v)
			}
		}
		if total != d.Total {
			t.Fatalf("bases and VAT add up to %s, want %s", total, d.Total)
		}
	})
}

// An invoice that is credited bit by bit, in any order and in any parts, is credited to the last øre of every line and of the
// VAT of every rate, and never beyond.
func TestCreditNotesAddUpToTheInvoiceAndNeverBeyond(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := document(lines().Draw(t, "invoice"))
		var notes []invoice.Document
		credit := func(amounts map[int]money.Ore) {
			note, err := invoice.Credit(d, notes, amounts)
			if err != nil {
				t.Fatal(err)
			}
			if err := invoice.Check(note); err != nil {
				t.Fatal(err)
			}
			notes = append(notes, note)
		}
		for range rapid.IntRange(0, 6).Draw(t, "parts") {
			amounts := map[int]money.Ore{}
			for i, left := range invoice.Left(d, notes) {
				if left > 0 && rapid.Bool().Draw(t, "this line") {
					amounts[i+1] = money.Ore(rapid.Int64Range(1, int64(left)).Draw(t, "part"))
				}
			}
			if len(amounts) > 0 {
				credit(amounts)
			}
		}
		rest := map[int]money.Ore{}
		for i, left := range invoice.Left(d, notes) {
			if left > 0 {
				rest[i+1] = left
			}
		}
		if len(rest) > 0 {
			credit(rest)
		}
		total, vat := money.Ore(0), map[invoice.Rate]money.Ore{}
		for _, note := range notes {
			total += note.Total
			for _, v := range note.VAT {
				vat[v.Rate] += v.VAT
			}
		}
		for _, v := range d.VAT {
			if vat[v.Rate] != v.VAT {
				t.Fatalf("VAT at %d: %s credited of %s", v.Rate, vat[v.Rate], v.VAT)
			}
		}
		if total != d.Total {
			t.Fatalf("%s credited of %s", total, d.Total)
		}
		for number := range d.Lines {
			if _, err := invoice.Credit(d, notes, map[int]money.Ore{number + 1: 1}); fault.CodeOf(err) != fault.FieldWrong {
				t.Fatalf("line %d was credited beyond its amount: %v", number+1, err)
			}
		}
	})
}

// Four lines whose VAT is credited one by one: rounded each by itself it would be an øre more than the invoice's.
func TestLastCreditNoteTakesTheRemainder(t *testing.T) {
	var list []invoice.Line
	for range 4 {
		list = append(list, invoice.Line{Kind: invoice.LinePaperFee, VAT: invoice.StandardVAT, Amount: 1_03})
	}
	d := document(list)
	if d.VAT[0].VAT != 82 { // 82.4, while a fifth of 1.03 is 0.206, rounded 0.21
		t.Fatalf("VAT %s", d.VAT[0].VAT)
	}
	var notes []invoice.Document
	for number, want := range []money.Ore{21, 20, 21, 20} {
		note, err := invoice.Credit(d, notes, map[int]money.Ore{number + 1: 1_03})
		if err != nil || note.VAT[0].VAT != want {
			t.Errorf("credit note %d: %v, %v, want %s", number+1, note.VAT, err, want)
		}
		notes = append(notes, note)
	}
}

func TestDocumentsThatDoNotAddUpAreRefused(t *testing.T) {
	good := func() invoice.Document {
		return document([]invoice.Line{
			{Kind: invoice.LinePassage, Passage: "a", Revision: 1, Amount: 30_00},
			{Kind: invoice.LineFare, Passage: "b", Revision: 1, Amount: 112_00, VAT: invoice.LowVAT},
			{Kind: invoice.LineCorrection, Passage: "c", Revision: 2, Amount: -5_00, Corrects: "100000"},
		})
	}
	if err := invoice.Check(good()); err != nil {
		t.Fatal(err)
	}
	for want, spoil := range map[string]func(*invoice.Document){
		"the total is":     func(d *invoice.Document) { d.Total++ },
		"the lines add up": func(d *invoice.Document) { d.Lines[0].Amount++ },
		"VAT at rate":      func(d *invoice.Document) { d.VAT[1].VAT, d.VAT[1].Base = d.VAT[1].VAT+1, d.VAT[1].Base-1 },
		"rates of VAT":     func(d *invoice.Document) { d.VAT = d.VAT[:1] },
		"has VAT at":       func(d *invoice.Document) { d.Lines[1].VAT = invoice.StandardVAT },
		"before":           func(d *invoice.Document) { d.Due = d.Issued - 1 },
		"again":            func(d *invoice.Document) { d.Lines[2] = d.Lines[0]; d.Total = invoice.Total(d.Lines) },
		"names no passage": func(d *invoice.Document) { d.Lines[0].Passage = "" },
		"names the invoice": func(d *invoice.Document) {
			d.Lines[2].Corrects = ""
		},
		"has the amount":   func(d *invoice.Document) { d.Lines[0].Amount = -1; d.Total = invoice.Total(d.Lines) },
		"names no invoice": func(d *invoice.Document) { d.Kind = invoice.KindCredit },
	} {
		d := good()
		spoil(&d)
		if err := invoice.Check(d); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", want, err)
		}
	}
}

func TestInvoicesAreDueOnWorkingDays(t *testing.T) {
	for issued, want := range map[string]string{
		"2026-11-05": "2026-11-19", // a Thursday
		"2026-11-07": "2026-11-23", // fourteen days later is a Saturday
		"2026-12-11": "2026-12-28", // Christmas Day is a Friday, the second one a Saturday
		"2026-05-03": "2026-05-18", // the seventeenth of May is a Sunday
	} {
		day, err := oslo.ParseDay(issued)
		if err != nil {
			t.Fatal(err)
		}
		if got := invoice.DueDay(day, 14); got.String() != want {
			t.Errorf("issued %s: due %s, want %s", issued, got, want)
		}
	}
}

// The documents of a claim together have outstanding what the claim has, and the latest reminder has all of it.
func TestStateFollowsTheClaim(t *testing.T) {
	claim := func(credited, paid money.Ore, reminders int) (states string, outstanding []money.Ore) {
		total := money.Ore(500_00 + 40_00*reminders)
		for i := range reminders + 1 {
			kind, s := invoice.KindInvoice, invoice.Settlement{Total: 500_00, Credited: credited, Paid: paid, Open: total - credited - paid, Replaced: i < reminders}
			if i > 0 {
				kind, s.Total, s.Claimed, s.Credited = invoice.KindReminder, 40_00, money.Ore(500_00+40_00*(i-1)), 0
			}
			state, open := invoice.StateOf(kind, s)
			states, outstanding = states+" "+string(state), append(outstanding, open)
		}
		return states, outstanding
	}
	for _, c := range []struct {
		credited, paid money.Ore
		reminders      int
		states         string
		outstanding    []money.Ore
	}{
		{0, 0, 0, " sent", []money.Ore{500_00}},
		{0, 100_00, 0, " partly", []money.Ore{400_00}},
		{100_00, 400_00, 0, " paid", []money.Ore{0}},
		{500_00, 0, 0, " credited", []money.Ore{0}},
		{0, 510_00, 0, " paid", []money.Ore{-10_00}},
		{0, 0, 1, " reminded sent", []money.Ore{0, 540_00}},
		{0, 0, 2, " reminded reminded sent", []money.Ore{0, 0, 580_00}},
		{0, 100_00, 1, " reminded partly", []money.Ore{0, 440_00}},
		{0, 500_00, 1, " paid partly", []money.Ore{0, 40_00}}, // fee and interest stay open
		{0, 540_00, 1, " paid paid", []money.Ore{0, 0}},
		{500_00, 0, 1, " credited partly", []money.Ore{0, 40_00}},
	} {
		states, outstanding := claim(c.credited, c.paid, c.reminders)
		if states != c.states || !slices.Equal(outstanding, c.outstanding) {
			t.Errorf("%+v: got%s with %v", c, states, outstanding)
		}
	}
}

// Everything that is left of an invoice is credited at once, also what was in the customer's favour; then nothing is left.
func TestInvoiceIsCreditedWholeOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := lines().Draw(t, "invoice")
		list = append(list, invoice.Line{Kind: invoice.LineCorrection, Passage: "c", Revision: 2, Amount: -1, Corrects: "100000"})
		d := document(list)
		var notes []invoice.Document
		if rapid.Bool().Draw(t, "a part before") {
			part, err := invoice.Credit(d, nil, map[int]money.Ore{1: list[0].Amount})
			if err != nil {
				t.Fatal(err)
			}
			notes = append(notes, part)
		}
		note, ok := invoice.CreditAll(d, notes)
		if !ok {
			t.Fatal("nothing is left")
		}
		if err := invoice.Check(note); err != nil {
			t.Fatal(err)
		}
		notes = append(notes, note)
		sum, vat := money.Ore(0), money.Ore(0)
		for _, n := range notes {
			sum += n.Total
			for _, v := range n.VAT {
				vat += v.VAT
			}
		}
		for _, v := range d.VAT {
			vat -= v.VAT
		}
		if sum != d.Total || vat != 0 {
			t.Fatalf("%s are credited of %s, VAT is off by %s", sum, d.Total, vat)
		}
		if note, ok := invoice.CreditAll(d, notes); ok {
			t.Fatalf("credited again: %+v", note)
		}
	})
}

// A reminder has lines for being late only, and names its invoice.
func TestReminderHasNoPassages(t *testing.T) {
	day := oslo.Date(2026, time.November, 5)
	fee := invoice.Line{Kind: invoice.LineReminder, Amount: 38_00}
	d := invoice.Document{Kind: invoice.KindReminder, Reminds: "100001", Claimed: 500_00, Issued: day, Due: day + 14, Lines: []invoice.Line{fee}}
	d.VAT, d.Total = invoice.VATOf(d.Lines), invoice.Total(d.Lines)
	if err := invoice.Check(d); err != nil {
		t.Error(err)
	}
	for name, spoil := range map[string]func(*invoice.Document){
		"no invoice": func(d *invoice.Document) { d.Reminds = "" },
		"an invoice": func(d *invoice.Document) { d.Kind = invoice.KindInvoice },
		"a passage": func(d *invoice.Document) {
			d.Lines = []invoice.Line{{Kind: invoice.LinePassage, Passage: "p", Revision: 1, Amount: 38_00}}
		},
		"a fee": func(d *invoice.Document) { d.Kind, d.Reminds = invoice.KindInvoice, "" },
	} {
		wrong := d
		spoil(&wrong)
		if invoice.Check(wrong) == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
