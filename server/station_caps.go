package main

import (
	"slices"

	"bompass/server/overview"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// capsOf returns a function from a station to the monthly cap that it counts towards. Group is set only in a scheme with
// several groups that count, and Station only if the station counts alone.
func capsOf(book *tariff.Book) func(toll.StationID) overview.Cap {
	caps := map[toll.StationID]overview.Cap{}
	for _, s := range book.Schemes {
		several := len(countingGroups(s)) > 1
		for _, st := range s.Stations {
			c := overview.Cap{Scheme: s.Name}
			if several {
				c.Group = st.CapGroup
			}
			if perStation(s, st.CapGroup) {
				c.Station = st.Name
			}
			caps[st.ID] = c
		}
	}
	return func(id toll.StationID) overview.Cap { return caps[id] }
}

func countingGroups(s *tariff.Scheme) (groups []string) {
	for _, v := range s.Versions {
		for _, k := range v.Caps {
			if !k.Daily && !slices.Contains(groups, k.CapGroup) {
				groups = append(groups, k.CapGroup)
			}
		}
	}
	return groups
}

func perStation(s *tariff.Scheme, group string) bool {
	return slices.ContainsFunc(s.Versions, func(v tariff.Version) bool {
		return slices.ContainsFunc(v.Caps, func(k tariff.Cap) bool { return k.PerStation && !k.Daily && k.CapGroup == group })
	})
}
