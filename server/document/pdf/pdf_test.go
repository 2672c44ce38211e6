package pdf_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"pgregory.net/rapid"

	"bompass/server/document/pdf"
	"bompass/shared/i18n"
	"bompass/shared/invoice"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

func frame(language string) pdf.Frame {
	return pdf.Frame{
		Seller:    pdf.Party{Name: "Bompass Utsteder AS", Organisation: "974760673", Address: []string{"Bomveien 1", "0150 Oslo"}, VAT: true, Registered: true},
		Buyer:     pdf.Party{Name: "Fjordtrans & Sønner AS", Organisation: "914588200", Address: []string{"Kaien 3", "5003 Bergen"}},
		Reference: "MERKET 4711", Language: language,
	}
}

// document returns an invoice of some lines, of two toll companies and a ferry.
func document(lines int) invoice.Document {
	d := invoice.Document{
		Kind: invoice.KindInvoice, Number: "100017", KID: "1000042000173", Account: "99991042764", Agreement: "7001001",
		From: oslo.Date(2026, time.January, 1), To: oslo.Date(2026, time.January, 31), Issued: oslo.Date(2026, time.February, 1), Due: oslo.Date(2026, time.February, 16),
	}
	for i := range lines {
		l := invoice.Line{
			Kind: invoice.LinePassage, Passage: toll.PassageID(fmt.Sprint("p", i)), Revision: 1, At: time.Date(2026, time.January, 1+i%31, i%24, i%60, 0, 0, time.UTC),
			Station: "ring-1", StationName: "Bygdøy allé øst", Charger: "fjellinjen", ChargerName: "Fjellinjen AS", Plate: toll.Plate{Country: "NO", Text: "EK31204"},
			List: 29_00, Amount: money.Ore(20_00 + i%700),
		}
		switch i % 5 {
		case 3:
			l.Charger, l.ChargerName, l.StationName = "ferde", "Ferde AS", "Straume"
		case 4:
			l.Kind, l.VAT, l.Charger, l.ChargerName, l.StationName = invoice.LineFare, invoice.LowVAT, "norled", "Norled AS", "Lavik – Oppedal"
		}
		d.Lines = append(d.Lines, l)
	}
	d.Total, d.VAT = invoice.Total(d.Lines), invoice.VATOf(d.Lines)
	return d
}

func write(tb testing.TB, d invoice.Document, f pdf.Frame) []byte {
	tb.Helper()
	text, err := pdf.Write(d, f)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// read returns what a program says about a file.
func read(t *testing.T, file []byte, program string, arguments ...string) string {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("NOT RUN: %s is not installed, so no PDF was read with it; make test installs it (poppler-utils, qpdf)", program)
	}
	name := filepath.Join(t.TempDir(), "document.pdf")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, argument := range arguments {
		if argument == "FILE" {
			arguments[i] = name
		}
	}
	out, err := exec.CommandContext(t.Context(), program, arguments...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", program, err, out)
	}
	return strings.ReplaceAll(string(out), "\u00a0", " ")
}

// layout returns the text of a file as it stands on its pages.
func layout(t *testing.T, file []byte) string {
	t.Helper()
	return read(t, file, "pdftotext", "-layout", "FILE", "-")
}

// An invoice says what bookkeeping and banks ask for, in every language.
func TestInvoiceHasEverythingThatItMust(t *testing.T) {
	d := document(9)
	for _, language := range i18n.Languages() {
		w := i18n.For(language)
		text := layout(t, write(t, d, frame(language)))
		want := []string{
			w.T("invoices.single.title", "number", "100017"), "Bompass Utsteder AS", "Bomveien 1", "0150 Oslo", "974 760 673 MVA", "Foretaksregisteret",
			"Fjordtrans & Sønner AS", "Kaien 3", "914 588 200", "MERKET 4711", "7001001", w.Day(d.Issued), w.Day(d.Due), w.Day(d.From), w.Day(d.To),
			"1000042000173", "9999.10.42764", w.Kroner(d.Total), "Fjellinjen AS", "Ferde AS", "Norled AS", w.T("pdf.kind.fare"), w.T("invoices.rates"),
			w.Percent(12, 100), w.Kroner(d.VAT[1].VAT), w.Kroner(d.VAT[1].Base), w.T("ehf.exempt"), w.T("pdf.page", "page", 1, "pages", 1),
		}
		for _, sum := range invoice.ByCharger(d.Lines) {
			want = append(want, w.Kroner(sum.Amount))
		}
		for _, one := range want {
			if one = strings.ReplaceAll(one, "\u00a0", " "); !strings.Contains(text, one) {
				t.Errorf("%s: the invoice does not say %q:\n%s", language, one, text)
			}
		}
		if strings.Contains(text, "Bygdøy") {
			t.Errorf("%s: a summary names a place", language)
		}
	}
}

// A credit note names its invoice, and asks for no payment.
func TestCreditNoteNamesItsInvoice(t *testing.T) {
	d := document(3)
	note, err := invoice.Credit(d, nil, map[int]money.Ore{1: 5_00})
	if err != nil {
		t.Fatal(err)
	}
	note.Number, note.Issued = "900001", oslo.Date(2026, time.March, 1)
	text := layout(t, write(t, note, frame("nb")))
	for _, want := range []string{"Kreditnota 900001", "Krediterer faktura", "100017", "5,00 kr", "Beløp vi krediterer"} {
		if !strings.Contains(text, want) {
			t.Errorf("the credit note does not say %q:\n%s", want, text)
		}
	}
	for _, no := range []string{"Å betale", "Til kontonummer", "Betalingsfrist"} {
		if strings.Contains(text, no) {
			t.Errorf("the credit note says %q", no)
		}
	}
}

// A reminder says what is outstanding, fee and interest apart with the rules behind them, and that a debt collector follows.
func TestReminderExplainsItself(t *testing.T) {
	d := document(1)
	d.Kind, d.Reminds, d.Claimed, d.Warns, d.Number, d.Due = invoice.KindReminder, "100001", 1000_00, true, "700001", oslo.Date(2026, time.March, 1)
	late := func(kind invoice.LineKind, amount, of money.Ore, rate invoice.Rate) invoice.Line {
		return invoice.Line{Kind: kind, Amount: amount, List: amount, Late: []invoice.Late{{Amount: of, From: d.From, To: d.To, Rate: rate, Regulation: "FOR-2025-12-18-2658"}}}
	}
	d.Lines = []invoice.Line{late(invoice.LineReminder, 38_00, 750_00, 0), late(invoice.LineInterest, 9_53, 1000_00, 12_00)}
	d.Total, d.VAT = invoice.Total(d.Lines), invoice.VATOf(d.Lines)
	for _, language := range i18n.Languages() {
		w, text := i18n.For(language), strings.Join(strings.Fields(layout(t, write(t, d, frame(language)))), " ")
		for _, want := range []string{
			w.T("invoices.reminder.title", "number", "700001"), "100001", w.Kroner(1047_53), w.Kroner(1000_00), w.Kroner(38_00), w.Kroner(9_53), w.Kroner(750_00),
			w.T("invoices.reminder.warns", "date", w.Day(d.Due)), "FOR-2025-12-18-2658", "1000042000173", w.T("invoices.reminder.interest.why"),
		} {
			if want = strings.ReplaceAll(want, "\u00a0", " "); !strings.Contains(text, want) {
				t.Errorf("%s: the reminder does not say %q:\n%s", language, want, text)
			}
		}
	}
	d.Lines, d.Total, d.VAT = nil, 0, nil // a letter without a fee
	write(t, d, frame("nb"))
}

// A screen reader finds title, language, headings, and tables whose heads say what they are heads of.
func TestReadersFindTheStructure(t *testing.T) {
	for _, language := range i18n.Languages() {
		f := frame(language)
		f.Detailed = true
		file := write(t, document(200), f)
		info := read(t, file, "pdfinfo", "FILE")
		title := i18n.For(language).T("invoices.single.title", "number", "100017")
		for _, want := range []string{"Tagged: +yes", "PDF version: +1.7", "Title: +" + title} {
			if !regexp.MustCompile(want).MatchString(info) {
				t.Errorf("%s: pdfinfo does not say %q:\n%s", language, want, info)
			}
		}
		if !bytes.Contains(file, []byte("/Lang ("+language+")")) || !bytes.Contains(file, []byte("/DisplayDocTitle true")) {
			t.Errorf("%s: the file does not state its language, or that its title is shown", language)
		}
		structure := read(t, file, "pdfinfo", "-struct-text", "FILE")
		for _, want := range []string{"(?m)^Document", "H1.*\n +\"" + title, "H2", "H3", "(?m)^ +P ", "(?m)^ +Table", "(?m)^ +TR", "(?m)^ +TH", "(?m)^ +TD"} {
			if !regexp.MustCompile(want).MatchString(structure) {
				t.Errorf("%s: the structure has no %q:\n%.3000s", language, want, structure)
			}
		}
		attributes := read(t, file, "pdfinfo", "-struct", "FILE")
		if columns, rows := strings.Count(attributes, "/Scope /Column"), strings.Count(attributes, "/Scope /Row"); columns < 12 || rows < 200 {
			t.Errorf("%s: %d heads of columns, %d of rows:\n%.3000s", language, columns, rows, attributes)
		}
		pages := strings.Count(layout(t, file), "\f")
		if repeated := strings.Count(structure, i18n.For(language).T("pdf.list")); pages < 4 || repeated != 3 {
			t.Errorf("%s: on %d pages, the heads of 3 tables are content %d times", language, pages, repeated)
		}
	}
}

// Files follow the standard.
func TestFilesFollowTheStandard(t *testing.T) {
	api.DisableConfigDir()
	strict := model.NewDefaultConfiguration()
	strict.ValidationMode = model.ValidationStrict
	for _, lines := range []int{1, 70, 3000} {
		for _, detailed := range []bool{false, true} {
			f := frame("nb")
			f.Detailed = detailed
			file := write(t, document(lines), f)
			if err := api.Validate(bytes.NewReader(file), strict); err != nil {
				t.Errorf("%d lines: pdfcpu: %v", lines, err)
			}
			if out := read(t, file, "qpdf", "--check", "FILE"); !strings.Contains(out, "No syntax or stream encoding errors found") {
				t.Errorf("%d lines: qpdf: %s", lines, out)
			}
		}
	}
}

// amount matches an amount at the end of a line of the Norwegian text.
var amount = regexp.MustCompile(`([0-9 ]+,[0-9]{2}) kr\s*$`)

// On many pages, each has the heads again, and the sum that it ends with is the one that the next begins with.
func TestLongDocumentCarriesItsSumsForward(t *testing.T) {
	d, f := document(3000), frame("nb")
	f.Detailed = true
	pages := strings.Split(layout(t, write(t, d, f)), "\f")
	pages = pages[1 : len(pages)-1] // the first is the summary
	carried, turns, lines := "", 0, 0
	sum := func(line string) string {
		if found := amount.FindStringSubmatch(line); found != nil {
			return strings.TrimSpace(found[1])
		}
		return ""
	}
	var running money.Ore
	for n, page := range pages {
		if !strings.Contains(page, "Bomstasjon") || !strings.Contains(page, fmt.Sprintf("Side %d av %d", n+2, len(pages)+1)) {
			t.Errorf("page %d has no heads or number", n+2)
		}
		for line := range strings.Lines(page) {
			line = strings.TrimRight(line, "\n")
			switch {
			case strings.Contains(line, "Overført fra"):
				if got := sum(line); got != carried {
					t.Errorf("page %d begins with %q, the one before ends with %q", n+2, got, carried)
				}
			case strings.Contains(line, "Overføres til"):
				carried = sum(line)
				turns++
				if want := strings.TrimSuffix(strings.ReplaceAll(i18n.For("nb").Kroner(running), "\u00a0", " "), " kr"); carried != want {
					t.Errorf("page %d ends with %s, its lines add up to %s", n+2, carried, want)
				}
			case strings.Contains(line, "EK 31204"):
				lines++
				running += ore(t, sum(line))
			case regexp.MustCompile(`^\s*Sum `).MatchString(line):
				running = 0
			}
		}
	}
	if lines != 3000 || turns < len(pages)-3 {
		t.Errorf("%d lines and %d running sums on %d pages", lines, turns, len(pages))
	}
}

func ore(t *testing.T, text string) money.Ore {
	t.Helper()
	fields := strings.Fields(strings.ReplaceAll(text, ",", ""))
	var o money.Ore
	if _, err := fmt.Sscan(fields[len(fields)-1], &o); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return o
}

// Names of any length and of any letters are written, and the file is whole.
func TestAnyNameIsWritten(t *testing.T) {
	api.DisableConfigDir()
	long := strings.Repeat("Ærlighetsøvelser på Ålesundbrua ", 12)
	d, f := document(3), frame("nb")
	f.Detailed, f.Buyer.Name, d.Lines[0].StationName = true, long, long
	text := strings.Join(strings.Fields(layout(t, write(t, d, f))), " ")
	if strings.Count(text, "Ålesundbrua") != 24 {
		t.Errorf("a long name is cut: %s", text)
	}
	rapid.Check(t, func(t *rapid.T) {
		d, f := document(2), frame(rapid.SampledFrom(i18n.Languages()).Draw(t, "language"))
		f.Detailed = true
		f.Buyer.Name, f.Reference, d.Lines[0].StationName = rapid.String().Draw(t, "name"), rapid.String().Draw(t, "reference"), rapid.String().Draw(t, "station")
		text, err := pdf.Write(d, f)
		if err != nil {
			t.Fatal(err)
		}
		if err := api.Validate(bytes.NewReader(text), model.NewDefaultConfiguration()); err != nil {
			t.Fatal(err)
		}
	})
}

// The same document is the same file.
func TestFileIsTheSameEachTime(t *testing.T) {
	if !bytes.Equal(write(t, document(80), frame("sv")), write(t, document(80), frame("sv"))) {
		t.Error("two files of one document differ")
	}
}

// What bookkeeping does not allow is refused.
func TestIncompleteDocumentIsRefused(t *testing.T) {
	for name, change := range map[string]func(*invoice.Document, *pdf.Frame){
		"no number":        func(d *invoice.Document, _ *pdf.Frame) { d.Number = "" },
		"no due date":      func(d *invoice.Document, _ *pdf.Frame) { d.Due = 0 },
		"no KID":           func(d *invoice.Document, _ *pdf.Frame) { d.KID = "" },
		"a wrong total":    func(d *invoice.Document, _ *pdf.Frame) { d.Total++ },
		"no lines":         func(d *invoice.Document, _ *pdf.Frame) { d.Lines, d.VAT, d.Total = nil, nil, 0 },
		"no seller":        func(_ *invoice.Document, f *pdf.Frame) { f.Seller = pdf.Party{} },
		"an unknown kind":  func(d *invoice.Document, _ *pdf.Frame) { d.Kind = "letter" },
		"no reference":     func(d *invoice.Document, _ *pdf.Frame) { d.Kind = invoice.KindCredit },
		"no period":        func(d *invoice.Document, _ *pdf.Frame) { d.From = 0 },
		"no date of issue": func(d *invoice.Document, _ *pdf.Frame) { d.Issued = 0 },
	} {
		d, f := document(5), frame("nb")
		change(&d, &f)
		if _, err := pdf.Write(d, f); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func benchmark(b *testing.B, lines int) {
	b.Helper()
	d, f := document(lines), frame("nb")
	f.Detailed = true
	size := 0
	for b.Loop() {
		size = len(write(b, d, f))
	}
	b.ReportMetric(float64(size)/1000, "kB")
}

func BenchmarkInvoiceOf70Lines(b *testing.B)   { benchmark(b, 70) }
func BenchmarkInvoiceOf3000Lines(b *testing.B) { benchmark(b, 3000) }
