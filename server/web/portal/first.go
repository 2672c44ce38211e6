package portal

import (
	"context"
	"strings"

	"bompass/server/access"
	"bompass/server/web/kit"
	"bompass/shared/api"
	"bompass/shared/fault"
)

// FirstAnswer answers a call that a page makes before it is shown for the first time. The path has the call's query.
// Calls that no page needs for its first screen return fault.NotFound.
func (h *Handlers) FirstAnswer(ctx context.Context, actor access.Principal, path string) (any, error) {
	path, query, _ := strings.Cut(path, "?")
	switch path {
	case api.Me.Path:
		return kit.Answer(ctx, h.Kit, api.Me, actor, query, h.me)
	case api.Overview.Path:
		return kit.Answer(ctx, h.Kit, api.Overview, actor, query, kit.Limited(h.reading, h.overview))
	case api.PassageList.Path:
		return kit.Answer(ctx, h.Kit, api.PassageList, actor, query, kit.Limited(h.reading, h.passageList))
	}
	return nil, fault.New(fault.NotFound)
}
