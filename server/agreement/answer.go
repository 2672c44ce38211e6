package agreement

import (
	"context"
	"slices"
	"strings"
	"time"

	"bompass/server/access"
	"bompass/server/partner/register"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/text"
	"bompass/shared/toll"
)

// Maximum lengths of fields, in characters.
const (
	textMax   = 100
	postalMax = 10
)

// answers are the contents of a draft.
type answers struct {
	api.AgreementAnswers
	Found        *register.Vehicle `json:"found,omitempty"`  // the vehicle that the register has for the plate
	RegisterDown bool              `json:"silent,omitempty"` // the register did not answer
	Meant        *toll.Plate       `json:"meant,omitempty"`  // a plate of the register that the person may have meant
	Accepted     time.Time         `json:"accepted,omitzero"`
}

func (a answers) plate() toll.Plate { return toll.NewPlate(a.Country, a.Plate) }

// steps returns the steps that a person has to answer.
func steps(missing []string) []api.AgreementStep {
	return slices.DeleteFunc(api.AgreementSteps(), func(s api.AgreementStep) bool { return s == api.StepDetails && len(missing) == 0 })
}

// next returns the first step that is not answered.
func (d *Service) next(a answers, missing []string) api.AgreementStep {
	for _, step := range steps(missing) {
		if !d.isAnswered(a, step, missing) {
			return step
		}
	}
	return api.StepCheck
}

// isAnswered reports whether a step has a valid answer. Answers are checked again on every request, because toll
// companies and terms can change while a draft waits.
func (d *Service) isAnswered(a answers, step api.AgreementStep, missing []string) bool {
	switch step {
	case api.StepCharger:
		return d.charger(a.Charger) != ""
	case api.StepDetails:
		return checkDetails(a.AgreementAnswers, missing) == nil
	case api.StepCountry:
		return a.Country != ""
	case api.StepPlate:
		return a.Plate != ""
	case api.StepVehicle:
		return a.Sure && (a.Found != nil || a.Stated != nil)
	case api.StepTag:
		return a.Tag != ""
	case api.StepTerms:
		return checkTerms(a.Terms) == nil
	case api.StepCheck:
	}
	return true
}

// Answer saves the answer to one step and returns the draft with its next step. A changed answer clears the answers
// that depend on it.
func (d *Service) Answer(ctx context.Context, actor access.Principal, req api.AgreementStepRequest) (api.AgreementDraftReply, error) {
	missing, err := d.missing(ctx, actor)
	if err != nil {
		return api.AgreementDraftReply{}, err
	}
	var looked register.Lookup
	if req.Step == api.StepPlate { // before the draft is locked
		if looked, err = d.findVehicle(ctx, actor, &req.Answers); err != nil {
			return api.AgreementDraftReply{}, err
		}
	}
	id, kept, err := d.drafts.Change(ctx, key(actor), func(a *answers) error {
		if req.Step != api.StepPlate {
			return d.applyAnswer(a, req, missing)
		}
		if a.Country != req.Answers.Country { // changed in another tab in the meantime
			return fault.New(fault.DraftGone)
		}
		if a.Plate != req.Answers.Plate {
			a.Plate, a.Sure, a.Stated = req.Answers.Plate, false, nil
		}
		a.Found, a.RegisterDown, a.Meant = looked.Found, looked.Silent, looked.Meant
		return nil
	})
	if err != nil {
		return api.AgreementDraftReply{}, err
	}
	return d.reply(ctx, actor, id, kept)
}

// applyAnswer validates the answer to one step and sets it in a.
func (d *Service) applyAnswer(a *answers, req api.AgreementStepRequest, missing []string) error {
	in := req.Answers
	switch req.Step {
	case api.StepCharger:
		if d.charger(in.Charger) == "" {
			return choiceFault(in.Charger != "", "charger")
		}
		a.Charger = in.Charger
	case api.StepDetails:
		in = trimDetails(in)
		if err := checkDetails(in, missing); err != nil {
			return err
		}
		a.Street, a.PostalCode, a.City, a.Home = in.Street, in.PostalCode, in.City, in.Home
	case api.StepCountry:
		if !countryCode(in.Country) {
			return choiceFault(in.Country != "", "country")
		}
		// A plate is looked up by country, so another country discards the plate and everything that was found for it.
		if a.Country != in.Country {
			a.Country, a.Plate, a.Found, a.Sure, a.Stated, a.Meant = in.Country, "", nil, false, nil, nil
		}
	case api.StepVehicle:
		return a.applyVehicle(in)
	case api.StepTag:
		if in.Tag != "yes" && in.Tag != "no" {
			return choiceFault(in.Tag != "", "tag")
		}
		a.Tag = in.Tag
	case api.StepTerms:
		if err := checkTerms(in.Terms); err != nil {
			return err
		}
		a.Terms, a.Accepted = toll.TermsInForce(), d.Now()
	// The plate is looked up by another route, and the last step has no answer.
	case api.StepPlate, api.StepCheck:
	default:
		return fault.New(fault.FieldWrong).At("step")
	}
	return nil
}

// applyVehicle sets that the person confirms the vehicle of the register or, without one, the facts that the person
// states.
func (a *answers) applyVehicle(in api.AgreementAnswers) error {
	if a.Plate == "" {
		return fault.New(fault.FieldMissing).At("plate")
	}
	if a.Found != nil {
		if !in.Sure {
			return fault.New(fault.FieldMissing).At("sure")
		}
		a.Sure, a.Stated = true, nil
		return nil
	}
	if in.Stated == nil {
		return fault.New(fault.FieldMissing).At("kind")
	}
	stated := *in.Stated
	var faults fault.List
	if !in.Sure { // nobody has compared the number with the plate
		faults.Add(fault.New(fault.FieldMissing).At("right"))
	}
	if _, wrong := stated.Facts(); wrong != "" {
		faults.Add(fault.New(fault.FieldMissing).At(wrong))
	}
	if err := faults.Err(); err != nil {
		return err
	}
	// Answers to questions that do not apply to this kind of vehicle are dropped.
	if !stated.AsksFuel() {
		stated.Fuel = ""
	}
	if !stated.AsksEuro() {
		stated.Euro = 0
	}
	a.Sure, a.Stated = true, &stated
	return nil
}

// findVehicle validates a plate and looks its vehicle up in the register. A vehicle that is on an agreement is refused
// here, and not after the last question; whose agreement that is, is not said. Lookups are limited, so that nobody can go
// through the plates of others.
func (d *Service) findVehicle(ctx context.Context, actor access.Principal, in *api.AgreementAnswers) (register.Lookup, error) {
	plate, err := register.CheckPlate(in.Country, in.Plate)
	if err != nil {
		return register.Lookup{}, err
	}
	in.Country, in.Plate = plate.Country, plate.Text
	if err := d.Limiter.AllowRequest(ctx, actor, "plate"); err != nil {
		return register.Lookup{}, err
	}
	number, taken, err := d.Store.AgreementOfVehicle(ctx, actor.Customer, plate, d.Now())
	switch {
	case err != nil:
		return register.Lookup{}, err
	case number != "":
		return register.Lookup{}, fault.New(fault.VehicleYours, "number", number).At("plate")
	case taken:
		return register.Lookup{}, fault.New(fault.VehicleTaken).At("plate")
	}
	return register.LookUp(ctx, d.Register, plate)
}

// choiceFault returns fault.FieldWrong for a choice that is not offered, or fault.FieldMissing when none was made.
func choiceFault(made bool, field string) error {
	if made {
		return fault.New(fault.FieldWrong).At(field)
	}
	return fault.New(fault.FieldMissing).At(field)
}

// checkTerms returns fault.TermsNeeded for each set of terms whose current version is not accepted.
func checkTerms(accepted map[toll.TermsKind]int) error {
	var faults fault.List
	for _, kind := range toll.Terms() {
		if accepted[kind] != toll.TermsVersion(kind) {
			faults.Add(fault.New(fault.TermsNeeded).At(string(kind)))
		}
	}
	return faults.Err()
}

func trimDetails(in api.AgreementAnswers) api.AgreementAnswers {
	for _, s := range []*string{&in.Street, &in.PostalCode, &in.City, &in.Home} {
		*s = strings.TrimSpace(*s)
	}
	return in
}

// checkDetails returns the faults of the missing fields that are empty or invalid.
func checkDetails(in api.AgreementAnswers, missing []string) error {
	var faults fault.List
	for _, f := range []struct {
		name, value string
		max         int
	}{{"street", in.Street, textMax}, {"postal_code", in.PostalCode, postalMax}, {"city", in.City, textMax}, {"home", in.Home, 2}} {
		switch {
		case !slices.Contains(missing, f.name):
		case f.value == "":
			faults.Add(fault.New(fault.FieldMissing).At(f.name))
		case !text.HasAtMost(f.value, f.max) || !text.IsLine(f.value):
			faults.Add(fault.New(fault.FieldWrong).At(f.name))
		case f.name == "home" && !countryCode(f.value), f.name == "postal_code" && in.Home == "NO" && !digits(f.value, 4):
			faults.Add(fault.New(fault.FieldWrong).At(f.name))
		}
	}
	return faults.Err()
}

func digits(s string, n int) bool {
	return len(s) == n && !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

// countryCode reports whether a text has the form of an ISO 3166 alpha-2 code.
func countryCode(s string) bool {
	return len(s) == 2 && !strings.ContainsFunc(s, func(r rune) bool { return r < 'A' || r > 'Z' })
}
