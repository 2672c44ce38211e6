package portal

import (
	"context"

	"bompass/server/access"
	"bompass/server/web/kit"
	"bompass/shared/api"
	"bompass/shared/i18n"
)

func (h *Handlers) me(ctx context.Context, actor access.Principal, _ api.Empty) (api.MeReply, error) {
	words := i18n.For(actor.Language)
	reply := api.MeReply{
		Person: kit.DisplayName(words, actor.Person), Owner: h.Keys.OwnerTag(string(actor.Account)), Customer: actor.Customer, Name: kit.DisplayName(words, actor.Name), Kind: actor.Kind,
		Language: actor.Language, CSRF: actor.CSRF, Actor: kit.ActorName(actor), Now: h.Now(), Parties: h.Parties != nil, Role: actor.Role, Kept: actor.Own,
	}
	if own := h.ContactOf(ctx, actor); !own.Equal(h.Contact) {
		reply.Service = &own
	}
	if h.Parties == nil {
		return reply, nil
	}
	var err error
	reply.Others, err = h.Others(ctx, actor)
	return reply, err
}

func (h *Handlers) setLanguage(ctx context.Context, actor access.Principal, req api.SetLanguageRequest) (api.Empty, error) {
	return api.Empty{}, h.Access.SetLanguage(ctx, actor, req.Language)
}
