package access

import (
	"context"
	"time"

	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/shared/fault"
)

// How long one-time links are valid.
const (
	RegisterMax   = 24 * time.Hour
	ResetMax      = 20 * time.Minute
	EmailMax      = 24 * time.Hour
	EmailUndoMax  = 7 * 24 * time.Hour
	InvitationMax = 7 * 24 * time.Hour
	FindMax       = 24 * time.Hour
)

// Links stores one-time links.
type Links interface {
	// AddLinks stores links with the messages that carry them, and deletes some expired links.
	AddLinks(ctx context.Context, now time.Time, links []seal.Link, messages []notice.Message) error
	// FindLink returns fault.LinkSpent for a link that is unknown, used, expired or for another purpose.
	FindLink(ctx context.Context, hash seal.Hash, purpose seal.Purpose, now time.Time) (seal.Link, error)
}

// openLink finds the link of a token and decodes its content.
func (r *Registrar) openLink(ctx context.Context, token seal.Token, purpose seal.Purpose, content any) (seal.Link, error) {
	if !token.Plausible() {
		return seal.Link{}, fault.New(fault.LinkSpent)
	}
	link, err := r.store.FindLink(ctx, token.Hash(), purpose, r.service.now())
	if err != nil {
		return seal.Link{}, err
	}
	return link, r.service.keys.OpenLink(link, content)
}
