package api

import (
	"time"

	"bompass/shared/role"
	"bompass/shared/toll"
)

// AgreementStep is one question on the way to an agreement.
type AgreementStep string

// The steps, in their order. Check has nothing to answer.
const (
	StepCharger AgreementStep = "charger"
	StepDetails AgreementStep = "details" // left out when nothing is missing, S2.28
	StepCountry AgreementStep = "country" // before the registration number, S2.30
	StepPlate   AgreementStep = "plate"
	StepVehicle AgreementStep = "vehicle" // what the register says of it, or what the person states
	StepTag     AgreementStep = "tag"
	StepTerms   AgreementStep = "terms"
	StepCheck   AgreementStep = "check"
)

// AgreementSteps lists the steps in their order.
func AgreementSteps() []AgreementStep {
	return []AgreementStep{StepCharger, StepDetails, StepCountry, StepPlate, StepVehicle, StepTag, StepTerms, StepCheck}
}

// AgreementAnswers are what a person has answered so far. What is empty has not been.
type AgreementAnswers struct {
	Charger    toll.ChargerID         `json:"charger,omitempty"`
	Street     string                 `json:"street,omitempty"`
	PostalCode string                 `json:"postal_code,omitempty"`
	City       string                 `json:"city,omitempty"`
	Home       string                 `json:"home,omitempty"`    // country of the address
	Country    string                 `json:"country,omitempty"` // of the plate
	Plate      string                 `json:"plate,omitempty"`
	Sure       bool                   `json:"sure,omitempty"`   // the vehicle that the register tells of is the one
	Stated     *toll.StatedVehicle    `json:"stated,omitempty"` // where no register tells
	Tag        string                 `json:"tag,omitempty"`    // yes, no
	Terms      map[toll.TermsKind]int `json:"terms,omitempty"`  // versions that are accepted
}

// VehicleFound is what a register tells of a vehicle, S2.32: nothing of who owns it.
type VehicleFound struct {
	Make  string     `json:"make"`
	Model string     `json:"model,omitempty"`
	Since string     `json:"since,omitempty"` // year of the first registration
	Facts toll.Facts `json:"facts"`
}

// ChargerChoice is a toll company to have an agreement with.
type ChargerChoice struct {
	ID   toll.ChargerID `json:"id"`
	Name string         `json:"name"`
}

// AgreementDraftReply is how far a person has come. Next is the first step that is not answered.
type AgreementDraftReply struct {
	ID       string                 `json:"id"` // names the answers; one of them makes one agreement
	Answers  AgreementAnswers       `json:"answers"`
	Steps    []AgreementStep        `json:"steps"` // those that this person is asked
	Missing  []string               `json:"missing"`
	Next     AgreementStep          `json:"next"`
	Chargers []ChargerChoice        `json:"chargers"`
	Found    *VehicleFound          `json:"found,omitempty"`
	Silent   bool                   `json:"silent,omitempty"` // the register could not be asked
	Terms    map[toll.TermsKind]int `json:"terms"`            // versions today
	Name     string                 `json:"name"`             // of the customer whose agreement it becomes
	Email    string                 `json:"email"`
}

// AgreementStepRequest answers one step: the fields of Answers that belong to it.
type AgreementStepRequest struct {
	Step    AgreementStep    `json:"step"`
	Answers AgreementAnswers `json:"answers"`
}

// AgreementRequest makes the agreement of the answers. Asked again with the same answers, it is the same
// agreement.
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
	Tag     bool                   `json:"tag,omitempty"` // one is on its way
	Terms   map[toll.TermsKind]int `json:"terms"`
}

// The routes of becoming a customer.
var (
	AgreementDraft   = customer[Empty, AgreementDraftReply]("agreement.draft", "GET", "/api/v1/agreements/draft", role.Change)
	AgreementAnswer  = customer[AgreementStepRequest, AgreementDraftReply]("agreement.answer", "POST", "/api/v1/agreements/draft", role.Change)
	AgreementBegin   = customer[AgreementRequest, AgreementReceipt]("agreement.begin", "POST", "/api/v1/agreements", role.Change)
	AgreementConfirm = customer[AgreementReceiptRequest, AgreementReceipt]("agreement.receipt", "GET", "/api/v1/agreements/receipt", role.SeeOverview)
)
