package page

import (
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/i18n"
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

// vehicleOptions are the vehicles to choose among.
func vehicleOptions(w *i18n.Words, latest *api.OverviewReply) (options []ui.Option) {
	for _, v := range vehiclesOf(latest) {
		options = append(options, ui.Option{Value: string(v.ID), Text: v.Plate.String() + ", " + w.Class(v.Class)})
	}
	return options
}
