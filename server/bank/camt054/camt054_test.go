package camt054_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bompass/server/bank/camt054"
	"bompass/shared/money"
	"bompass/shared/oslo"
)

// open reads a file that nobody of the project wrote, and skips the test without it.
func open(t *testing.T, name string) (camt054.File, error) {
	t.Helper()
	path, err := filepath.Abs("../../../../shared/vectors/billing/camt")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Skipf("NOT TESTED: %s is not there, with the files of other programs", path)
	}
	data, err := os.ReadFile(filepath.Join(path, name))
	if err != nil {
		t.Fatal(err)
	}
	return camt054.Read(bytes.NewReader(data))
}

// Messages of other programs are read, or refused for what is wrong in them.
func TestMessagesOfOthersAreRead(t *testing.T) {
	f, err := open(t, "camt054.v2.xml")
	if err != nil {
		t.Fatal(err)
	}
	e := f.Notifications[0].Entries[0]
	if f.Version != "02" || f.ID != "AAAASESS-FP-ACCR001" || f.On != oslo.Date(2007, 10, 18) || f.Notifications[0].Copy != "CODU" ||
		f.Notifications[0].Account != "CH2801234000123456789" || e.Credit || e.Amount != 200_000_00 || e.Currency != "SEK" || e.Status != camt054.Booked ||
		len(e.Payments) != 1 || e.Payments[0].Amount != e.Amount {
		t.Errorf("%+v", f)
	}
	f, err = open(t, "FI_camt_054_sample.xml")
	if err != nil {
		t.Fatal(err)
	}
	entries := f.Notifications[0].Entries
	if len(entries) != 6 || entries[5].Status != "INFO" || !entries[5].Reversal || entries[5].Payments[0].KID != "2345678917" || entries[5].Payments[1].Amount != 60_00 {
		t.Errorf("%+v", entries)
	}
	for name, want := range map[string]string{
		"CH_camt_054_credit.v4.xml": "line 2, Document: is camt.054.001.04",
		"camt054.v8.xml":            "Ntry[1]: the batch says 2 payments, and there are 3",
	} {
		if _, err := open(t, name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}

func sample(version string) camt054.File {
	return camt054.File{Version: version, ID: "MSG-1", On: oslo.Date(2026, 1, 16), Notifications: []camt054.Notification{{
		ID: "N1", Account: "NO9799991042764", Entries: []camt054.Entry{
			{Amount: 343_50, Currency: "NOK", Credit: true, Status: camt054.Booked, Booked: oslo.Date(2026, 1, 15), Reference: "0115100001", Payments: []camt054.Payment{
				{Amount: 243_50, Credit: true, Reference: " 900001001", EndToEnd: "E1", KID: "1000042000017", Debtor: "Bø & sønn", Account: "12345678903"},
				{Amount: 100_00, Credit: true, EndToEnd: "E2", KID: "1000042000025", Text: "takk <3"},
			}},
			{Amount: 5_00, Currency: "NOK", Reversal: true, Status: camt054.Booked, Booked: oslo.Date(2026, 1, 15), Payments: []camt054.Payment{{Amount: 5_00, KID: "1000042000033"}}},
		},
	}}}
}

// A message that is damaged anywhere is refused with line and element.
func TestDamagedMessageIsRefused(t *testing.T) {
	f := sample("08")
	whole := string(camt054.Write(&f))
	with := func(old, changed string) string {
		t.Helper()
		if !strings.Contains(whole, old) {
			t.Fatalf("%s is not there", old)
		}
		return strings.Replace(whole, old, changed, 1)
	}
	entity := `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>`
	for name, c := range map[string]struct{ text, want string }{
		"empty":               {"", "line 1: is empty"},
		"another format":      {"Date;Amount\n", "begins with a text"},
		"cut":                 {whole[:len(whole)/2], "unexpected EOF"},
		"cut at its end":      {strings.TrimSuffix(whole, "</Document>\n"), "unexpected EOF"},
		"twice":               {whole + strings.TrimPrefix(whole, `<?xml version="1.0" encoding="UTF-8"?>`), "follows the end"},
		"document type":       {with("<Document", entity+"<Document"), "document type"},
		"unknown entity":      {with("E1", "&e;"), "entity"},
		"letter in an amount": {with("243.50", "24B.50"), `TxDtls[1]/Amt: "24B.50" is not an amount`},
		"negative amount":     {with("243.50", "-243.50"), "Amt:"},
		"three decimals":      {with("243.50", "243.501"), "Amt:"},
		"sum of an entry":     {with("243.50", "243.51"), "Ntry[1]: is of 343.50, and its 2 payments have 343.51"},
		"count of a batch":    {with("<NbOfTxs>2", "<NbOfTxs>3"), "Ntry[1]: the batch says 3 payments"},
		"no currency":         {with(` Ccy="NOK"`, ""), "Ntry[1]/Amt: has no currency"},
		"31 February":         {with("<Dt>2026-01-15", "<Dt>2026-02-31"), `BookgDt/Dt: "2026-02-31" is not a day`},
		"no side":             {with("<CdtDbtInd>CRDT</CdtDbtInd>", ""), "no side"},
		"another side":        {with("CRDT", "CREDIT"), `CdtDbtInd is "CREDIT"`},
		"no account":          {with("<IBAN>NO9799991042764</IBAN>", ""), "Ntfctn: has no account"},
		"another version":     {with("054.001.08", "054.001.09"), "Document: is camt.054.001.09"},
		"camt.053":            {with("camt.054", "camt.053"), "want camt.054"},
		"another encoding":    {with("UTF-8", "UTF-16"), "encoding"},
		"deep":                {with("<Strd>", strings.Repeat("<Strd>", 60)), "nested more than"},
		"long":                {with("takk", strings.Repeat("takk", 600)), "more than 1000 characters"},
	} {
		_, err := camt054.Read(strings.NewReader(c.text))
		if wrong := (&camt054.Error{}); !errors.As(err, &wrong) || wrong.Line < 1 || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

// strip removes what is not written: lines, and blanks around texts.
func strip(f camt054.File) camt054.File {
	for i := range f.Notifications {
		n := &f.Notifications[i]
		n.Line = 0
		for k := range n.Entries {
			e := &n.Entries[k]
			e.Line = 0
			for m := range e.Payments {
				p := &e.Payments[m]
				p.Line = 0
				p.Reference = strings.TrimSpace(p.Reference)
			}
		}
	}
	return f
}

// What is written is read as it was, in both versions.
func TestMessagesAreReadAsTheyWereWritten(t *testing.T) {
	payments := rapid.Custom(func(t *rapid.T) camt054.Payment {
		return camt054.Payment{
			Amount: money.Ore(rapid.Int64Range(0, 1e12).Draw(t, "amount")), Credit: true, Reference: rapid.StringMatching("[A-Z0-9]{0,20}").Draw(t, "reference"),
			EndToEnd: rapid.StringMatching("[A-Z0-9]{0,20}").Draw(t, "end to end"), KID: rapid.StringMatching("[0-9]{0,25}").Draw(t, "kid"),
			Debtor: rapid.StringMatching("|[A-ZÆØÅ&<>'\"][a-zæøå ]{0,20}[a-z]").Draw(t, "debtor"), Account: rapid.StringMatching("|[0-9]{11}|NO[0-9]{13}").Draw(t, "account"),
			Text: rapid.StringMatching("|[a-zæøå<&>]{1,60}").Draw(t, "text"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		f := sample(rapid.SampledFrom([]string{"02", "08"}).Draw(t, "version"))
		e := &f.Notifications[0].Entries[0]
		e.Amount, e.Payments = 0, rapid.SliceOfN(payments, 1, 6).Draw(t, "payments")
		for _, p := range e.Payments {
			e.Amount += p.Amount
		}
		data := camt054.Write(&f)
		got, err := camt054.Read(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		if !reflect.DeepEqual(strip(got), strip(f)) {
			t.Fatalf("read\n%+v, written\n%+v", got, f)
		}
	})
}

// Whatever is read is written and read again as it was, and an error has a line and a reason.
func FuzzRead(f *testing.F) {
	for _, version := range []string{"02", "08"} {
		of := sample(version)
		f.Add(camt054.Write(&of))
	}
	f.Add([]byte("<Document/>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := camt054.Read(bytes.NewReader(data))
		if err != nil {
			if wrong := (&camt054.Error{}); !errors.As(err, &wrong) || wrong.Line < 1 || wrong.Reason == "" {
				t.Fatalf("%#v", err)
			}
			return
		}
		again, err := camt054.Read(bytes.NewReader(camt054.Write(&file)))
		if err == nil && len(again.Notifications) != len(file.Notifications) {
			t.Fatalf("%+v\n%+v", again, file)
		}
	})
}
