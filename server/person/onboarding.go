package person

import (
	"context"
	"time"

	"bompass/server/access"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// Requirements is what a person must provide before the portal can be used.
type Requirements struct {
	Name     bool // the issuer disclosed no name
	Email    bool // the account has no email address
	Consent  bool // the current privacy statement is not accepted
	Customer bool // there is no agreement, and the person was never asked whether they are a customer
}

// NeedsDetails reports whether the person must fill in the form of missing details.
func (m Requirements) NeedsDetails() bool { return m.Name || m.Email || m.Consent }

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

// Requirements returns what the actor must provide. A person without the right to make changes is not asked about
// agreements.
func (s *Service) Requirements(ctx context.Context, actor access.Principal) (Requirements, error) {
	standing, err := s.store.OnboardingState(ctx, actor.Account, actor.Customer, s.now())
	return Requirements{
		Name: actor.Person == "", Email: actor.Email == "",
		Consent:  standing.PrivacyVersion != toll.ConsentVersion(toll.ConsentPrivacy),
		Customer: !standing.CustomerAsked && !standing.HasAgreement && actor.Role.May(role.Change),
	}, err
}

// OnboardingDetails is the input of the onboarding form.
type OnboardingDetails struct {
	Name, Email string
	Consents    api.ConsentRequest
}

// CompleteOnboarding stores the missing details and leaves the others unchanged. waits reports that a new email address
// must be confirmed by its link. All input is checked before anything is stored.
func (s *Service) CompleteOnboarding(ctx context.Context, actor access.Principal, g OnboardingDetails) (waits bool, err error) {
	missing, err := s.Requirements(ctx, actor)
	if err != nil {
		return false, err
	}
	if missing.Name {
		if err := access.CheckName(g.Name); err != nil {
			return false, err
		}
	}
	if missing.Consent && !g.Consents.Given[toll.ConsentPrivacy] {
		return false, fault.New(fault.ConsentNeeded).At(string(toll.ConsentPrivacy))
	}
	if missing.Email { // checks the address and requires a recent step-up
		if err := s.ChangeEmail(ctx, actor, g.Email); err != nil {
			return false, err
		}
	}
	if missing.Name {
		if err := s.store.SetName(ctx, actor.Account, g.Name); err != nil {
			return false, err
		}
	}
	if missing.Consent {
		if _, err := s.SaveConsents(ctx, actor, g.Consents); err != nil {
			return false, err
		}
	}
	return missing.Email, nil
}

// MarkCustomerAsked stores that the actor has answered whether they are a customer.
func (s *Service) MarkCustomerAsked(ctx context.Context, actor access.Principal) error {
	return s.store.MarkCustomerAsked(ctx, actor.Account, s.now())
}
