package portal

import (
	"context"

	"bompass/server/access"
	"bompass/shared/api"
	"bompass/shared/i18n"
)

func (h *Handlers) me(_ context.Context, actor access.Principal, _ api.Empty) (api.MeReply, error) {
	words := i18n.For(actor.Language)
	return api.MeReply{
		Person: displayName(words, actor.Person), Customer: actor.Customer, Name: displayName(words, actor.Name), Kind: actor.Kind,
		Language: actor.Language, CSRF: actor.CSRF, Parties: h.Parties != nil, Role: actor.Role,
	}, nil
}

// displayName returns a name, or the word for a new user when the name is still missing.
func displayName(words *i18n.Words, name string) string {
	if name == "" {
		return words.T("eid.new.person")
	}
	return name
}

func (h *Handlers) setLanguage(ctx context.Context, actor access.Principal, req api.SetLanguageRequest) (api.Empty, error) {
	return api.Empty{}, h.Access.SetLanguage(ctx, actor, req.Language)
}
