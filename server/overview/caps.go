package overview

import (
	"cmp"
	"slices"

	"bompass/shared/api"
	"bompass/shared/toll"
)

// Cap names the monthly cap that a station counts for: all stations of one Cap count together.
type Cap struct{ Scheme, Group, Station string }

// CapCount is how far a vehicle's charges have counted towards a cap at one station: the number of the
// latest paid passage there, and how many are paid at most.
type CapCount struct {
	Vehicle   toll.VehicleID
	Station   toll.StationID
	Count, Of int
}

// caps gathers what one vehicle has counted. Stations of a cap share one count, so that the highest is
// how far it has come, tolling.md A-6.
func (d *Service) caps(vehicle toll.VehicleID, counts []CapCount) []api.CapOverview {
	best := map[Cap]CapCount{}
	for _, c := range counts {
		if c.Vehicle != vehicle {
			continue
		}
		if at := d.capped(c.Station); c.Count > best[at].Count {
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
