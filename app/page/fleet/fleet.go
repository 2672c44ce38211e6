// Package fleet selects agreements and vehicles from an overview, for the pages that list them or let
// people choose among them.
package fleet

import (
	"slices"

	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/i18n"
	"bompass/shared/toll"
)

// Agreements lists an overview's agreements and, last, the group of vehicles without one. It is empty
// before the first overview.
func Agreements(overview *api.OverviewReply) []api.AgreementOverview {
	if overview == nil {
		return nil
	}
	agreements := overview.Agreements
	if overview.Unagreed != nil {
		agreements = append(agreements[:len(agreements):len(agreements)], *overview.Unagreed)
	}
	return agreements
}

// Vehicles lists an overview's vehicles.
func Vehicles(overview *api.OverviewReply) (list []api.VehicleOverview) {
	for _, a := range Agreements(overview) {
		list = append(list, a.Vehicles...)
	}
	return list
}

// Options are the vehicles to choose among: those of one agreement, or all when it is empty.
func Options(w *i18n.Words, overview *api.OverviewReply, agreement toll.AgreementID) (options []ui.Option) {
	for _, a := range Agreements(overview) {
		if agreement != "" && a.ID != agreement {
			continue
		}
		for _, v := range a.Vehicles {
			options = append(options, ui.Option{Value: string(v.ID), Text: v.Plate.String() + ", " + w.Class(v.Class)})
		}
	}
	return options
}

// Only returns an overview of one agreement. It returns the whole overview when no agreement is chosen
// or the overview lacks it.
func Only(overview *api.OverviewReply, agreement toll.AgreementID) *api.OverviewReply {
	at := slices.IndexFunc(overview.Agreements, func(a api.AgreementOverview) bool { return a.ID == agreement })
	if agreement == "" || at < 0 {
		return overview
	}
	one := api.OverviewReply{Month: overview.Month, Agreements: overview.Agreements[at : at+1], Total: overview.Agreements[at].Balance}
	for _, d := range overview.Days {
		if d.Agreement == agreement {
			one.Days = append(one.Days, d)
		}
	}
	for _, m := range overview.Months {
		if m.Agreement == agreement {
			one.Months = append(one.Months, m)
		}
	}
	for _, o := range overview.Owed {
		if o.Agreement == agreement {
			one.Owed = append(one.Owed, o)
		}
	}
	for _, l := range overview.Latest {
		if l.Agreement == agreement {
			one.Latest = append(one.Latest, l)
		}
	}
	return &one
}
