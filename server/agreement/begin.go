package agreement

import (
	"context"

	"github.com/google/uuid"

	"bompass/server/access"
	"bompass/server/draft"
	"bompass/server/notice"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Sources of the facts of a vehicle.
const (
	FromRegister = "register"
	FromPerson   = "stated"
)

// Confirm makes the actor's draft into an agreement, in force from now on, and returns its receipt. Confirming the
// same draft again, from another tab or after a crash, returns the same receipt. The error is fault.DraftGone for a
// draft that does not exist.
func (d *Service) Confirm(ctx context.Context, actor access.Principal, id string) (api.AgreementReceipt, error) {
	if uuid.Validate(id) != nil {
		return api.AgreementReceipt{}, fault.New(fault.DraftGone)
	}
	missing, err := d.missing(ctx, actor)
	if err != nil {
		return api.AgreementReceipt{}, err
	}
	now := d.Now()
	made, err := d.Store.AddAgreement(ctx, Application{
		// Make is called in the transaction, with the draft locked, unless the draft was confirmed before.
		Key: key(actor), Draft: id, At: now, Since: now.Add(-draft.MaxAge),
		Make: func(saved draft.Draft, number string) (NewAgreement, error) {
			a, err := d.drafts.Open(key(actor), saved)
			if err != nil {
				return NewAgreement{}, err
			}
			if step := d.next(a, missing); step != api.StepCheck {
				return NewAgreement{}, missingAnswer(step)
			}
			return d.newAgreement(actor, a, toll.Validity{From: now}, number)
		},
	})
	if err != nil {
		return api.AgreementReceipt{}, err
	}
	return d.receipt(made), nil
}

// missingAnswer returns the fault of a step that is not answered.
func missingAnswer(step api.AgreementStep) error {
	if step == api.StepTerms {
		return fault.New(fault.TermsNeeded).At(string(step))
	}
	return fault.New(fault.FieldMissing).At(string(step))
}

// newAgreement returns the agreement of complete answers, with its receipt as a message.
func (d *Service) newAgreement(actor access.Principal, a answers, from toll.Validity, number string) (NewAgreement, error) {
	n := NewAgreement{
		Agreement: toll.Agreement{
			ID: toll.AgreementID(uuid.NewString()), Number: number, Customer: actor.Customer, Issuer: d.Issuer, Charger: a.Charger, Validity: from,
		},
		Vehicle:  toll.Vehicle{ID: toll.VehicleID(uuid.NewString()), Plate: a.plate()},
		OrderTag: a.Tag == "yes", Terms: a.Terms, Accepted: a.Accepted,
	}
	// A company's own address is not changed by one agreement; the tag is sent to the address that was entered.
	if actor.Kind == toll.Company {
		n.TagAddress = a.Street + ", " + a.PostalCode + " " + a.City + ", " + a.Home
	} else {
		n.Details = api.Details{Street: a.Street, PostalCode: a.PostalCode, City: a.City, Country: a.Home}
	}
	if a.Found != nil {
		n.Vehicle.Facts, n.Vehicle.LengthMM, n.Source = a.Found.Facts, a.Found.LengthMM, FromRegister
	} else {
		n.Vehicle.Facts, _ = a.Stated.Facts()
		n.Source = FromPerson
	}
	to := notice.Recipient{Account: actor.Account, Name: actor.Person, Address: actor.Email, Language: actor.Language}
	receipt, err := d.Messages.Mail(notice.AgreementMade, to, notice.Content{
		Link: "/agreements/done?number=" + number, Params: []any{"number", number, "charger", d.charger(a.Charger), "plate", n.Vehicle.Plate.String()},
	})
	n.Messages = []notice.Message{receipt}
	return n, err
}
