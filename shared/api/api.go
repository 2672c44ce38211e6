// Package api is the contract between browsers, stations and the server: every route with its request and reply. Server
// and client use the same values, so the compiler checks both sides.
//
// The body of every reply that is not 2xx is a fault.Error. Fields are only added, never removed or changed, because a
// service worker can still run an earlier version of the program.
package api

import "bompass/shared/role"

// Access is the kind of caller that may call a route.
type Access uint8

// The kinds of caller.
const (
	Public   Access = iota + 1 // anyone
	Customer                   // a signed-in person acting for a customer
	Station                    // a roadside station with its API key
	Staff                      // a member of staff; no endpoint yet
	Kiosk                      // a device at a service office; no endpoint yet
)

// Endpoint is a route without its request and reply types.
type Endpoint struct {
	Name   string // "passage.list": unique, used in logs and tests
	Method string // GET requests carry the request in the query, others as JSON
	Path   string
	Access Access
	Right  role.Right // that the caller's role must have; zero unless Access is Customer
}

// Route is an endpoint with its request and reply types. A request sent by GET has only fields whose JSON form is a
// string, because it is encoded as a query.
type Route[Req, Reply any] struct{ Endpoint }

// Empty is the request or reply of a route that has none.
type Empty struct{}

func public[Req, Reply any](name, method, path string) Route[Req, Reply] {
	return Route[Req, Reply]{Endpoint{Name: name, Method: method, Path: path, Access: Public}}
}

func customer[Req, Reply any](name, method, path string, right role.Right) Route[Req, Reply] {
	return Route[Req, Reply]{Endpoint{Name: name, Method: method, Path: path, Access: Customer, Right: right}}
}

func station[Req, Reply any](name, method, path string) Route[Req, Reply] {
	return Route[Req, Reply]{Endpoint{Name: name, Method: method, Path: path, Access: Station}}
}

// The routes.
var (
	Me          = customer[Empty, MeReply]("me", "GET", "/api/v1/me", role.SeeOwn)
	SetLanguage = customer[SetLanguageRequest, Empty]("me.language", "POST", "/api/v1/me/language", role.SeeOwn)
	Logout      = customer[Empty, LogoutReply]("session.end", "POST", "/api/v1/logout", role.SeeOwn)
	Overview    = customer[Empty, OverviewReply]("overview", "GET", "/api/v1/overview", role.SeeOverview)
	PassageList = customer[PassageListRequest, PassageListReply]("passage.list", "GET", "/api/v1/passages",
		role.SeePassages)
	PassageExport = customer[PassageExportRequest, Empty]("passage.export", "GET", "/api/v1/passages/export", role.SeePassages)

	Events       = customer[Empty, Event]("events", "GET", "/api/v1/events", role.SeeFleet) // server-sent events
	Recheck      = customer[RecheckRequest, RecheckReply]("bill", "GET", "/api/v1/bill", role.SeeFleet)
	FleetRecheck = customer[FleetRecheckRequest, FleetRecheckReply]("bill.fleet", "GET", "/api/v1/bill/fleet", role.SeeFleet)
	TariffBook   = public[Empty, TariffBookReply]("tariff.book", "GET", "/api/v1/tariffs")
	PassageBatch = station[Empty, BatchReply]("passage.batch", "POST", "/api/v1/station/passages")
)

// All lists every route, for the server's tests and the reference.
var All = []Endpoint{
	Me.Endpoint, SetLanguage.Endpoint, Logout.Endpoint, Overview.Endpoint, PassageList.Endpoint, PassageExport.Endpoint, Events.Endpoint,
	PassageBatch.Endpoint, Recheck.Endpoint, FleetRecheck.Endpoint, TariffBook.Endpoint,
	Vehicle.Endpoint, Profile.Endpoint, SaveProfile.Endpoint, ChangeEmail.Endpoint, SendCode.Endpoint, ConfirmCode.Endpoint,
	SaveConsents.Endpoint,
	Erase.Endpoint, Export.Endpoint, Sessions.Endpoint, EndSession.Endpoint, EndSessions.Endpoint,
	People.Endpoint, Invite.Endpoint, RemovePerson.Endpoint, ChangeRole.Endpoint, Withdraw.Endpoint,
	AgreementDraft.Endpoint, AgreementAnswer.Endpoint, AgreementBegin.Endpoint, AgreementConfirm.Endpoint,
	AgreementDetails.Endpoint, AgreementChange.Endpoint,
	InvoiceList.Endpoint, Invoice.Endpoint, InvoiceFile.Endpoint,
	Fleet.Endpoint, VehicleLookup.Endpoint, FleetCheck.Endpoint, FleetChange.Endpoint, FleetBulk.Endpoint, FleetConfirm.Endpoint, FleetExport.Endpoint, FleetHistory.Endpoint,
}
