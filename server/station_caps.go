package main

import (
	"slices"
	"sync"

	"bompass/server/overview"
	"bompass/server/pricelist"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// stationCaps tells the monthly caps of stations by the price lists in force. It is safe for concurrent use.
type stationCaps struct {
	prices *pricelist.InForce

	mu      sync.Mutex
	release *pricelist.Release // of caps
	caps    map[toll.StationID]overview.Cap
}

// of returns the monthly cap that a station counts towards.
func (c *stationCaps) of(id toll.StationID) overview.Cap {
	c.mu.Lock()
	defer c.mu.Unlock()
	if release := c.prices.Release(); release != c.release {
		c.release, c.caps = release, capsOf(release.Book)
	}
	return c.caps[id]
}

// capsOf returns the monthly cap of each station. Group is set only in a scheme with several groups that count, and
// Station only if the station counts alone.
func capsOf(book *tariff.Book) map[toll.StationID]overview.Cap {
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
	return caps
}

// countingGroups returns the cap groups of a scheme whose caps count passages in a month.
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
