package person

import (
	"context"
	"time"

	"bompass/server/access"
	"bompass/server/notice"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// Requirements is what a person must provide before the portal can be used.
type Requirements struct {
	Name       bool // the issuer disclosed no name
	Email      bool // the account has no email address
	Mobile     bool // the account has no mobile number
	MobileCode bool // the mobile number must be confirmed by a code
	Address    bool // the postal address is incomplete
	Consent    bool // the current privacy statement is not accepted
	Customer   bool // there is no agreement, and the person was never asked whether they are a customer
}

// NeedsForm reports whether the person must fill in the form of missing details.
func (r Requirements) NeedsForm() bool {
	return r.Name || r.Email || r.Mobile || r.Address || r.Consent
}

// NeedsDetails reports whether the person must fill in the form of missing details or confirm the mobile number.
func (r Requirements) NeedsDetails() bool { return r.NeedsForm() || r.MobileCode }

// OnboardingState is the stored progress of a person's onboarding.
type OnboardingState struct {
	PrivacyVersion int  // version of the privacy statement that is accepted; 0 for none
	CustomerAsked  bool // the person answered whether they are a customer
	HasAgreement   bool // the customer acted for has one
}

// OnboardingStore stores the progress of onboarding.
type OnboardingStore interface {
	OnboardingState(ctx context.Context, account toll.AccountID, customer toll.CustomerID, now time.Time) (OnboardingState, error)
	// SetName sets the name of a person and of the private customers with the old name.
	SetName(ctx context.Context, account toll.AccountID, name string) error
	MarkCustomerAsked(ctx context.Context, account toll.AccountID, now time.Time) error
}

// missingDetails returns the details that the actor must provide. A number is confirmed by a code where codes can be
// sent by SMS.
func (s *Service) missingDetails(actor access.Principal) Requirements {
	return Requirements{
		Name: actor.Person == "", Email: actor.Email == "", Mobile: !actor.Contact.Mobile, Address: !actor.Contact.Address,
		MobileCode: actor.Contact.Mobile && !actor.Contact.MobileConfirmed && s.ConfirmsMobile(),
	}
}

// ConfirmsMobile reports whether mobile numbers are confirmed by codes, which needs a provider of SMS.
func (s *Service) ConfirmsMobile() bool { return s.writer.CheckChannel(notice.SMS) == nil }

// RequireDetails returns fault.DetailsNeeded if the actor must provide details first.
func (s *Service) RequireDetails(actor access.Principal) error {
	if s.missingDetails(actor).NeedsDetails() {
		return fault.New(fault.DetailsNeeded)
	}
	return nil
}

// Requirements returns what the actor must provide. A person without the right to make changes is not asked about
// agreements.
func (s *Service) Requirements(ctx context.Context, actor access.Principal) (Requirements, error) {
	state, err := s.store.OnboardingState(ctx, actor.Account, actor.Customer, s.now())
	r := s.missingDetails(actor)
	r.Consent = state.PrivacyVersion != toll.ConsentVersion(toll.ConsentPrivacy)
	r.Customer = !state.CustomerAsked && !state.HasAgreement && actor.Role.May(role.Change)
	return r, err
}

// OnboardingDetails is the input of the onboarding form. Of Contact, the mobile number and the postal address are read.
type OnboardingDetails struct {
	Name, Email string
	Contact     api.Details
	Consents    api.ConsentRequest
}

// OnboardingResult is what is left to do after the onboarding form.
type OnboardingResult struct {
	EmailLink  bool // the new email address must be confirmed by the link that was sent
	MobileCode bool // the new mobile number must be confirmed by the code that was sent
	Unchecked  bool // the new mobile number stays unconfirmed, because no codes can be sent
}

// CompleteOnboarding stores the missing details and leaves the others unchanged. All input is checked before anything
// is stored; its error has the faults of all fields.
func (s *Service) CompleteOnboarding(ctx context.Context, actor access.Principal, g OnboardingDetails) (OnboardingResult, error) {
	var result OnboardingResult
	missing, err := s.Requirements(ctx, actor)
	if err != nil {
		return result, err
	}
	if err := checkOnboarding(missing, &g); err != nil {
		return result, err
	}
	if missing.Email || missing.Mobile {
		if err := s.stepUp.RequireStepUp(actor); err != nil {
			return result, err
		}
	}
	if missing.Email {
		if err := s.ChangeEmail(ctx, actor, g.Email); err != nil {
			return result, err
		}
		result.EmailLink = true
	}
	if missing.Name {
		if err := s.store.SetName(ctx, actor.Account, g.Name); err != nil {
			return result, err
		}
	}
	if missing.Mobile || missing.Address {
		if err := s.addContact(ctx, actor, missing, g.Contact); err != nil {
			return result, err
		}
		result.MobileCode, result.Unchecked = missing.Mobile && s.ConfirmsMobile(), missing.Mobile && !s.ConfirmsMobile()
	}
	if missing.Consent {
		_, err = s.SaveConsents(ctx, actor, g.Consents)
	}
	return result, err
}

// checkOnboarding puts the input into its stored form and returns the faults of all missing fields.
func checkOnboarding(missing Requirements, g *OnboardingDetails) error {
	var faults fault.List
	if missing.Name {
		faults.Add(access.CheckName(g.Name))
	}
	if missing.Email && !access.CheckEmail(g.Email) {
		faults.Add(wrongOrMissing(g.Email).At("email"))
	}
	if missing.Mobile {
		faults.Add(normalizeMobile(&g.Contact.Mobile))
	}
	if missing.Address {
		faults = append(faults, normalizeAddress(&g.Contact)...)
	}
	if missing.Consent && !g.Consents.Given[toll.ConsentPrivacy] {
		faults.Add(fault.New(fault.ConsentNeeded).At(string(toll.ConsentPrivacy)))
	}
	return faults.Err()
}

// addContact adds the missing mobile number and postal address to the other details.
func (s *Service) addContact(ctx context.Context, actor access.Principal, missing Requirements, given api.Details) error {
	was, err := s.store.Profile(ctx, actor.Account, actor.Customer)
	if err != nil {
		return err
	}
	d := was.Details
	if missing.Mobile {
		d.Mobile = given.Mobile
	}
	if missing.Address {
		d.Street, d.PostalCode, d.City, d.Country = given.Street, given.PostalCode, given.City, given.Country
	}
	return s.saveDetails(ctx, actor, was.Details, d)
}

// ChangeMobile replaces the mobile number, which must be confirmed by the code that is sent to it. It sends a new code
// if the number is the same.
func (s *Service) ChangeMobile(ctx context.Context, actor access.Principal, mobile string) error {
	if err := normalizeMobile(&mobile); err != nil {
		return err
	}
	was, err := s.store.Profile(ctx, actor.Account, actor.Customer)
	if err != nil {
		return err
	}
	if was.Mobile == mobile {
		return s.SendCode(ctx, actor, Mobile)
	}
	d := was.Details
	d.Mobile = mobile
	return s.saveDetails(ctx, actor, was.Details, d)
}

// MarkCustomerAsked stores that the actor has answered whether they are a customer.
func (s *Service) MarkCustomerAsked(ctx context.Context, actor access.Principal) error {
	return s.store.MarkCustomerAsked(ctx, actor.Account, s.now())
}
