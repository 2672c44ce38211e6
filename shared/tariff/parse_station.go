package tariff

import (
	"slices"
	"strconv"
	"strings"

	"bompass/shared/toll"
)

// station reads: station ID NUMBER "Name" in|out|both [hour GROUP] [cap GROUP] price ZONE
// [disabled-free] [at LAT LON].
func (p *parser) station() {
	if p.version != nil {
		p.problem("a station stands after the first version; put all stations above the versions")
	}
	s := Station{Origin: Origin{p.line}, ID: idOf[stationID](p, "the station's id"), Number: p.number("the station's number"), Name: p.word("the station's name in quotes")}
	switch p.word("the direction that is charged") {
	case "in":
		s.Charged = toll.Inbound
	case "out":
		s.Charged = toll.Outbound
	case "both":
	default:
		p.problem("the direction that is charged is in, out or both; write one of them after the name")
	}
	p.stationOptions(&s)
	if s.PriceZone == "" {
		p.problem("station %s has no price zone; add: price ZONE", s.ID)
	}
	if slices.ContainsFunc(p.scheme.Stations, func(o Station) bool { return o.ID == s.ID }) {
		p.problem("station %s is given twice; take one away", s.ID)
	}
	p.scheme.Stations = append(p.scheme.Stations, s)
}

// stationOptions parses the optional parts of a station line, in any order.
func (p *parser) stationOptions(s *Station) {
	for {
		switch {
		case p.take("hour"):
			s.HourGroup = p.word("a passage group")
		case p.take("cap"):
			s.CapGroup = p.word("a cap group")
		case p.take("price"):
			s.PriceZone = p.word("a price zone")
		case p.take("disabled-free"):
			s.DisabledFree = true
		case p.take("at"):
			s.Lat, s.Lon = p.degrees("a latitude", 90), p.degrees("a longitude", 180)
		default:
			return
		}
	}
}

// degrees reads decimal degrees into millionths.
func (p *parser) degrees(what string, most int64) int32 {
	w := p.word(what)
	whole, frac, _ := strings.Cut(strings.TrimPrefix(w, "-"), ".")
	if len(frac) > 6 {
		frac = frac[:6]
	}
	n, err := strconv.ParseInt(whole+frac+strings.Repeat("0", 6-len(frac)), 10, 64)
	if err != nil || n > most*1_000_000 {
		p.problem("%q is not %s; write degrees like 59.912345", w, what)
		return 0
	}
	if strings.HasPrefix(w, "-") {
		n = -n
	}
	return int32(n)
}
