package nvdb

import (
	"strconv"
	"strings"

	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/tariff"
)

// station is one toll station, understood.
type station struct {
	object    int64
	name      string
	number    int // the operator's own; 0 when unknown
	scheme    string
	schemeNo  string
	charger   string
	automatic bool
	free      bool   // for disabled persons
	metering  string // the way that is charged: with, against, both; "" when unknown
	lat, lon  string // degrees; "" when unknown
	from      oslo.Day
	tariff    facts
	hour      hourRule
}

// facts are what sets price zones apart.
type facts struct {
	light, heavy, rushLight, rushHeavy price
	morning, afternoon                 tariff.Span
}

// price is an amount, or that there is none: the two are never mixed up.
type price struct {
	ore   money.Ore
	known bool
}

// hourRule is the hour rule of a station, as far as the data bank has it.
type hourRule struct {
	mode    tariff.Mode // "" when nothing is said
	minutes int         // 0 when unknown
	group   string      // "" when unknown
}

func (f facts) timed() bool { return f.morning.To > 0 || f.afternoon.To > 0 }

// field is a property to look for: by its type id where that is certain, and by name.
type field struct {
	id    int
	names []string
}

var (
	fieldName       = field{0, []string{"navn bomstasjon"}}
	fieldNumber     = field{9595, []string{"bomstasjon_id"}}
	fieldSchemeNo   = field{9596, []string{"bompengeanlegg_id"}}
	fieldScheme     = field{0, []string{"navn bompengeanlegg (fra cs)", "navn bompengeanlegg"}}
	fieldCharger    = field{11883, []string{"operatør_id"}}
	fieldType       = field{0, []string{"bomstasjonstype"}}
	fieldLight      = field{1820, []string{"takst liten bil"}}
	fieldHeavy      = field{0, []string{"takst stor bil"}}
	fieldTimed      = field{0, []string{"tidsdifferensiert takst"}}
	fieldRushLight  = field{0, []string{"rushtidstakst liten bil"}}
	fieldRushHeavy  = field{0, []string{"rushtidstakst stor bil"}}
	fieldMorning    = [2]field{{0, []string{"rushtid morgen fra"}}, {0, []string{"rushtid morgen til"}}}
	fieldAfternoon  = [2]field{{0, []string{"rushtid ettermiddag fra"}}, {0, []string{"rushtid ettermiddag til"}}}
	fieldHour       = field{9412, []string{"timesregel"}}
	fieldMinutes    = field{10952, []string{"timesregel varighet"}}
	fieldGroup      = field{10951, []string{"timesregel passeringsgruppe"}}
	fieldDisabled   = field{9404, []string{"gratis gjennomkjøring ved hc-brikke"}}
	fieldCollection = field{9414, []string{"innkrevningsretning"}}
)

// reader answers for one object and reports under its id and name.
type reader struct {
	*importer
	object
	name string
}

func (r *reader) report(format string, args ...any) {
	r.problem(r.ID, r.name, format, args...)
}

// get is the value of a property; one that is there twice with two values is reported and not used.
func (r *reader) get(f field) string {
	value, found := "", false
	for _, name := range f.names {
		for _, p := range r.Properties {
			if p.is(f.id, name) {
				if v := p.text(); found && v != value {
					r.report("%s is both %q and %q; see which is right", p.Name, value, v)
					return ""
				} else if v != "" {
					value, found = v, true
				}
			}
		}
		if found {
			return value
		}
	}
	return ""
}

func (p property) is(id int, name string) bool {
	if id != 0 && p.ID == id {
		return true
	}
	plain := strings.ToLower(strings.ReplaceAll(p.Name, ",", ""))
	return strings.TrimSuffix(plain, " (kr)") == name
}

// station understands one object. False means that it is left out.
func (m *importer) station(o object) (station, bool) {
	r := &reader{importer: m, object: o}
	r.name = r.get(fieldName)
	s := station{
		object: o.ID, name: r.name, scheme: r.get(fieldScheme), schemeNo: r.get(fieldSchemeNo), charger: r.get(fieldCharger),
		automatic: strings.Contains(strings.ToLower(r.get(fieldType)), "automatisk"),
	}
	if o.Metadata.To != "" {
		r.report("was taken down on %s and is left out", o.Metadata.To)
		return s, false
	}
	if s.scheme == "" && s.schemeNo == "" {
		r.report("belongs to no scheme (Bompengeanlegg) and is left out; ask the toll charger")
		return s, false
	}
	if s.name == "" {
		s.name = "NVDB " + strconv.FormatInt(o.ID, 10)
		r.report("has no name (Navn bomstasjon); it is called %s", s.name)
	}
	if s.number = r.whole(fieldNumber, "Bomstasjon_Id", 1_000_000); s.number == 0 {
		r.report("has no station number (Bomstasjon_Id); its id is made of the object's")
	}
	s.from = r.began()
	s.free = r.yes(fieldDisabled)
	r.way(&s)
	s.lat, s.lon = r.position()
	s.tariff, s.hour = r.facts(), r.hourRule()
	return s, true
}

// began returns the first day of validity, 0 if it is unknown.
func (r *reader) began() oslo.Day {
	if r.Metadata.From == "" {
		return 0
	}
	day, err := oslo.ParseDay(r.Metadata.From)
	if err != nil {
		r.report("its startdato %q is not a day", r.Metadata.From)
		return 0
	}
	return day
}

// whole reads a whole number; 0 when there is none.
func (r *reader) whole(f field, name string, most int) int {
	v := strings.TrimSuffix(r.get(f), ".0")
	if v == "" {
		return 0
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 || n > most {
		r.report("%s %q is not a number from 0 to %d", name, v, most)
		return 0
	}
	return n
}

func (r *reader) yes(f field) bool { return strings.EqualFold(r.get(f), "ja") }

// way reads which way is charged. With and against the metering do not say inbound or outbound.
func (r *reader) way(s *station) {
	switch v := strings.ToLower(r.get(fieldCollection)); v {
	case "begge retninger", "begge":
		s.metering = "both"
	case "med metrering":
		s.metering = "with"
	case "mot metrering":
		s.metering = "against"
	case "":
		r.report("does not say which way is charged (Innkrevningsretning); written as both, see to it")
	default:
		r.report("Innkrevningsretning %q is not known; written as both, see to it", v)
	}
}

// position reads a point in degrees, in whichever order: in Norway latitudes are above 56 and
// longitudes below 33.
func (r *reader) position() (lat, lon string) {
	_, inside, _ := strings.Cut(r.wkt(), "(")
	words := strings.Fields(strings.TrimSuffix(strings.TrimSpace(inside), ")"))
	if !strings.HasPrefix(strings.ToUpper(r.wkt()), "POINT") || len(words) < 2 {
		return "", ""
	}
	a, okA := degree(words[0])
	b, okB := degree(words[1])
	switch {
	case okA && okB && a > 56 && a < 73 && b < 33:
		return words[0], words[1]
	case okA && okB && b > 56 && b < 73 && a < 33:
		return words[1], words[0]
	}
	r.report("its position %q is not in degrees and is left out; fetch with srid=4326", r.wkt())
	return "", ""
}

// degree is the whole part of a plain decimal number.
func degree(s string) (whole int, ok bool) {
	head, tail, _ := strings.Cut(s, ".")
	n, err := strconv.Atoi(head)
	return n, err == nil && n >= 0 && head[0] != '+' && strings.Trim(tail, "0123456789") == ""
}
