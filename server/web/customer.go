package web

import (
	"context"

	"bompass/server/access"
	"bompass/shared/api"
	"bompass/shared/role"
)

func (s *server) me(_ context.Context, actor access.Principal, _ api.Empty) (api.MeReply, error) {
	return api.MeReply{
		Person: actor.Person, Customer: actor.Customer, Name: actor.Name, Kind: actor.Kind,
		Language: actor.Language, CSRF: actor.CSRF, Parties: s.Parties != nil, Role: actor.Role,
	}, nil
}

func (s *server) setLanguage(ctx context.Context, actor access.Principal, req api.SetLanguageRequest) (api.Empty, error) {
	return api.Empty{}, s.Desk.SetLanguage(ctx, actor, req.Language)
}

func (s *server) overview(ctx context.Context, actor access.Principal, _ api.Empty) (api.OverviewReply, error) {
	reply, err := s.Accounts.Overview(ctx, actor.Customer, actor.Kind, s.Now())
	if !actor.Role.May(role.SeePassages) {
		reply.Latest = []api.PassageLine{} // an accountant does not see where anybody drove
	}
	return reply, err
}
