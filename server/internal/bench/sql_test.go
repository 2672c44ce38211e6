package bench_test

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/internal/pgtest"
	"bompass/shared/fixture/rush"
	"bompass/shared/oslo"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// rateSQL rates a month in one query: a join with the tariffs, the windows of the hour rule by recursion, and caps by a
// window function. Prices, rules and calendar are in the tables of tables.sql.
//
//go:embed rate.sql
var rateSQL string

//go:embed tables.sql
var tablesSQL string

// measureSQL rates the month in PostgreSQL. Loading the tables is not measured.
func (w *trafficMonth) measureSQL(b *testing.B, t *table, core float64) {
	b.Helper()
	ctx := b.Context()
	conn, err := pgx.Connect(ctx, pgtest.URL(b))
	must(b, err)
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	for _, sql := range strings.Split(tablesSQL, ";") {
		_, err := conn.Exec(ctx, sql)
		must(b, err)
	}
	w.load(b, conn)
	_, err = conn.Exec(ctx, "analyze")
	must(b, err)
	process := processID(conn.PgConn().PID())
	before := process.cpuTime(b)
	_, err = conn.Exec(ctx, rateSQL)
	must(b, err)
	cost := w.perPassage(process.cpuTime(b) - before)
	got := make([]charge, len(w.At))
	rows, err := conn.Query(ctx, "select id, list, net from answer")
	must(b, err)
	var id int
	var one charge
	_, err = pgx.ForEachRow(rows, []any{&id, &one.list, &one.net}, func() error { got[id] = one; return nil })
	must(b, err)
	want := w.charges()
	w.compare(b, "PostgreSQL", want, got)
	t.row("PostgreSQL, one set-based query", ns(cost), fmt.Sprintf("%.0f", cost/core),
		fmt.Sprint(countDifferences(want, got)), "")
}

// processID identifies a process whose processor time is measured, so that other processes of the machine do not count.
type processID uint32

// cpuTime returns the user and system time of the process, to a hundredth of a second, from /proc (proc(5), stat).
func (p processID) cpuTime(b *testing.B) time.Duration {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p))
	must(b, err)
	_, after, _ := strings.Cut(string(text), ") ") // after the command's name, which may hold spaces
	fields := strings.Fields(after)
	user, err := strconv.Atoi(fields[11])
	must(b, err)
	system, err := strconv.Atoi(fields[12])
	must(b, err)
	return time.Duration(user+system) * 10 * time.Millisecond
}

func countDifferences(want, got []charge) (n int) {
	for i := range want {
		if want[i] != got[i] {
			n++
		}
	}
	return n
}

func (w *trafficMonth) load(b *testing.B, conn *pgx.Conn) {
	b.Helper()
	into := func(table string, rows [][]any) {
		_, err := conn.CopyFrom(b.Context(), pgx.Identifier{table}, columnsOf(b, conn, table), pgx.CopyFromRows(rows))
		must(b, err)
	}
	l := &loader{trafficMonth: w, group: map[string]int{}}
	l.tariffs()
	into("station", l.stations)
	into("version", l.versions)
	into("band", l.bands)
	into("price", l.prices)
	into("hour_rule", l.hours)
	into("cap_rule", l.caps)
	into("waiver", l.waivers)
	into("calendar", l.calendar)
	var vehicles, passages [][]any
	for v, t := range w.traits {
		vehicles = append(vehicles, []any{v, int(t.Classes.Car), int(t.Classes.Weight), int(t.Have)})
	}
	into("vehicle", vehicles)
	for i, at := range w.At {
		passages = append(passages, []any{i, w.vehicle[i], int(w.Station[i]), time.UnixMilli(at), w.Inbound[i]})
	}
	into("crossing", passages)
}

func columnsOf(b *testing.B, conn *pgx.Conn, table string) (names []string) {
	b.Helper()
	rows, err := conn.Query(b.Context(), "select * from "+table+" limit 0")
	must(b, err)
	rows.Close()
	for _, f := range rows.FieldDescriptions() {
		names = append(names, f.Name)
	}
	return names
}

// loader turns the tariff book into rows.
type loader struct {
	*trafficMonth
	group map[string]int // "hour oslo ring" → number
	stations, versions, bands, prices, hours, caps,
	waivers, calendar [][]any
}

func (l *loader) number(what string, s *tariff.Scheme, name string) int {
	if name == "" {
		return 0
	}
	key := what + " " + string(s.ID) + " " + name
	if l.group[key] == 0 {
		l.group[key] = len(l.group) + 1
	}
	return l.group[key]
}

func (l *loader) tariffs() {
	for _, s := range l.book.Schemes {
		used := false
		for at, id := range l.Stations {
			for order, st := range s.Stations {
				if st.ID != id {
					continue
				}
				used = true
				charged := map[toll.Direction]any{toll.Inbound: true, toll.Outbound: false}[st.Charged]
				l.stations = append(l.stations, []any{
					at, order, string(s.ID), string(s.ID) + " " + st.PriceZone, l.number("hour", s, st.HourGroup),
					l.number("cap", s, st.CapGroup), charged,
				})
			}
		}
		if used {
			l.scheme(s)
		}
	}
	for d := rush.First - 1; d < rush.First+40; d++ {
		l.calendar = append(l.calendar, []any{date(d), dayKind(tariff.KindOf(d)), int(d.Month())})
	}
}

func (l *loader) scheme(s *tariff.Scheme) {
	for i := range s.Versions {
		v := &s.Versions[i]
		number := len(l.versions)
		end := s.End(i)
		if end == tariff.Forever {
			end = oslo.Date(2200, time.January, 1)
		}
		l.versions = append(l.versions, []any{
			number, string(s.ID), v.From.Start(), end.Start(), int(v.HeavyCars.Needs),
		})
		for _, zone := range s.Zones() {
			l.zone(number, s, v, zone)
		}
		for have := range tariff.Needs(4) {
			l.rules(number, s, v, have)
		}
		l.links(number, v)
	}
}

// links adds the waivers. The tariffs of the month have no other kind of link.
func (l *loader) links(number int, v *tariff.Version) {
	for _, link := range v.Links {
		if link.Kind != tariff.Waive || !link.Before {
			panic("the query does not support this link: " + string(link.Kind))
		}
		for _, at := range link.At {
			for _, payer := range link.With {
				length := time.Duration(link.Minutes) * time.Minute
				l.waivers = append(l.waivers, []any{
					number, slices.Index(l.Stations, at), slices.Index(l.Stations, payer), length, int(link.Needs),
				})
			}
		}
	}
}

func (l *loader) zone(number int, s *tariff.Scheme, v *tariff.Version, zone string) {
	name := string(s.ID) + " " + zone
	for d := rush.First - 400; d < rush.First; d++ { // a year holds every kind of day
		l.spans(number, name, v, zone, tariff.KindOf(d))
	}
	for _, band := range v.BandsIn(zone) {
		for class := range toll.Class(toll.ClassCount) {
			list, ok := v.Price(zone, band, class)
			for have := tariff.Needs(0); ok && have < 4; have++ {
				left := discounts(v, class, have)
				l.prices = append(l.prices, []any{
					number, name, band, int(class), int(have), int64(list), left.Num, left.Den,
				})
			}
		}
	}
}

// discounts returns the share of the list price that remains.
func discounts(v *tariff.Version, class toll.Class, have tariff.Needs) tariff.Fraction {
	left := tariff.Fraction{Num: 1, Den: 1}
	if off, ok := v.TagDiscount(class, have); ok {
		left = off.Rest()
	}
	if pays, ok := v.ZeroShare(class, have); ok {
		left = left.Times(pays)
	}
	return left
}

// spans adds the bands of a kind of day, except base time. It reads them minute by minute.
func (l *loader) spans(number int, name string, v *tariff.Version, zone string, kind tariff.DayKind) {
	for _, old := range l.bands {
		if old[0] == number && old[1] == name && old[2] == dayKind(kind) {
			return
		}
	}
	band, from := tariff.Base, 0
	for minute := range 24*60 + 1 {
		now := tariff.Base
		if minute < 24*60 {
			now = v.BandAt(zone, kind, minute)
		}
		if now == band {
			continue
		}
		if band != tariff.Base {
			l.bands = append(l.bands, []any{number, name, dayKind(kind), from, minute, band})
		}
		band, from = now, minute
	}
}

func (l *loader) rules(number int, s *tariff.Scheme, v *tariff.Version, have tariff.Needs) {
	for class := range toll.Class(toll.ClassCount) {
		for _, g := range s.HourGroups() {
			if h := v.HourRule(g); h != nil && h.Covers(class, have) {
				length := time.Duration(h.Minutes) * time.Minute
				if h.Included {
					length += time.Millisecond
				}
				l.hours = append(l.hours, []any{
					number, l.number("hour", s, g), int(class), int(have), h.Mode == tariff.Dearest, length,
				})
			}
		}
		for _, g := range s.CapGroups() {
			if k := v.Cap(g); k != nil && k.Covers(class, have) {
				l.caps = append(l.caps, []any{number, l.number("cap", s, g), int(class), int(have), k.N})
			}
		}
	}
}

func dayKind(k tariff.DayKind) int {
	n := int(k.Weekday)
	if k.Holiday {
		n += 7
	}
	if k.July {
		n += 14
	}
	return n
}

func date(d oslo.Day) time.Time {
	y, m, day := d.YMD()
	return time.Date(y, m, day, 0, 0, 0, 0, time.UTC)
}
