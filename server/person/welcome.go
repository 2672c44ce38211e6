package person

import (
	"context"
	"time"

	"bompass/server/access"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// Requirements is what a person must give or answer before the portal opens, S2.18.
type Requirements struct {
	Name     bool // the eID told none
	Email    bool // every account has an address, S2.01
	Consent  bool // today's privacy statement is not accepted, S4.28
	Customer bool // there is no agreement, and the person was never asked about one, S1.09
}

// NeedsDetails tells whether the person must give something.
func (m Requirements) NeedsDetails() bool { return m.Name || m.Email || m.Consent }

// OnboardingState is what the store knows of how far a person has come.
type OnboardingState struct {
	PrivacyVersion int  // version of the privacy statement that is accepted; 0 for none
	CustomerAsked  bool // whether they are a customer somewhere
	HasAgreement   bool // the customer acted for has one
}

// OnboardingStore keeps how far people have come with what they must give.
type OnboardingStore interface {
	OnboardingState(ctx context.Context, account toll.AccountID, customer toll.CustomerID, now time.Time) (OnboardingState, error)
	// SetName names a person and the private customers that carried the old name.
	SetName(ctx context.Context, account toll.AccountID, name string) error
	MarkCustomerAsked(ctx context.Context, account toll.AccountID, now time.Time) error
}

// Requirements says what the actor must give or answer first. Who may not change anything is not asked about
// agreements.
func (d *Service) Requirements(ctx context.Context, actor access.Principal) (Requirements, error) {
	standing, err := d.store.OnboardingState(ctx, actor.Account, actor.Customer, d.now())
	return Requirements{
		Name: nameless(actor.Person), Email: actor.Email == "",
		Consent:  standing.PrivacyVersion != toll.ConsentVersion(toll.ConsentPrivacy),
		Customer: !standing.CustomerAsked && !standing.HasAgreement && actor.Role.May(role.Change),
	}, err
}

// nameless tells the name that people have until they give one.
func nameless(person string) bool {
	for _, lang := range i18n.Languages() {
		if person == i18n.For(lang).T("eid.new.person") {
			return true
		}
	}
	return false
}

// OnboardingDetails is what a person gives on the way in.
type OnboardingDetails struct {
	Name, Email string
	Consents    api.ConsentRequest
}

// CompleteOnboarding takes what is missing; what is not is left as it is. A new address is the person's once its link
// was followed, which waits tells. All is looked at before anything is kept.
func (d *Service) CompleteOnboarding(ctx context.Context, actor access.Principal, g OnboardingDetails) (waits bool, err error) {
	missing, err := d.Requirements(ctx, actor)
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
	if missing.Email { // refuses what cannot be one, and asks for a factor
		if err := d.ChangeEmail(ctx, actor, g.Email); err != nil {
			return false, err
		}
	}
	if missing.Name {
		if err := d.store.SetName(ctx, actor.Account, g.Name); err != nil {
			return false, err
		}
	}
	if missing.Consent {
		if _, err := d.SaveConsents(ctx, actor, g.Consents); err != nil {
			return false, err
		}
	}
	return missing.Email, nil
}

// MarkCustomerAsked notes that the actor has answered whether they are a customer somewhere, S2.25.
func (d *Service) MarkCustomerAsked(ctx context.Context, actor access.Principal) error {
	return d.store.MarkCustomerAsked(ctx, actor.Account, d.now())
}
