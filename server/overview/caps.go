package overview

import (
	"cmp"
	"slices"

	"bompass/shared/api"
	"bompass/shared/toll"
)

// Cap is a monthly cap. All stations of one Cap count together.
type Cap struct{ Scheme, Group, Station string }

// CapCount is the count of a vehicle's charges towards a cap at one station: the number of the latest paid passage
// there, and the maximum number of paid passages.
type CapCount struct {
	Vehicle   toll.VehicleID
	Station   toll.StationID
	Count, Of int
}

// caps returns the counts of one vehicle by cap. The stations of a cap share one count, so the highest is the
// current one.
func (s *Service) caps(vehicle toll.VehicleID, counts []CapCount) []api.CapOverview {
	best := map[Cap]CapCount{}
	for _, c := range counts {
		if c.Vehicle != vehicle {
			continue
		}
		if at := s.capOf(c.Station); c.Count > best[at].Count {
			best[at] = c
		}
	}
	var list []api.CapOverview
	for at, c := range best {
		list = append(list, api.CapOverview{Scheme: at.Scheme, Group: at.Group, Station: at.Station, Count: min(c.Count, c.Of), Of: c.Of})
	}
	slices.SortFunc(list, func(a, b api.CapOverview) int {
		return cmp.Or(cmp.Compare(b.Count*a.Of, a.Count*b.Of), cmp.Compare(a.Scheme, b.Scheme), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Station, b.Station))
	})
	return list
}
