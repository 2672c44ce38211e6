package fleet

import (
	"context"
	"strconv"

	"github.com/google/uuid"

	"bompass/server/access"
	"bompass/shared/api"
	"bompass/shared/fault"
)

// Receipt returns the receipt of a change of the actor's customer, or fault.NotFound.
func (s *Service) Receipt(ctx context.Context, actor access.Principal, key string) (api.FleetReceipt, error) {
	if uuid.Validate(key) != nil {
		return api.FleetReceipt{}, fault.New(fault.NotFound)
	}
	return s.store.Receipt(ctx, actor.Customer, key)
}

// historyPage is the number of changes on a page.
const historyPage = 50

// History returns a page of the changes of an agreement, a vehicle or a tag of the actor's customer, or of all.
func (s *Service) History(ctx context.Context, actor access.Principal, req api.FleetHistoryRequest) (api.FleetHistoryReply, error) {
	before := int64(0)
	if req.Before != "" {
		var err error
		if before, err = strconv.ParseInt(req.Before, 10, 64); err != nil || before <= 0 {
			return api.FleetHistoryReply{}, fault.New(fault.FieldWrong).At("before")
		}
	}
	if req.Vehicle != "" && uuid.Validate(string(req.Vehicle)) != nil {
		return api.FleetHistoryReply{}, fault.New(fault.NotFound)
	}
	events, err := s.store.History(ctx, actor.Customer, req, before, historyPage+1)
	if err != nil {
		return api.FleetHistoryReply{}, err
	}
	reply := api.FleetHistoryReply{Events: events}
	if len(events) > historyPage {
		reply.Events = events[:historyPage]
		reply.Next = strconv.FormatInt(reply.Events[historyPage-1].ID, 10)
	}
	return reply, nil
}
