package api

import (
	"time"

	"bompass/shared/oslo"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// AgreementStep is one question of the form with which a person becomes a customer.
type AgreementStep string

// The steps, in their order. StepCheck shows the answers and asks nothing.
const (
	StepCharger AgreementStep = "charger"
	StepDetails AgreementStep = "details" // left out when no details are missing, S2.28
	StepCountry AgreementStep = "country" // before the registration number, S2.30
	StepPlate   AgreementStep = "plate"
	StepVehicle AgreementStep = "vehicle" // confirms the data of the register, or states the data
	StepTag     AgreementStep = "tag"
	StepTerms   AgreementStep = "terms"
	StepCheck   AgreementStep = "check"
)

// AgreementSteps lists the steps in their order.
func AgreementSteps() []AgreementStep {
	return []AgreementStep{StepCharger, StepDetails, StepCountry, StepPlate, StepVehicle, StepTag, StepTerms, StepCheck}
}

// AgreementAnswers are a person's answers so far. A question with an empty value has not been answered.
type AgreementAnswers struct {
	Charger    toll.ChargerID         `json:"charger,omitempty"`
	Street     string                 `json:"street,omitempty"`
	PostalCode string                 `json:"postal_code,omitempty"`
	City       string                 `json:"city,omitempty"`
	Home       string                 `json:"home,omitempty"`    // country of the address
	Country    string                 `json:"country,omitempty"` // of the plate
	Plate      string                 `json:"plate,omitempty"`
	Sure       bool                   `json:"sure,omitempty"`   // the vehicle of the register, or the plate of a stated one, is right
	Stated     *toll.StatedVehicle    `json:"stated,omitempty"` // where no register has the vehicle
	Tag        string                 `json:"tag,omitempty"`    // yes, no
	Terms      map[toll.TermsKind]int `json:"terms,omitempty"`  // accepted versions
}

// VehicleFound is a vehicle as found in a register, S2.32. The owner is not part of it, because anyone can look up a
// registration number.
type VehicleFound struct {
	Make  string     `json:"make"`
	Model string     `json:"model,omitempty"`
	Since string     `json:"since,omitempty"` // year of first registration
	Facts toll.Facts `json:"facts"`
}

// ChargerChoice is a toll company that agreements can be made with.
type ChargerChoice struct {
	ID   toll.ChargerID `json:"id"`
	Name string         `json:"name"`
}

// AgreementDraftReply is the state of the form: the answers so far and what the next step needs. Next is the first step
// without an answer.
type AgreementDraftReply struct {
	ID       string                 `json:"id"` // of the draft; from one draft at most one agreement is made
	Answers  AgreementAnswers       `json:"answers"`
	Steps    []AgreementStep        `json:"steps"`   // the steps that apply to this person
	Missing  []string               `json:"missing"` // names of the details that StepDetails asks for
	Next     AgreementStep          `json:"next"`
	Chargers []ChargerChoice        `json:"chargers"`
	Found    *VehicleFound          `json:"found,omitempty"`
	Silent   bool                   `json:"silent,omitempty"` // the register is unavailable
	Meant    *toll.Plate            `json:"meant,omitempty"`  // the register has not the plate, but this one, which is much like it
	Terms    map[toll.TermsKind]int `json:"terms"`            // current versions
	Name     string                 `json:"name"`             // of the customer who will hold the agreement
	Email    string                 `json:"email"`
}

// AgreementStepRequest answers one step: the fields of Answers that belong to it.
type AgreementStepRequest struct {
	Step    AgreementStep    `json:"step"`
	Answers AgreementAnswers `json:"answers"`
}

// AgreementRequest makes an agreement from a draft. The request is idempotent: sent again with the same draft, it
// returns the same agreement.
type AgreementRequest struct {
	ID string `json:"id"`
}

// AgreementReceiptRequest names an agreement by its number.
type AgreementReceiptRequest struct {
	Number string `json:"number"`
}

// AgreementReceipt confirms an agreement.
type AgreementReceipt struct {
	ID      toll.AgreementID       `json:"id"`
	Number  string                 `json:"number"`
	Charger string                 `json:"charger"` // the toll company's name
	Plate   toll.Plate             `json:"plate"`
	From    time.Time              `json:"from"`
	Tag     bool                   `json:"tag,omitempty"` // a tag has been ordered
	Terms   map[toll.TermsKind]int `json:"terms"`
}

// AgreementDetailsReply is one agreement with what the customer may change on it.
type AgreementDetailsReply struct {
	Number    string             `json:"number"`
	Kind      toll.CustomerKind  `json:"kind"`
	Charger   string             `json:"charger"` // the toll company's name
	From      time.Time          `json:"from"`
	To        time.Time          `json:"to,omitzero"` // zero for an agreement without an end
	Blocked   bool               `json:"blocked,omitempty"`
	Reference string             `json:"reference"`       // of the customer, for invoices; empty for none
	Vehicles  []AgreementVehicle `json:"vehicles"`        // ordered by plate
	Debit     *DirectDebit       `json:"debit,omitempty"` // nil without
}

// DirectDebit is a mandate to draw the invoices of an agreement from an account (AvtaleGiro).
type DirectDebit struct {
	Since  oslo.Day `json:"since"`
	Notice bool     `json:"notice,omitempty"` // the bank sends a notice of each invoice
}

// AgreementVehicle is a vehicle on an agreement.
type AgreementVehicle struct {
	Plate   toll.Plate `json:"plate"`
	Class   string     `json:"class"` // toll.Class in words
	Tag     toll.TagID `json:"tag,omitempty"`
	Ordered bool       `json:"ordered,omitempty"` // a tag is ordered and not sent yet
	From    time.Time  `json:"from"`              // on the agreement since

	Reference string `json:"reference,omitempty"` // of the customer, for the vehicle
	Movable   bool   `json:"movable,omitempty"`   // the tag can be moved to another vehicle
}

// AgreementChangeRequest changes what the customer may change on an agreement.
type AgreementChangeRequest struct {
	Number    string `json:"number"`
	Reference string `json:"reference"`
}

// The routes of agreements: becoming a customer, and what an agreement says.
var (
	AgreementDraft = customer[Empty, AgreementDraftReply]("agreement.draft", "GET", "/api/v1/agreements/draft",
		role.Change)
	AgreementAnswer = customer[AgreementStepRequest, AgreementDraftReply]("agreement.answer", "POST",
		"/api/v1/agreements/draft", role.Change)
	AgreementBegin = customer[AgreementRequest, AgreementReceipt]("agreement.begin", "POST", "/api/v1/agreements",
		role.Change)
	AgreementConfirm = customer[AgreementReceiptRequest, AgreementReceipt]("agreement.receipt", "GET",
		"/api/v1/agreements/receipt", role.SeeOverview)
	AgreementDetails = customer[AgreementReceiptRequest, AgreementDetailsReply]("agreement.details", "GET",
		"/api/v1/agreements/details", role.SeeOverview)
	AgreementChange = customer[AgreementChangeRequest, AgreementDetailsReply]("agreement.change", "POST",
		"/api/v1/agreements/details", role.Change)
)
