package page

import (
	"slices"

	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/i18n"
	"bompass/shared/toll"
)

// agreementsOf lists an overview's agreements and, last, what is on none; nothing before the first
// overview.
func agreementsOf(latest *api.OverviewReply) []api.AgreementOverview {
	if latest == nil {
		return nil
	}
	agreements := latest.Agreements
	if latest.Unagreed != nil {
		agreements = append(agreements[:len(agreements):len(agreements)], *latest.Unagreed)
	}
	return agreements
}

func vehiclesOf(latest *api.OverviewReply) (list []api.VehicleOverview) {
	for _, a := range agreementsOf(latest) {
		list = append(list, a.Vehicles...)
	}
	return list
}

// vehicleOptions are the vehicles to choose among: all, or one agreement's.
func vehicleOptions(w *i18n.Words, latest *api.OverviewReply, only toll.AgreementID) (options []ui.Option) {
	for _, a := range agreementsOf(latest) {
		if only != "" && a.ID != only {
			continue
		}
		for _, v := range a.Vehicles {
			options = append(options, ui.Option{Value: string(v.ID), Text: v.Plate.String() + ", " + w.Class(v.Class)})
		}
	}
	return options
}

// only is an overview of one agreement alone; of everything when none is chosen or it is not there.
func only(reply *api.OverviewReply, id toll.AgreementID) *api.OverviewReply {
	at := slices.IndexFunc(reply.Agreements, func(a api.AgreementOverview) bool { return a.ID == id })
	if id == "" || at < 0 {
		return reply
	}
	one := api.OverviewReply{Month: reply.Month, Agreements: reply.Agreements[at : at+1], Total: reply.Agreements[at].Balance}
	for _, d := range reply.Days {
		if d.Agreement == id {
			one.Days = append(one.Days, d)
		}
	}
	for _, l := range reply.Latest {
		if l.Agreement == id {
			one.Latest = append(one.Latest, l)
		}
	}
	return &one
}
