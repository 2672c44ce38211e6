package nvdb_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bompass/shared/oslo"
	"bompass/shared/tariff"
	"bompass/shared/tariff/nvdb"
)

var update = flag.Bool("update", false, "write the golden drafts anew")

func stations(tb testing.TB) []byte {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "stations.json"))
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

func lines(problems []nvdb.Problem) (all []string) {
	for _, p := range problems {
		all = append(all, p.Error())
	}
	return all
}

func TestDraftsMatchTheData(t *testing.T) {
	drafts, problems := nvdb.Import(stations(t), 0)
	for _, d := range drafts {
		golden := filepath.Join("testdata", string(d.ID)+".draft")
		if *update {
			if err := os.WriteFile(golden, d.Text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(d.Text)); diff != "" {
			t.Error(d.ID, diff)
		}
	}
	want := []string{
		"object 90000004 (Bygrensen øst): has no price for heavy vehicles (Takst stor bil); written as missing, see the toll charger's price list",
		"object 90000011 (Fjelltunnelen): has no price for light vehicles (Takst liten bil); written as missing, see the toll charger's price list",
		"object 90000011 (Fjelltunnelen): has no price for heavy vehicles (Takst stor bil); written as missing, see the toll charger's price list",
		"object 90000011 (Fjelltunnelen): has an hour rule without minutes (Timesregel, varighet); it is incomplete, ask the toll charger and do not assume 60",
		"object 90000012 (Fjellovergangen): Takst stor bil is 0, which in the data bank means that there is none",
		"object 90000012 (Fjellovergangen): has no price for light vehicles (Takst liten bil); written as missing, see the toll charger's price list",
		"object 90000012 (Fjellovergangen): has no price for heavy vehicles (Takst stor bil); written as missing, see the toll charger's price list",
		"object 90000012 (Fjellovergangen): has an hour rule without minutes (Timesregel, varighet); it is incomplete, ask the toll charger and do not assume 60",
		"Fjellvegen: has stations that are not automatic; whether motorcycles pay there is not in the data, written as missing",
	}
	if diff := cmp.Diff(want, lines(problems)); diff != "" {
		t.Error(diff)
	}
}

// Drafts can be parsed, and the check of tariffs reports only what the data bank does not contain.
func TestDraftsAreIncompleteOnlyWhereDataIs(t *testing.T) {
	drafts, _ := nvdb.Import(stations(t), 0)
	var schemes []*tariff.Scheme
	for _, d := range drafts {
		s, problems := tariff.Parse(string(d.ID)+".tariff", d.Text)
		for _, p := range problems {
			t.Errorf("%v\n%s", p, d.Text)
		}
		schemes = append(schemes, s)
	}
	gaps := map[string]int{}
	for _, p := range tariff.NewBook(schemes...).Check() {
		switch {
		case strings.Contains(p.Text, "whom an M1 over 3,500 kg is light for"):
			gaps[p.File+" heavy cars"]++
		case strings.Contains(p.Text, "says nothing of the hour rule"):
			gaps[p.File+" hour rule"]++
		case strings.Contains(p.Text, "has no price for heavy"):
			gaps[p.File+" heavy"]++
		default:
			t.Error(p)
		}
	}
	want := map[string]int{
		"storbypakken.tariff heavy cars": 1, "fjellvegen.tariff heavy cars": 1, "fjordkryssing.tariff heavy cars": 1,
		"storbypakken.tariff heavy": 6, "fjellvegen.tariff hour rule": 1,
	}
	if diff := cmp.Diff(want, gaps); diff != "" {
		t.Error(diff)
	}
}

// with returns one station in the format of the API with the given properties.
func with(properties string) string {
	return `{"objekter":[{"id":7,"metadata":{"startdato":"2024-01-01"},"egenskaper":[
		{"id":1,"navn":"Navn bomstasjon","verdi":"Porten"},{"id":9595,"navn":"Bomstasjon_Id","verdi":5},
		{"id":9596,"navn":"Bompengeanlegg_Id","verdi":8},{"id":2,"navn":"Bomstasjonstype","verdi":"AutoPASS + automatisk"}` + properties + `]}]}`
}

func property(name, value string) string {
	return `,{"id":0,"navn":"` + name + `","verdi":` + value + `}`
}

func TestInconsistentDataIsReportedNotGuessed(t *testing.T) {
	for name, c := range map[string]struct{ text, problem, line string }{
		"a price with a comma is read":      {with(property("Takst liten bil", `"23,50"`)), "heavy vehicles", "price all light base 23.50\n"},
		"a price in words is not":           {with(property("Takst liten bil", `"gratis"`)), `"gratis" is not a price`, "missing light\n"},
		"a price of 0 is none":              {with(property("Takst liten bil", `0`)), "is 0, which", "missing light\n"},
		"a negative price is none":          {with(property("Takst liten bil", `-5`)), "is not a price", "missing light\n"},
		"a null price is none":              {with(property("Takst liten bil", `null`)), "no price for light", "missing light\n"},
		"two prices are neither":            {with(property("Takst liten bil", `20`) + property("Takst liten bil", `21`)), `both "20" and "21"`, "missing light\n"},
		"rush without times is left out":    {with(property("Takst liten bil", `20`) + property("Rushtidstakst liten bil", `30`)), "without times of day", "price all light base 20.00\n"},
		"times without prices are left out": {with(property("Rushtid morgen, fra", `"06:30"`) + property("Rushtid morgen, til", `"08:59"`)), "without prices", ""},
		"a rush price that is absent": {
			with(property("Takst liten bil", `20`) + property("Takst stor bil", `40`) + property("Rushtidstakst liten bil", `30`) + property("Rushtid morgen, fra", `"06:30"`) + property("Rushtid morgen, til", `"09:00"`)),
			"lacks a price in its rush", "price all light base 20.00 rush 30.00\n  price all heavy base 40.00\n",
		},
		"the last minute of a rush belongs to it": {
			with(property("Takst liten bil", `20`) + property("Rushtidstakst liten bil", `30`) + property("Rushtid morgen, fra", `"06:30"`) + property("Rushtid morgen, til", `"08:29"`)),
			"", "band rush mon-fri 06:30-08:30 except holidays in all",
		},
		"a rush that ends before it begins": {
			with(property("Takst liten bil", `20`) + property("Rushtidstakst liten bil", `30`) + property("Rushtid morgen, fra", `"09:00"`) + property("Rushtid morgen, til", `"08:29"`)),
			"is not a time of day", "price all light base 20.00\n",
		},
		"a rule without minutes is not an hour": {with(property("Timesregel", `"Dyreste passering gjelder"`) + property("Timesregel, passeringsgruppe", `100001`)), "without minutes", "# hour-rule of passage group 100001: incomplete"},
		"a rule without a group is in none":     {with(property("Timesregel", `"Dyreste passering gjelder"`) + property("Timesregel, varighet", `60`)), "without a passage group", "both price all"},
		"an old yes has no kind":                {with(property("Timesregel", `"Ja"`) + property("Timesregel, varighet", `60`) + property("Timesregel, passeringsgruppe", `1`)), "without its kind", "hour-rule standard 60 minutes"},
		"a rule that is not known":              {with(property("Timesregel", `"Halvtimesregel"`)), `"halvtimesregel" is not known`, ""},
		"a way that is not known":               {with(property("Innkrevningsretning", `"Opp"`)), `"opp" is not known`, `"Porten" both`},
		"a toll charger that is not known":      {with(""), "", "# the toll charger is not in the data"},
		"a position in metres is left out":      {strings.Replace(with(""), `"metadata"`, `"geometri":{"wkt":"POINT Z (262000.1 6650000.2 3)"},"metadata"`, 1), "srid=4326", "\"Porten\" both price all\n"},
		"either order of a position is read":    {strings.Replace(with(""), `"metadata"`, `"geometri":{"wkt":"POINT(10.75 59.91)"},"metadata"`, 1), "", "at 59.91 10.75\n"},
		"a name with quotes":                    {strings.Replace(with(""), `"Porten"`, `"Port \"A\" \\ \n B"`, 1), "", `"Port 'A'   B" both`},
	} {
		drafts, problems := nvdb.Import([]byte(c.text), 0)
		if len(drafts) != 1 {
			t.Errorf("%s: got %d drafts, %v", name, len(drafts), problems)
			continue
		}
		if all := strings.Join(lines(problems), "\n"); !strings.Contains(all, c.problem) || !strings.Contains(all, "object 7 (") {
			t.Errorf("%s: %q is not in\n%s", name, c.problem, all)
		}
		if !strings.Contains(string(drafts[0].Text), c.line) {
			t.Errorf("%s: %q is not in\n%s", name, c.line, drafts[0].Text)
		}
		if _, problems := tariff.Parse("x", drafts[0].Text); len(problems) > 0 && c.line != "# the toll charger is not in the data" && !onlyCharger(problems) {
			t.Errorf("%s: %v\n%s", name, problems, drafts[0].Text)
		}
	}
}

func onlyCharger(problems []tariff.Problem) bool {
	return len(problems) == 1 && strings.Contains(problems[0].Text, "names no toll charger")
}

func TestStationsWithEqualNumbersAreMergedOrReported(t *testing.T) {
	one := with(property("Takst liten bil", `20`))
	two := strings.Replace(strings.Replace(one, `"id":7`, `"id":8`, 1), `"verdi":20`, `"verdi":25`, 1)
	drafts, problems := nvdb.Import([]byte(one+"\n"+two), 0)
	if len(drafts) != 1 || strings.Count(string(drafts[0].Text), "\nstation ") != 1 {
		t.Fatalf("got %v", drafts)
	}
	if all := strings.Join(lines(problems), "\n"); !strings.Contains(all, "object 8 (Porten): has station number 5 as object 7 (Porten) has, but other prices or rules") {
		t.Errorf("got %s", all)
	}
}

func TestGroupWithDifferentHourRulesIsReported(t *testing.T) {
	rule := func(minutes string) string {
		return with(property("Timesregel", `"Første passering gjelder"`) + property("Timesregel, varighet", minutes) + property("Timesregel, passeringsgruppe", `4`))
	}
	other := strings.Replace(strings.Replace(rule("90"), `"id":7`, `"id":8`, 1), `"verdi":5}`, `"verdi":6}`, 1)
	drafts, problems := nvdb.Import([]byte(rule("60")+other), 0)
	if all := strings.Join(lines(problems), "\n"); !strings.Contains(all, "object 8 (Porten): has hour rule first, 90 minutes, others of passage group 4 first, 60 minutes") {
		t.Errorf("got %s", all)
	}
	if len(drafts) != 1 || strings.Contains(string(drafts[0].Text), "\n  hour-rule") {
		t.Errorf("got %s", drafts)
	}
}

func TestOtherObjectTypesAreIgnored(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"not JSON":            {"<xml>", "is not JSON"},
		"a number":            {"7", "neither a reply"},
		"an empty reply":      {`{"objekter":[]}`, "holds no toll station"},
		"another object type": {`[{"id":9,"metadata":{"type":{"id":105}}}]`, "object type 105"},
		"not an object":       {`[7]`, "not an object"},
		"taken down":          {`[{"id":9,"metadata":{"sluttdato":"2020-01-01"}}]`, "taken down on 2020-01-01"},
		"of no scheme":        {`[{"id":9}]`, "belongs to no scheme"},
		"since no day":        {strings.Replace(with(""), "startdato", "x", 1), "give the first day"},
		"one page of two":     {strings.Replace(with(""), `{"objekter"`, `{"metadata":{"antall":2},"objekter"`, 1), "announced 2 objects and the file holds 1"},
	} {
		drafts, problems := nvdb.Import([]byte(c.text), 0)
		if all := strings.Join(lines(problems), "\n"); !strings.Contains(all, c.want) || len(drafts) > 0 && name != "one page of two" {
			t.Errorf("%s: got %d drafts and %s", name, len(drafts), all)
		}
	}
	drafts, _ := nvdb.Import([]byte(strings.Replace(with(""), "startdato", "x", 1)), oslo.Date(2026, 1, 1))
	if len(drafts) != 1 || !strings.Contains(string(drafts[0].Text), "version 2026-01-01\n") {
		t.Errorf("a day that is given is not used: %s", drafts)
	}
}

// No input causes a panic, and every resulting draft can be parsed.
func FuzzImport(f *testing.F) {
	f.Add(stations(f))
	f.Add([]byte(with(property("Takst liten bil", `20`) + property("Timesregel", `"Ja"`))))
	f.Fuzz(func(t *testing.T, text []byte) {
		drafts, _ := nvdb.Import(text, oslo.Date(2026, 1, 1))
		for _, d := range drafts {
			for _, p := range mustParse(d) {
				if !strings.Contains(p.Text, "names no toll charger") {
					t.Errorf("%v\n%s", p, d.Text)
				}
			}
		}
	})
}

func mustParse(d nvdb.Draft) []tariff.Problem {
	_, problems := tariff.Parse("draft", d.Text)
	return problems
}
