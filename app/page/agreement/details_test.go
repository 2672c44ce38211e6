//go:build !js

package agreement_test

import (
	"fmt"
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/page/agreement"
	"bompass/app/pagetest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/oslo"
	"bompass/shared/role"
	"bompass/shared/toll"
)

const detailsAddress = "/agreements/details?number=7001001"

func detailsOf() api.AgreementDetailsReply {
	return api.AgreementDetailsReply{
		Number: "7001001", Kind: toll.Private, Charger: "Ferde", From: pagetest.Noon.AddDate(-2, 0, 0), Reference: "PO-17",
		Vehicles: []api.AgreementVehicle{
			{Plate: toll.NewPlate("NO", "DP45821"), Class: "light petrol", Tag: "9578010000000000012", From: pagetest.Noon},
			{Plate: toll.NewPlate("NO", "EK31204"), Class: "light electric", From: pagetest.Noon},
		},
	}
}

// S2.51, S2.52: the page of an agreement shows what it says and its vehicles, and has a field for the reference.
func TestDetailsShowAgreementAndVehicles(t *testing.T) {
	reply := detailsOf()
	s := pagetest.Open(t, pagetest.With(api.AgreementDetails.Endpoint, reply), detailsAddress, agreement.NewDetails)
	s.Shows("Avtale 7001001", "Ferde", "Privat", "løpende", `value="PO-17"`, "Fakturareferanse", "DP 45821", "9578010000000000012", "EK 31204", "Ingen brikke")
	reply.To, reply.Vehicles = pagetest.Noon, nil
	s = pagetest.Open(t, pagetest.With(api.AgreementDetails.Endpoint, reply), detailsAddress, agreement.NewDetails)
	s.Shows(" til ", "Det er ingen kjøretøy på avtalen.")
	s.Hides("løpende")
}

// An agreement whose invoices the bank draws says since when, and how to end it.
func TestDetailsShowDirectDebit(t *testing.T) {
	reply := detailsOf()
	pagetest.Open(t, pagetest.With(api.AgreementDetails.Endpoint, reply), detailsAddress, agreement.NewDetails).Hides("AvtaleGiro")
	reply.Debit = &api.DirectDebit{Since: oslo.Date(2026, 11, 3)}
	pagetest.Open(t, pagetest.With(api.AgreementDetails.Endpoint, reply), detailsAddress, agreement.NewDetails).Shows("AvtaleGiro", "ja, siden 3.", "i nettbanken")
}

func TestLongListOfVehiclesIsExpanded(t *testing.T) {
	reply := detailsOf()
	for n := range 10 {
		reply.Vehicles = append(reply.Vehicles, api.AgreementVehicle{Plate: toll.NewPlate("NO", fmt.Sprintf("VJ4010%d", n)), Class: "heavy", From: pagetest.Noon})
	}
	s := pagetest.Open(t, pagetest.With(api.AgreementDetails.Endpoint, reply), detailsAddress, agreement.NewDetails)
	s.Shows("VJ 40107", "Vis alle 12 kjøretøy", `aria-expanded="false"`)
	s.Hides("VJ 40108")
	s.Do(func(app.Context) { agreement.Expand(s.Page) })
	s.Shows("VJ 40109", "Vis færre kjøretøy")
}

func TestReferenceIsSaved(t *testing.T) {
	changed := detailsOf()
	changed.Reference = "PO-18"
	server := pagetest.With(api.AgreementDetails.Endpoint, detailsOf()).With(api.AgreementChange.Endpoint, changed)
	s := pagetest.Open(t, server, detailsAddress, agreement.NewDetails)
	s.Do(func(ctx app.Context) { agreement.Refer(ctx, s.Page, "PO-18") })
	if sent := pagetest.Sent[api.AgreementChangeRequest](t, server, api.AgreementChange.Endpoint); len(sent) != 1 || sent[0] != (api.AgreementChangeRequest{Number: "7001001", Reference: "PO-18"}) {
		t.Errorf("sent %+v", sent)
	}
	s.Shows(`value="PO-18"`, "Avtalen er endret.")
	server.Refusal = fault.New(fault.FieldWrong).At("reference")
	s.Do(func(ctx app.Context) { agreement.Refer(ctx, s.Page, "<b>") })
	s.Shows("Skriv referansen på én linje")
}

func TestAuditorSeesReferenceWithoutField(t *testing.T) {
	server := pagetest.With(api.AgreementDetails.Endpoint, detailsOf())
	server.Role = role.Auditor
	s := pagetest.Open(t, server, detailsAddress, agreement.NewDetails)
	s.Shows("PO-17")
	s.Hides(`id="reference"`, "Lagre")
}
