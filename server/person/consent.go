package person

import (
	"context"

	"bompass/server/access"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// SaveConsents stores an answer to every question with the version of its text and the time. Withdrawing consent works
// the same way as giving it.
func (s *Service) SaveConsents(ctx context.Context, actor access.Principal, req api.ConsentRequest) (api.ProfileReply, error) {
	if err := checkConsents(req.Given); err != nil {
		return api.ProfileReply{}, err
	}
	var list []api.Consent
	for _, kind := range toll.Consents() {
		list = append(list, api.Consent{Kind: kind, Given: req.Given[kind], Version: toll.ConsentVersion(kind), At: s.now()})
	}
	if err := s.store.SaveConsents(ctx, actor.Account, list); err != nil {
		return api.ProfileReply{}, err
	}
	return s.Profile(ctx, actor)
}

// checkConsents returns the fault of answers that cannot be stored: the privacy statement must be accepted.
func checkConsents(given map[toll.ConsentKind]bool) error {
	switch {
	case !given[toll.ConsentPrivacy]:
		return fault.New(fault.ConsentNeeded).At("privacy")
	case len(given) > len(toll.Consents()):
		return fault.New(fault.FieldWrong).At("given")
	}
	return nil
}

// consentStates returns every question with the person's latest answer.
func consentStates(taken []api.Consent) (list []api.Consent) {
	given, latest := map[toll.ConsentKind]bool{}, map[toll.ConsentKind]api.Consent{}
	for _, c := range taken {
		given[c.Kind], latest[c.Kind] = c.Given, c
	}
	for _, kind := range toll.Consents() {
		c := latest[kind]
		c.Kind, c.Current = kind, toll.ConsentVersion(kind)
		c.Reaches = c.Given
		if kind == toll.ConsentAdvertising {
			c.Reaches = toll.AdvertisingEffective(given)
		}
		list = append(list, c)
	}
	return list
}
