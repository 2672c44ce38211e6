package person

import (
	"context"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/shared/api"
	"bompass/shared/toll"
)

// SessionStore keeps where people are signed in.
type SessionStore interface {
	Sessions(ctx context.Context, account toll.AccountID, here seal.Hash) ([]api.SessionLine, error)
	History(ctx context.Context, account toll.AccountID, most int) ([]api.EventLine, error)
	// EndSessionByID returns the session's hash, or fault.NotFound when it is not the account's.
	EndSessionByID(ctx context.Context, account toll.AccountID, id string) (seal.Hash, error)
	// EndSessions returns the hashes of all that ended.
	EndSessions(ctx context.Context, account toll.AccountID, letters []notice.Message) ([]seal.Hash, error)
}

// Sessions says where the actor is signed in and what has happened to the account.
func (d *Service) Sessions(ctx context.Context, actor access.Principal) (api.SessionsReply, error) {
	sessions, err := d.store.Sessions(ctx, actor.Account, actor.Session)
	if err != nil {
		return api.SessionsReply{}, err
	}
	history, err := d.store.History(ctx, actor.Account, HistoryMax)
	return api.SessionsReply{Sessions: sessions, History: history}, err
}

// EndSession ends one of the actor's sessions and returns what names it.
func (d *Service) EndSession(ctx context.Context, actor access.Principal, id string) (seal.Hash, error) {
	return d.store.EndSessionByID(ctx, actor.Account, id)
}

// EndSessions ends all of the actor's sessions, this one too.
func (d *Service) EndSessions(ctx context.Context, actor access.Principal) ([]seal.Hash, error) {
	letter, err := d.writer.Mail(notice.SessionsEnded, recipient(actor), notice.Content{})
	if err != nil {
		return nil, err
	}
	return d.store.EndSessions(ctx, actor.Account, []notice.Message{letter})
}
