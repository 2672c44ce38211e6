package web

import (
	"context"

	"bompass/server/access"
	"bompass/shared/api"
	"bompass/shared/role"
)

// shown are the routes that pages are made of; a role that may not ask one does not see its page.
func shown() []api.Endpoint {
	return []api.Endpoint{
		api.Overview.Endpoint, api.PassageList.Endpoint, api.Bill.Endpoint, api.Events.Endpoint, api.People.Endpoint,
		api.AgreementDraft.Endpoint,
	}
}

// hides names the routes of pages that an actor's role may not ask.
func hides(actor access.Actor) (names []string) {
	for _, r := range shown() {
		if !actor.Role.May(rightOf(r.Name)) || actor.Role == role.Driver && whole(r.Path) {
			names = append(names, r.Name)
		}
	}
	return names
}

func (s *server) me(_ context.Context, actor access.Actor, _ api.Empty) (api.MeReply, error) {
	return api.MeReply{
		Person: actor.Person, Customer: actor.Customer, Name: actor.Name, Kind: actor.Kind,
		Language: actor.Language, CSRF: actor.CSRF, Parties: s.Parties != nil, Hides: hides(actor),
	}, nil
}

func (s *server) setLanguage(ctx context.Context, actor access.Actor, req api.SetLanguageRequest) (api.Empty, error) {
	return api.Empty{}, s.Desk.SetLanguage(ctx, actor, req.Language)
}

func (s *server) overview(ctx context.Context, actor access.Actor, _ api.Empty) (api.OverviewReply, error) {
	reply, err := s.Accounts.Overview(ctx, actor.Customer, actor.Kind, s.Now())
	if !actor.Role.May(role.SeePassages) {
		reply.Latest = []api.PassageLine{} // an accountant does not see where anybody drove
	}
	return reply, err
}
