package agreement

import (
	"context"

	"github.com/google/uuid"

	"bompass/server/access"
	"bompass/server/notice"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Where the facts of a vehicle come from.
const (
	FromRegister = "register"
	FromPerson   = "stated"
)

// Confirm makes the agreement of the actor's answers, in force from now on. The same answers sent again, by
// a second press, another tab or after a crash, give the same agreement.
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
		Owner: owner(actor), Draft: id, At: now, Since: now.Add(-DraftMax),
		Make: func(draft Draft, number string) (NewAgreement, error) {
			a, err := d.open(owner(actor), draft)
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

// missingAnswer is the fault of answers that are not complete.
func missingAnswer(step api.AgreementStep) error {
	if step == api.StepTerms {
		return fault.New(fault.TermsNeeded).At(string(step))
	}
	return fault.New(fault.FieldMissing).At(string(step))
}

func (d *Service) newAgreement(actor access.Principal, a answers, from toll.Validity, number string) (NewAgreement, error) {
	n := NewAgreement{
		Agreement: toll.Agreement{
			ID: toll.AgreementID(uuid.NewString()), Number: number, Customer: actor.Customer, Issuer: d.Issuer, Charger: a.Charger, Validity: from,
		},
		Vehicle:  toll.Vehicle{ID: toll.VehicleID(uuid.NewString()), Plate: a.plate()},
		OrderTag: a.Tag == "yes", Terms: a.Terms, Accepted: a.Accepted,
	}
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
	letter, err := d.Messages.Mail(notice.AgreementMade, to, notice.Content{
		Link: "/agreements/done?number=" + number, Params: []any{"number", number, "charger", d.charger(a.Charger), "plate", n.Vehicle.Plate.String()},
	})
	n.Messages = []notice.Message{letter}
	return n, err
}
