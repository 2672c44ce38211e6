// Package site has the address of every page, once: the pages of the program and the pages that the
// server renders and that others link to. Server, program and tests build their links from it.
package site

import (
	"net/url"
	"slices"
)

// The pages of the program. The server paints their frame; the program fills it.
const (
	Overview         = "/"
	Vehicles         = "/vehicles"
	Vehicle          = "/vehicles/details" // one, by its id
	Passages         = "/passages"
	Invoices         = "/invoices"
	Invoice          = "/invoices/details" // one, by its number
	Recheck          = "/check"            // check my month again
	Prices           = "/prices"
	Profile          = "/profile"
	Sessions         = "/sessions"
	People           = "/people"
	Device           = "/device"
	NewAgreement     = "/agreements/new"
	AgreementReceipt = "/agreements/done"
	AgreementDetails = "/agreements/details"
	Tag              = "/tags/details" // one, by its number
	MoveTag          = "/tags/move"
	LostTag          = "/tags/lost"
	AddVehicle       = "/vehicles/add"
	RemoveVehicle    = "/vehicles/remove"
	ChangeReceipt    = "/vehicles/changed"
	FleetHistory     = "/vehicles/history"
)

// The pages that the server renders, before and without the program.
const (
	Login            = "/login"
	Help             = "/help"
	LoginHelp        = "/help/login"
	Message          = "/message"            // is a message from us?
	AgreementAddress = "/agreements/address" // of each agreement
	ImportVehicles   = "/vehicles/import"
	Dispute          = "/passages/dispute" // say that something is wrong with a passage, and what became of it
	PayInvoice       = "/invoices/pay"     // one, by its number
	InvoicePaid      = "/invoices/paid"    // what has become of a payment
	TagOrders        = "/tags/orders"      // order a tag or a holder, and follow the orders
	Cases            = "/cases"            // what one has written to customer service
	NewCase          = "/cases/new"        // write to customer service
	Case             = "/cases/details"    // one, by its number
	TagHelp          = "/help/tags"
	TagMounting      = "/help/tags/mounting"
	TagRemoval       = "/help/tags/removal"
	TagReturn        = "/help/tags/return"
	Welcome          = "/welcome"          // questions that must be answered before the program
	BecomeCustomer   = "/welcome/customer" // what to do without an agreement
	FindAgreements   = "/agreements/find"
	LinkAgreements   = "/agreements/link"
	Terms            = "/terms/" // followed by the kind of terms
	Parties          = "/parties"
	Security         = "/security"
	KeepSession      = "/security/device" // stay signed in on one's own device
	StepUp           = "/prove"           // show a factor before an important change
	Export           = "/export"
	Invitation       = "/invitation"
	Privacy          = "/privacy"
	Accessibility    = "/accessibility"
	Cookies          = "/cookies"
	Preferences      = "/preferences" // takes the choice of language and color scheme
	Logout           = "/logout"
)

// Pages lists the pages of the program. Every other address of the program is answered as not found.
func Pages() []string {
	return []string{Overview, Passages, Recheck, Prices, Profile, Sessions, People, Device, NewAgreement, AgreementReceipt, AgreementDetails, Vehicles, Vehicle, Tag, MoveTag, LostTag, AddVehicle, RemoveVehicle, ChangeReceipt, FleetHistory, Invoices, Invoice}
}

// Rendered lists the pages that the server renders. A link to one of them, or to an address below it,
// leaves the program.
func Rendered() []string {
	return []string{Login, Help, LoginHelp, TagHelp, TagMounting, TagRemoval, TagReturn, Welcome, BecomeCustomer, FindAgreements, LinkAgreements, Terms, Parties, Security, StepUp, Export, Invitation, Privacy, Accessibility, Cookies, Message, ImportVehicles, Dispute, TagOrders, AgreementAddress, PayInvoice, InvoicePaid, Cases, NewCase, Case}
}

// IsPage reports whether a path is a page of the program.
func IsPage(path string) bool { return slices.Contains(Pages(), path) }

// IsPublic reports whether a page of the program is shown to people who are not signed in.
func IsPublic(path string) bool { return path == Prices }

// With returns the address of a page with a query, its parameters in alphabetical order.
func With(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// Returning returns the address of a page that leads on to another address when it is done.
func Returning(path, next string) string { return With(path, url.Values{"next": {next}}) }

// The reasons for which a person comes to the sign-in page or to the page of the device.
const (
	WhyExpired   = "expired"    // the session has ended
	WhyCookies   = "cookies"    // the browser sent no cookie with the form
	WhySignedOut = "signed-out" // the person has signed out
	WhyLeft      = "left"       // signed out without a network: the session is still open at the server
)

// LoginAgain returns the address of the sign-in page after a session has ended. It leads back to next.
func LoginAgain(next string) string {
	return With(Login, url.Values{"next": {next}, "why": {WhyExpired}})
}

// Because returns the address of a page with the reason for which it is shown.
func Because(path, why string) string { return With(path, url.Values{"why": {why}}) }
