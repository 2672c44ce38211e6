package web

import (
	"context"

	"bompass/server/access"
	"bompass/shared/api"
)

func (s *server) bill(ctx context.Context, actor access.Principal, req api.BillRequest) (api.BillReply, error) {
	reply, err := s.Passages.Bill(ctx, actor.Customer, req)
	reply.Tariffs = s.tariffs.version
	return reply, err
}
