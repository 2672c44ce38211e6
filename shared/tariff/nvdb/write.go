package nvdb

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"bompass/shared/tariff"
)

// writer writes one draft.
type writer struct {
	bytes.Buffer
	*scheme
	zones []facts
	bands []facts // one for each set of times; only morning and afternoon count
}

func (w *writer) put(format string, args ...any) { fmt.Fprintf(&w.Buffer, format, args...) }

func (w *writer) line(format string, args ...any) { w.put(format+"\n", args...) }

// draft writes a scheme, or nothing when no day is known from which it holds.
func (m *importer) draft(c *scheme) []byte {
	from := m.from
	if from == 0 {
		from = c.from()
	}
	if from == 0 {
		m.problem(0, c.name, "no object says since when it is as it is (startdato), and the scheme is left out; give the first day")
		return nil
	}
	w := &writer{scheme: c, zones: c.zones()}
	w.head()
	for _, s := range c.stations {
		w.station(s)
	}
	w.line("\nversion %s\n  source \"National road data bank, object type 45, as of %s\"", from, from)
	w.times()
	w.prices()
	w.hours(m.groups(c))
	m.exemptions(w)
	return w.Bytes()
}

// head writes the first lines of a draft, with what the data bank does not contain.
func (w *writer) head() {
	w.line("# A draft from the national road data bank. It does not know environment classes, the tag discount, what")
	w.line("# zero-emission vehicles pay, monthly caps, whom an M1 over 3,500 kg is light for, and who needs what for the")
	w.line("# hour rule. Add them from the toll charger's price list, then run: server check tariffs\n")
	w.line("scheme   %s %q", w.id, plain(w.name))
	if w.charger != "" {
		w.line("charger  operator-%s %q", slug(w.charger), "Operator "+plain(w.charger))
	} else {
		w.line("# the toll charger is not in the data: add charger ID \"Name\"")
	}
	w.line("clock    Europe/Oslo\n")
}

// plain leaves what a text in quotes can hold.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '"' || r == '\\' || !strconv.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
}

// station writes a station line. The data bank states the charged direction relative to the metering of the road,
// so a comment asks to check it.
func (w *writer) station(s station) {
	id := fmt.Sprintf("%s-%d", w.id, s.number)
	if s.number == 0 {
		id = fmt.Sprintf("%s-nvdb-%d", w.id, s.object)
	}
	way, note := "both", ""
	if s.metering == "with" || s.metering == "against" {
		way, note = "in", " # charged "+s.metering+" the metering: correct it when that is out"
	}
	w.put("station  %s %d \"%s\" %s", id, s.number, plain(s.name), way)
	if s.hour.group != "" {
		w.put(" hour %s", s.hour.group)
	}
	w.put(" price %s", w.zone(s.tariff))
	if s.free {
		w.WriteString(" disabled-free")
	}
	if s.lat != "" {
		w.put(" at %s %s", s.lat, s.lon)
	}
	w.line("%s", note)
}

func (w *writer) zone(f facts) string {
	if len(w.zones) == 1 {
		return "all"
	}
	return "zone-" + strconv.Itoa(slices.Index(w.zones, f)+1)
}

func sameTimes(a, b facts) bool { return a.morning == b.morning && a.afternoon == b.afternoon }

// times writes a band for each set of rush hours.
func (w *writer) times() {
	for _, z := range w.zones {
		if z.timed() && !slices.ContainsFunc(w.bands, func(b facts) bool { return sameTimes(b, z) }) {
			w.bands = append(w.bands, z)
		}
	}
	for _, b := range w.bands {
		w.put("  band %s mon-fri", w.band(b))
		for _, s := range []tariff.Span{b.morning, b.afternoon} {
			if s.To > 0 {
				w.put(" %02d:%02d-%02d:%02d", s.From/60, s.From%60, s.To/60, s.To%60)
			}
		}
		w.WriteString(" except holidays in")
		for _, z := range w.zones {
			if sameTimes(b, z) {
				w.put(" %s", w.zone(z))
			}
		}
		w.line(" # days are not in the data: see whether July is an exception")
	}
}

func (w *writer) band(f facts) string {
	at := slices.IndexFunc(w.bands, func(b facts) bool { return sameTimes(b, f) })
	if len(w.bands) == 1 {
		return "rush"
	}
	return "rush-" + strconv.Itoa(at+1)
}

// prices writes what is known. A group without any price in the scheme is missing; where only some
// zones lack it, their line is left out and the check of tariffs asks for it.
func (w *writer) prices() {
	groups := []struct {
		name string
		of   func(facts) (base, rush price)
	}{
		{"light", func(f facts) (price, price) { return f.light, f.rushLight }},
		{"heavy", func(f facts) (price, price) { return f.heavy, f.rushHeavy }},
	}
	for _, g := range groups {
		if !slices.ContainsFunc(w.zones, func(f facts) bool { base, rush := g.of(f); return base.known || rush.known }) {
			w.line("  missing %s", g.name)
			continue
		}
		for _, z := range w.zones {
			base, rush := g.of(z)
			w.price(z, g.name, base, rush)
		}
	}
}

// price writes a price line of a zone and a group of classes, with the rush price if there is one.
func (w *writer) price(z facts, group string, base, rush price) {
	if !base.known && !rush.known {
		w.line("  # price %s %s: not in the data", w.zone(z), group)
		return
	}
	w.put("  price %s %s", w.zone(z), group)
	if base.known {
		w.put(" base %s", base.ore)
	}
	if rush.known {
		w.put(" %s %s", w.band(z), rush.ore)
	}
	w.line("")
}

// hours writes the hour rules of the passage groups. A group with incomplete data becomes a comment.
func (w *writer) hours(groups []group) {
	if w.without() {
		w.line("  hour-rule none")
		return
	}
	for _, g := range groups {
		if !g.complete {
			w.line("  # hour-rule of passage group %s: incomplete in the data", g.name)
			continue
		}
		w.line("  hour-rule %s %d minutes for light heavy in %s # the groups are not in the data", g.rule.mode, g.rule.minutes, g.name)
	}
}

// exemptions writes those that the data bears out: motorcycles at automatic stations,
// and permits for disabled persons where a station honours them.
func (m *importer) exemptions(w *writer) {
	if slices.ContainsFunc(w.stations, func(s station) bool { return !s.automatic }) {
		m.problem(0, w.name, "has stations that are not automatic; whether motorcycles pay there is not in the data, written as missing")
		w.line("  missing motorcycle")
	} else {
		w.line("  exempt motorcycle")
	}
	if slices.ContainsFunc(w.stations, func(s station) bool { return s.free }) {
		w.line("  exempt disabled needs agreement tag")
	}
}
