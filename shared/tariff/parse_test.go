package tariff_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"bompass/assets"
	"bompass/shared/oslo"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

const small = `
scheme  test "Test scheme"   # a comment
charger ferde "Ferde # not a comment" phone "72 54 09 00" email post@a.example phone "+46 771 23 45 67"
clock   Europe/Oslo
station test-1 1 "First"  in   hour a cap m price all disabled-free at 60.5 -5.25
station test-2 2 "Second" both price all

version 2020-01-01 to 2021-01-01
  source "list of 2020"
  heavy-cars light needs agreement tag
  band rush mon-fri 07:00-09:00 15:00-17:00 except holidays july
  price all light base 20 rush 30.50
  price all light diesel base 25 rush 35
  price all heavy base 60 rush 60
  as light plug-in pays light diesel
  tag light 20% needs agreement tag
  zero-emission light pays 1/2 needs agreement tag
  hour-rule dearest 60 minutes for light heavy
  cap m 60 for light heavy needs agreement tag
  exempt motorcycle

version 2022-01-01 like 2020-01-01
  source "list of 2022"
  price all light base 22 rush 33
`

func TestParseReadsEveryLine(t *testing.T) {
	s, problems := tariff.Parse("small.tariff", []byte(small))
	if len(problems) > 0 || len(tariff.NewBook(s).Check()) > 0 {
		t.Fatal(problems, tariff.NewBook(s).Check())
	}
	want := tariff.Station{
		Origin: tariff.Origin{Line: 5}, ID: "test-1", Number: 1, Name: "First", Scheme: "test", Charger: "ferde",
		ChargerName: "Ferde # not a comment", Charged: toll.Inbound, HourGroup: "a", CapGroup: "m", PriceZone: "all",
		DisabledFree: true, Currency: "NOK", Lat: 60_500_000, Lon: -5_250_000,
	}
	if diff := cmp.Diff(want, s.Stations[0]); diff != "" {
		t.Error(diff)
	}
	for _, c := range []struct {
		day, band string
		class     toll.Class
		want      string
	}{
		{"2020-06-01", "base", toll.LightPetrol, "20.00"},
		{"2020-06-01", "rush", toll.LightPetrol, "30.50"},
		{"2020-06-01", "base", toll.LightPlugIn, "25.00"},
		{"2020-06-01", "base", toll.LightUnknown, "25.00"},
		{"2022-01-01", "base", toll.LightPetrol, "22.00"},
		{"2022-01-01", "base", toll.LightDiesel, "25.00"}, // taken over
	} {
		day, _ := oslo.ParseDay(c.day)
		got, ok := s.Version(day).Price("all", c.band, c.class)
		if !ok || got.String() != c.want {
			t.Errorf("%s %s %s: got %s %v, want %s", c.day, c.band, c.class, got, ok, c.want)
		}
	}
}

func TestVersionIsInForceFromFirstDayUntilEnd(t *testing.T) {
	s, _ := tariff.Parse("small.tariff", []byte(small))
	for day, want := range map[string]string{
		"2019-12-31": "", "2020-01-01": "test@2020-01-01", "2020-12-31": "test@2020-01-01",
		"2021-01-01": "", "2021-12-31": "", "2022-01-01": "test@2022-01-01", "2040-01-01": "test@2022-01-01",
	} {
		d, _ := oslo.ParseDay(day)
		got := ""
		if v := s.Version(d); v != nil {
			got = v.ID
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", day, got, want)
		}
	}
}

func TestBandsAreHalfOpen(t *testing.T) {
	s, _ := tariff.Parse("small.tariff", []byte(small))
	v := &s.Versions[0]
	for _, c := range []struct {
		minute int
		day    tariff.DayKind
		want   string
	}{
		{7*60 - 1, tariff.DayKind{Weekday: time.Monday}, "base"},
		{7 * 60, tariff.DayKind{Weekday: time.Monday}, "rush"},
		{9*60 - 1, tariff.DayKind{Weekday: time.Friday}, "rush"},
		{9 * 60, tariff.DayKind{Weekday: time.Friday}, "base"},
		{8 * 60, tariff.DayKind{Weekday: time.Saturday}, "base"},
		{8 * 60, tariff.DayKind{Weekday: time.Monday, Holiday: true}, "base"},
		{8 * 60, tariff.DayKind{Weekday: time.Monday, July: true}, "base"},
	} {
		if got := v.BandAt("all", c.day, c.minute); got != c.want {
			t.Errorf("minute %d of %+v: got %s, want %s", c.minute, c.day, got, c.want)
		}
	}
}

// Each change to the small file gives its problem at the right line.
func TestProblemsNameLineAndRemedy(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{`scheme  test "Test scheme"`, ``, "names no scheme"},
		{`clock   Europe/Oslo`, ``, "has no clock"},
		{`clock   Europe/Oslo`, `clock Europe/Paris`, "not supported"},
		{`"First"`, `"First`, "not closed"},
		{`"Second" both`, `"Second" sideways`, "in, out or both"},
		{`station test-2 2 "Second" both price all`, `station test-1 2 "Second" both price all`, "given twice"},
		{`"Second" both price all`, `"Second" both`, "no price zone"},
		{`at 60.5 -5.25`, `at 160.5 -5.25`, "a latitude"},
		{`station test-2`, `station Test-2`, "only a to z"},
		{`version 2020-01-01 to 2021-01-01`, `version 2020-01-01 to 2020-01-01`, "ends before it begins"},
		{`version 2020-01-01 to 2021-01-01`, `version 2020-01-01 to 2022-06-01`, "overlaps the next"},
		{`version 2020-01-01 to 2021-01-01`, `version 2020-13-01 to 2021-01-01`, "not written like"},
		{`version 2022-01-01 like 2020-01-01`, `version 2022-01-01 like 2020-02-01`, "stands above"},
		{`version 2022-01-01 like 2020-01-01`, `version 2020-01-01`, "already there"},
		{`  source "list of 2022"`, ``, "has no source"},
		{`07:00-09:00`, `09:00-07:00`, "ends before it begins"},
		{`07:00-09:00`, `07:00-09:60`, "not a span"},
		{`mon-fri`, `weekdays`, "not a day"},
		{`price all light base 20 rush 30.50`, `price all light base 20`, "no price for light petrol in zone all, band rush"},
		{`price all light base 20 rush 30.50`, `price all light base 20 rush 30.505`, "not a price"},
		{`price all light base 20 rush 30.50`, `price all light base 20 rush 30.01`, "not whole øre"},
		{`price all light base 20 rush 30.50`, `price all light base 20 rush`, "neither a class nor a band with its kroner"},
		{`price all light diesel base 25`, `price all light steam base 25`, "\"steam\" is neither a class nor a band"},
		{`price all light diesel base 25 rush 35`, `price all light base 25 rush 35`, "says again"},
		{`price all heavy`, `price every heavy`, "price zone \"every\""},
		{`  heavy-cars light needs agreement tag`, ``, "whom an M1"},
		{`as light plug-in pays light diesel`, `as light plug-in pays heavy euro6`, "not of one group"},
		{`as light plug-in pays light diesel`, `as light plug-in light diesel`, "what is paid instead"},
		{`tag light 20%`, `tag light 120%`, "not a share"},
		{`tag light 20%`, `tag 20%`, "whose discount"},
		{`zero-emission light pays 1/2`, `zero-emission light petrol pays 1/2`, "not a zero-emission class"},
		{`dearest 60 minutes`, `dearest minutes`, "not a number"},
		{`dearest 60 minutes`, `cheapest 60 minutes`, "not known"},
		{`hour-rule dearest 60 minutes for light heavy`, `hour-rule dearest 60 minutes`, "for light heavy"},
		{`hour-rule dearest 60 minutes for light heavy`, "hour-rule dearest 60 minutes for light\n hour-rule first 30 minutes for heavy", "one mode and one length"},
		{`  hour-rule dearest 60 minutes for light heavy`, ``, "hour-rule none"},
		{`hour-rule dearest 60 minutes for light heavy`, `hour-rule dearest 60 minutes for light heavy in b`, "passage group \"b\""},
		{`cap m 60`, `cap n 60`, "cap group \"n\""},
		{`cap m 60`, `cap m 0`, "at least 1"},
		{`exempt motorcycle`, `exempt bicycle`, "not known"},
		{`  exempt motorcycle`, ``, "no price for motorcycle"},
		{`needs agreement tag`, `needs money`, "needs is followed by"},
		{`source "list of 2020"`, `sauce "list of 2020"`, "not a keyword"},
		{`exempt motorcycle`, `exempt motorcycle please`, "not understood here"},
		{`clock   Europe/Oslo`, "clock Europe/Oslo\ncurrency DKK", "currency"},
		{`clock   Europe/Oslo`, "clock Europe/Oslo\nkind tunnel", "only kind"},
		{`clock   Europe/Oslo`, "clock Europe/Oslo\nkind ferry", "priced by length"},
		{`exempt motorcycle`, "exempt motorcycle\n toll all 20", "lines for a ferry"},
		{`exempt motorcycle`, "exempt motorcycle\n pair 30 minutes at test-1 test-9", "not in this scheme"},
		{`exempt motorcycle`, "exempt motorcycle\n pair 30 minutes at test-1", "name at least two"},
		{`exempt motorcycle`, "exempt motorcycle\n pair minutes at test-1 test-2", "not a number"},
		{`exempt motorcycle`, "exempt motorcycle\n annul 10 test-1 test-2", "written in minutes"},
		{`exempt motorcycle`, "exempt motorcycle\n annul 10 minutes needs tag", "at which stations"},
		{`exempt motorcycle`, "exempt motorcycle\n waive 60 minutes at test-1", "where is paid"},
		{`exempt motorcycle`, "exempt motorcycle\n waive 60 minutes at test-1 paid at test-1", "both sides"},
		{`"Second" both price all`, `"Second" both hour a price all` + "\nversion 2019-01-01\n waive 60 minutes at test-1 paid at test-2", "both sides"},
		{`cap m 60 for light heavy`, `cap m 60 kroner a day for light heavy`, "per day"},
		{`cap m 60 for light heavy`, `cap m 0 kroner per day for light heavy`, "costs nothing"},
		{`cap m 60 for light heavy`, `cap m 60 kroner per day season high for light heavy`, "season \"high\""},
		{`cap m 60 for light heavy needs agreement tag`, "cap m 60 for light\n cap m 90 kroner per day for light per station", "on all of them"},
		{`exempt motorcycle`, "exempt motorcycle\n season high 02-29 to 06-01", "day of every year"},
		{`exempt motorcycle`, "exempt motorcycle\n season high 03-01 06-01", "first day after it"},
		{`exempt motorcycle`, "exempt motorcycle\n season high", "has no days"},
		{`except holidays july`, `except mondays`, "except is followed"},
		{`except holidays july`, `season high except july`, "season \"high\""},
		{`exempt motorcycle`, "exempt motorcycle\n supplement prepaid 20%", "whose discount"},
		{`exempt motorcycle`, "exempt motorcycle\n plate-match always", "discount or none"},
		{`exempt motorcycle`, "exempt motorcycle\n trailer single 10.00 double 6.00", "two total lengths"},
		{`exempt motorcycle`, "exempt motorcycle\n trailer single long double 6.00", "not a length"},
		{`exempt motorcycle`, "exempt motorcycle\n missing zone east", "price zone \"east\""},
		{`phone "72 54 09 00"`, `phone 72 54 09 00`, "not understood here"},
		{`phone "72 54 09 00"`, `phone "+"`, "not a telephone number"},
		{`phone "72 54 09 00"`, `phone "72 54 09 00 ext 3"`, "not a telephone number"},
		{`phone "72 54 09 00"`, `phone " 72 54  09 00"`, "not a telephone number"},
		{`phone "72 54 09 00"`, `phone "1234567890123456"`, "not a telephone number"},
		{`phone "72 54 09 00"`, `phone "7254/0900"`, "not a telephone number"},
		{`email post@a.example phone "+46 771 23 45 67"`, `email`, "lacks the email address"},
		{`email post@a.example`, `email post`, "not an email address"},
		{`email post@a.example`, `email @a.example`, "not an email address"},
		{`email post@a.example`, `email post@localhost`, "not an email address"},
		{`email post@a.example`, `email post@a.`, "not an email address"},
		{`email post@a.example`, `email post@.example`, "not an email address"},
		{`email post@a.example`, `email "post@a.example, post@b.example"`, "not an email address"},
		{`email post@a.example`, `email "post@a.example?cc=b@c.example"`, "not an email address"},
		{`email post@a.example`, `email påst@a.example`, "not an email address"},
		{"\nscheme", "\nsource \"x\"\nscheme", "before any version"},
	} {
		text := strings.Replace(small, c.old, c.new, 1)
		if text == small {
			t.Fatalf("%q is not in the file", c.old)
		}
		_, problems := tariff.Load(fstest.MapFS{"small.tariff": {Data: []byte(text)}})
		ok := slices.ContainsFunc(problems, func(p tariff.Problem) bool { return strings.Contains(p.Text, c.want) })
		if !ok {
			t.Errorf("%q for %q: got %v, want %q", c.new, c.old, problems, c.want)
		}
		for _, p := range problems {
			if p.File != "small.tariff" || !strings.ContainsAny(p.Text, ";") {
				t.Errorf("problem %q does not say where or what to do", p)
			}
		}
	}
}

// The book names every number and address of its toll chargers once, in the order of the schemes.
func TestBookHasContactOfEveryCharger(t *testing.T) {
	other := strings.NewReplacer("scheme  test", "scheme other", "test-", "other-", `"+46 771 23 45 67"`, `"22 33 44 55" email post@b.example`).Replace(small)
	silent := strings.NewReplacer("scheme  test", "scheme silent", "test-", "silent-",
		` phone "72 54 09 00" email post@a.example phone "+46 771 23 45 67"`, "").Replace(small)
	book, problems := tariff.Load(fstest.MapFS{"a.tariff": {Data: []byte(small)}, "b.tariff": {Data: []byte(other)}, "c.tariff": {Data: []byte(silent)}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := toll.Contact{Phones: []string{"72 54 09 00", "22 33 44 55", "+46 771 23 45 67"}, Emails: []string{"post@a.example", "post@b.example"}}
	if diff := cmp.Diff(want, book.Contact()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParseReportsAllProblems(t *testing.T) {
	text := strings.NewReplacer("60 minutes", "60", "20%", "20", "mon-fri", "mon-").Replace(small)
	_, problems := tariff.Parse("small.tariff", []byte(text))
	if len(problems) < 3 {
		t.Errorf("got %v, want at least 3 problems", problems)
	}
}

func TestOneStationBelongsToOneScheme(t *testing.T) {
	other := strings.Replace(small, "scheme  test", "scheme other", 1)
	_, problems := tariff.Load(fstest.MapFS{"a.tariff": {Data: []byte(small)}, "b.tariff": {Data: []byte(other)}})
	if len(problems) != 2 || !strings.Contains(problems[0].Text, "is also in") {
		t.Errorf("got %v", problems)
	}
}

func TestEmptyDirectoryIsAProblem(t *testing.T) {
	if _, problems := tariff.Load(fstest.MapFS{}); len(problems) != 1 {
		t.Errorf("got %v, want one problem", problems)
	}
}

// Parsing and checking any input end without a panic.
func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	entries, _ := assets.Tariff.ReadDir("tariff")
	for _, e := range entries {
		text, _ := assets.Tariff.ReadFile("tariff/" + e.Name())
		f.Add(text)
	}
	for _, contact := range []string{
		`phone 815`, `phone "" email`, `email a@b.c email a@b.c phone`, `email "a@b.c,d@e.f"`, `phone "1 2 3" phone "+4712345678" email x@y.example other`,
	} {
		f.Add([]byte(strings.Replace(small, `phone "72 54 09 00"`, contact, 1)))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, problems := tariff.Parse("fuzz.tariff", text)
		if contact := slices.Concat(s.Contact.Phones, s.Contact.Emails); len(problems) == 0 && strings.ContainsAny(strings.Join(contact, "|"), ",\"<>?&\n") {
			t.Errorf("%q ends up in links", contact)
		}
		problems = append(problems, tariff.NewBook(s).Check()...)
		if len(problems) == 0 && (s.ID == "" || len(s.Stations) == 0 || len(s.Versions) == 0) {
			t.Error("a scheme without substance has no problem")
		}
	})
}
