package file_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bompass/assets"
	"bompass/shared/rating"
	"bompass/shared/rating/file"
	"bompass/shared/tariff"
)

func run(t *testing.T, name, text string, explain bool) (lines []file.Line, out, problems string) {
	t.Helper()
	book, _ := tariff.Load(assets.Tariff)
	plan, err := rating.Compile(book)
	if err != nil {
		t.Fatal(err)
	}
	var o, p bytes.Buffer
	sum, err := file.Job{Plan: plan, Name: name, In: strings.NewReader(text), Out: &o, Problems: &p, Explain: explain}.Run()
	if err != nil {
		t.Fatal(err)
	}
	for dec := json.NewDecoder(strings.NewReader(o.String())); !explain && dec.More(); {
		var l file.Line
		if err := dec.Decode(&l); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, l)
		if rating.Sum(l.Steps) != l.Net {
			t.Errorf("%s: steps sum to %s, net is %s", l.ID, rating.Sum(l.Steps), l.Net)
		}
	}
	if !explain && sum.Rated != len(lines) {
		t.Errorf("summary says %d, got %d lines", sum.Rated, len(lines))
	}
	return lines, o.String(), p.String()
}

func nets(lines []file.Line) (all []string) {
	for _, l := range lines {
		all = append(all, string(l.ID)+" "+l.Net.String())
	}
	return all
}

// Windows of mode dearest, with passages out of order and another vehicle between them.
const ndjson = `{"id":"p3","vehicle":"EK 12345","station":"oslo-201","at":"2023-03-07T07:19:00+01:00","direction":"in","class":"light petrol","agreement":true,"tag":true}

{"id":"x1","vehicle":"SV 61733","station":"oslo-301","at":"2023-03-07T06:50:00+01:00","category":"M1","weight_kg":2150,"fuel":"diesel","euro":5,"lane":2}
{"id":"p2","vehicle":"EK 12345","station":"oslo-301","at":"2023-03-07T05:45:00Z","class":"light petrol","agreement":true,"tag":"9578010000000000011"}
{"id":"p1","vehicle":"EK 12345","station":"oslo-301","at":"2023-03-07T06:20:00+01:00","class":"light petrol","agreement":true,"tag":true,"exempt":null}
`

func TestPassagesOfAVehicleAreRatedTogetherWhateverTheirOrder(t *testing.T) {
	lines, _, problems := run(t, "-", ndjson, false)
	want := []string{"p3 0.00", "x1 38.00", "p2 28.00", "p1 0.00"}
	if diff := cmp.Diff(want, nets(lines)); diff != "" {
		t.Error(diff)
	}
	if by := lines[0].Steps[2].By; by != "p2" {
		t.Errorf("got %s as the one that carries the charge, want p2", by)
	}
	if want := "line 3: field \"lane\" is not known"; !strings.HasPrefix(problems, want) {
		t.Errorf("got %q, want %q", problems, want)
	}
}

func TestCSVEqualsNDJSON(t *testing.T) {
	for name, comma := range map[string]string{"commas": ",", "semicolons": ";"} {
		text := "\ufeffid,vehicle,station,at,class,agreement,tag\r\n" +
			"p1,EK 12345,oslo-301,2023-03-07T06:20:00+01:00,light petrol,true,true\r\n" +
			"p2,EK 12345,oslo-301,2023-03-07T06:45:00+01:00,light petrol,yes,1\r\n" +
			"p3,EK 12345,oslo-301,2023-03-07T08:00:00+01:00,light petrol\r\n"
		lines, _, problems := run(t, "passages.csv", strings.ReplaceAll(text, ",", comma), false)
		want := []string{"p1 0.00", "p2 28.00", "p3 35.00"}
		if diff := cmp.Diff(want, nets(lines)); diff != "" || problems != "" {
			t.Error(name, diff, problems)
		}
	}
}

func TestBadLineIsReportedAndRestIsRated(t *testing.T) {
	good := `{"id":"ok","vehicle":"A","station":"oslo-301","at":"2023-03-07T10:00:00Z","class":"light petrol"}` + "\n"
	for bad, want := range map[string]string{
		`{"id":`: "not a JSON object",
		`{"vehicle":"A","station":"oslo-301","at":"2023-03-07T10:00:00Z"} {}`:                               "more than one",
		`{"vehicle":"A","station":"oslo-301","at":"7 March","class":"light petrol"}`:                        "not an instant",
		`{"vehicle":"A","station":"oslo-301","at":"2023-03-07T10:00:00Z","class":"light steam"}`:            "class \"light steam\"",
		`{"vehicle":"A","station":"oslo-301","at":"2023-03-07T10:00:00Z","fuel":"steam"}`:                   "fuel \"steam\"",
		`{"vehicle":"A","station":"oslo-301","at":"2023-03-07T10:00:00Z","weight_kg":-1}`:                   "weight_kg",
		`{"vehicle":"A","station":"oslo-301","at":"2023-03-07T10:00:00Z","weight_kg":[1]}`:                  "not a simple value",
		`{"vehicle":"A","station":"oslo-301","at":"2023-03-07T10:00:00Z","agreement":"perhaps"}`:            "neither true nor false",
		`{"vehicle":"A","station":"oslo-301","at":"2023-03-07T10:00:00Z","direction":"up"}`:                 "direction",
		`{"station":"oslo-301","at":"2023-03-07T10:00:00Z"}`:                                                "vehicle or station is absent",
		`{"vehicle":"A","station":"oslo-301","at":"2023-03-07T10:00:00Z","exempt":"old"}`:                   `exempt "old" is not known; write one of motorcycle, disabled,`,
		`{"vehicle":"` + strings.Repeat("A", file.LineMax) + `"}`:                                           "is longer than 1048576 bytes",
		`{"vehicle":"A","station":"oslo-999","at":"2023-03-07T10:00:00Z"}`:                                  "station.unknown: no tariff knows station oslo-999",
		`{"vehicle":"A","station":"oslo-301","at":"2020-03-07T10:00:00Z"}`:                                  "tariff.missing: no price is known at station oslo-301 on 2020-03-07T10:00:00Z",
		`{"id":"ok","vehicle":"A","station":"oslo-301","at":"2023-03-07T12:00:00Z","class":"light petrol"}`: "already on line 1",
	} {
		lines, _, problems := run(t, "-", good+bad+"\n"+strings.Replace(good, `"ok"`, `"last"`, 1), false)
		if len(lines) != 2 || !strings.HasPrefix(problems, "line 2: ") || !strings.Contains(problems, want) {
			t.Errorf("%s: got %d lines, %q, want %q", bad, len(lines), problems, want)
		}
	}
}

func TestExplainWritesReadableText(t *testing.T) {
	_, out, _ := run(t, "-", ndjson, true)
	for _, want := range []string{
		"p3  2023-03-07 07:19:00  oslo-201 E18 Frognerstranda (Fjellinjen)  vehicle EK 12345\n",
		"       35.00  list price for light petrol, rush hours (oslo@2023-03-01)\n",
		"       -7.00  tag discount, 1/5 off\n",
		"      -28.00  hour rule: within 60 minutes from 06:20:00, charged once, on passage p2\n",
		"        0.00  to pay\n",
		"        0.00  number 1 of at most 120 paid passages this month\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
}

func TestEmptyFileIsAccepted(t *testing.T) {
	for _, name := range []string{"a.csv", "a.ndjson", "-"} {
		if lines, _, problems := run(t, name, "", false); len(lines) != 0 || problems != "" {
			t.Errorf("%s: got %v %q", name, lines, problems)
		}
	}
}

// Any file is read to its end without a panic, and the steps sum to the net amounts.
func FuzzRead(f *testing.F) {
	f.Add(ndjson)
	f.Add("id;vehicle;station;at\np1;A;oslo-301;2023-03-07T06:20:00+01:00\n")
	book, _ := tariff.Load(assets.Tariff)
	plan, err := rating.Compile(book)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var out, problems bytes.Buffer
		sum, err := file.Job{Plan: plan, Name: "-", In: strings.NewReader(text), Out: &out, Problems: &problems}.Run()
		if err == nil && (sum.Refused > 0) != strings.HasPrefix(problems.String(), "line ") && !strings.Contains(problems.String(), "left out of account") {
			t.Errorf("%d lines were refused, and it says %q", sum.Refused, problems.String())
		}
		rated := 0
		for dec := json.NewDecoder(&out); dec.More(); rated++ {
			var l file.Line
			if err := dec.Decode(&l); err != nil || rating.Sum(l.Steps) != l.Net || l.Net < 0 || l.Net > l.List {
				t.Errorf("got %+v %v", l, err)
			}
		}
		if err == nil && rated != sum.Rated {
			t.Errorf("%d lines were written, %d counted", rated, sum.Rated)
		}
	})
}

func TestUnknownCSVHeadingIsRefused(t *testing.T) {
	book, _ := tariff.Load(assets.Tariff)
	plan, err := rating.Compile(book)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"x":                                "neither NDJSON nor CSV",
		"vehicle,at\nA,1\n":                "neither NDJSON nor CSV",
		"vehicle,station,at,at\nA,b,c,d\n": "the heading names at twice",
	} {
		_, err := file.Job{Plan: plan, Name: "-", In: strings.NewReader(text), Out: &bytes.Buffer{}, Problems: &bytes.Buffer{}}.Run()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

// Lengths and products of ferry passages come from the file, whether the class is given or derived.
func TestFerryPassagesUseLengthAndProducts(t *testing.T) {
	lines, _, problems := run(t, "ferry.csv", `id,vehicle,station,at,class,category,fuel,agreement,tag,products,length_mm,trailer_mm
a,one,ferry-example-1,2024-03-05T10:00:00+01:00,light petrol,,,true,true,prepaid-private,5200,4300
b,one,ferry-example-1,2024-03-05T12:00:00+01:00,,M1,electric,true,true,prepaid-private other,4200,
c,one,ferry-example-1,2024-03-05T14:00:00+01:00,light petrol,,,true,true,,,
`, false)
	if len(lines) != 2 || lines[0].Net != 12000 || lines[1].Net != 4500 {
		t.Errorf("got %+v", lines)
	}
	if !strings.Contains(problems, "line 4: tariff.missing") {
		t.Errorf("got %q, want line 4 to lack a length", problems)
	}
}

func TestForeignCurrencyIsNamed(t *testing.T) {
	text := `{"vehicle":"one","station":"gothenburg-6","at":"2023-03-07T07:30:00+01:00","class":"light petrol"}` + "\n"
	lines, _, _ := run(t, "-", text, false)
	if len(lines) != 1 || lines[0].Currency != "SEK" || lines[0].Net != 2200 {
		t.Errorf("got %+v", lines)
	}
	if _, out, _ := run(t, "-", text, true); !strings.Contains(out, "22.00  to pay SEK") {
		t.Errorf("got %s", out)
	}
}
