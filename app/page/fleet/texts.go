package fleet

import (
	"bompass/shared/api"
	"bompass/shared/i18n"
	"bompass/shared/toll"
)

// CapName returns what a cap counts: a station, a group of stations or a whole scheme.
func CapName(w *i18n.Words, c api.CapOverview) string {
	switch {
	case c.Station != "":
		return c.Station
	case c.Group != "":
		return c.Scheme + ", " + w.CapGroup(c.Group)
	}
	return c.Scheme
}

// FuelText returns what a vehicle runs on, empty if that is not known.
func FuelText(w *i18n.Words, fuel toll.Fuel, plugIn bool) string {
	switch {
	case plugIn:
		return w.T("vehicles.fuel.plug-in")
	case fuel == "":
		return ""
	}
	return w.T("vehicles.fuel." + string(fuel))
}

// TagText returns the state of a vehicle's tag. A tag without a known state is on the vehicle, so it is active.
func TagText(w *i18n.Words, tag toll.TagID, status toll.TagStatus, ordered bool) string {
	switch {
	case tag == "" && ordered:
		status = toll.TagOrdered
	case tag == "":
		return w.T("overview.tag.none")
	case status == "":
		status = toll.TagActive
	}
	return w.T("vehicles.tag." + string(status))
}

// TagColor returns the color of the badge of a tag's state.
func TagColor(status toll.TagStatus) string {
	switch status {
	case toll.TagBlocked, toll.TagLost:
		return "danger"
	case toll.TagOrdered, toll.TagOnHold:
		return "info"
	case toll.TagActive:
		return "success"
	case toll.TagSettled:
	}
	return "neutral"
}

// UnreadText says what it has cost that a tag was not read at the latest passages, and what to do.
func UnreadText(w *i18n.Words, run api.UnreadRun) string {
	if run.Lost > 0 {
		return w.T("vehicles.unread.lost", "amount", w.Kroner(run.Lost)) + " " + w.T("vehicles.unread.do")
	}
	return w.T("vehicles.unread.free") + " " + w.T("vehicles.unread.do")
}
