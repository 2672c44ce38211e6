package portal

import (
	"context"

	"bompass/server/access"
	"bompass/shared/api"
)

func (h *Handlers) me(_ context.Context, actor access.Principal, _ api.Empty) (api.MeReply, error) {
	return api.MeReply{
		Person: actor.Person, Customer: actor.Customer, Name: actor.Name, Kind: actor.Kind,
		Language: actor.Language, CSRF: actor.CSRF, Parties: h.Parties != nil, Role: actor.Role,
	}, nil
}

func (h *Handlers) setLanguage(ctx context.Context, actor access.Principal, req api.SetLanguageRequest) (api.Empty, error) {
	return api.Empty{}, h.Access.SetLanguage(ctx, actor, req.Language)
}
