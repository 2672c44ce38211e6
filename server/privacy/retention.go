// Package privacy owns how long what we remember is kept: the time of each kind of thing, the reason for
// it, and that it goes when its time has come.
//
// What a thing is, is the domains' that write it. People who ask to be erased are package profile's; this
// package ends what the law makes us hold of them, so that their turn comes.
package privacy

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"bompass/shared/oslo"
)

// How long things are kept, portal.md D10.
const (
	PassageRetention         = 400 * 24 * time.Hour // where somebody drove: as long as a late reading may still change it
	ChargeRetentionYears     = 5                    // after the year's end: the accounts rest on them (the Bookkeeping Act, section 13)
	HistoryRetention         = 400 * 24 * time.Hour // what happened to an account
	MessageRetention         = 90 * 24 * time.Hour  // that a letter left, or was given up; its text goes at once
	LinkRetention            = 30 * 24 * time.Hour  // after it is used or over
	InvitationRetention      = 365 * 24 * time.Hour
	QuarantineRetention      = 400 * 24 * time.Hour // what a person has resolved
	LostFactorClaimRetention = 400 * 24 * time.Hour // who said that every factor is lost
	ThrottleRetention        = 24 * time.Hour       // after the last try
	ExpiredRetention         = time.Hour            // sign-ins, journeys, codes and challenges that are over
)

// Limits of a round.
const (
	Every      = time.Hour
	BatchSize  = 500 // rows of one transaction
	batchesMax = 200 // of one kind in a round; the rest is the next round's
)

// Category names a kind of thing.
type Category string

// The kinds.
const (
	Passages         Category = "passages" // lose where, when and in what; the charge and its month stay
	Charges          Category = "charges"  // go, with what is left of their passages
	History          Category = "history"
	Messages         Category = "letters"
	Links            Category = "links"
	Invitations      Category = "invitations"
	Quarantine       Category = "quarantine"
	LostFactorClaims Category = "losses"
	Throttles        Category = "throttles"
	Sessions         Category = "sessions"
	PendingLogins    Category = "steps"
	AuthRequests     Category = "journeys"
	Ceremonies       Category = "ceremonies"
	ContactCodes     Category = "codes"
)

// Rule says which things of a kind go: those whose time ended before the instant.
type Rule struct {
	Category Category
	Before   time.Time
}

// Rules are what may go at an instant.
func Rules(now time.Time) []Rule {
	year, _, _ := oslo.DayOf(now).YMD()
	kept := func(d time.Duration) time.Time { return now.Add(-d) }
	return []Rule{
		{Passages, kept(PassageRetention)},
		{Charges, oslo.Date(year-ChargeRetentionYears, time.January, 1).Start()},
		{History, kept(HistoryRetention)},
		{Messages, kept(MessageRetention)},
		{Links, kept(LinkRetention)},
		{Invitations, kept(InvitationRetention)},
		{Quarantine, kept(QuarantineRetention)},
		{LostFactorClaims, kept(LostFactorClaimRetention)},
		{Throttles, kept(ThrottleRetention)},
		{Sessions, now},
		{PendingLogins, kept(ExpiredRetention)},
		{AuthRequests, kept(ExpiredRetention)},
		{Ceremonies, kept(ExpiredRetention)},
		{ContactCodes, kept(ExpiredRetention)},
	}
}

// Store takes things away.
type Store interface {
	// Prune takes away at most so many things of a kind whose time ended before the instant, and counts them.
	Prune(ctx context.Context, what string, before time.Time, most int) (int, error)
}

// Pruner takes away what nobody may keep any more.
type Pruner struct {
	store Store
	now   func() time.Time
	log   *slog.Logger
}

// NewPruner returns a Keeper.
func NewPruner(store Store, now func() time.Time, log *slog.Logger) *Pruner {
	return &Pruner{store: store, now: now, log: log}
}

// Run takes things away until ctx ends. A round that does not work is tried again.
func (k *Pruner) Run(ctx context.Context) {
	every := time.NewTicker(Every)
	defer every.Stop()
	for {
		if _, err := k.Prune(ctx); err != nil && ctx.Err() == nil {
			k.log.Error("what should be gone is still kept", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

// Prune takes away what may go now and returns how much of each kind; what went is logged, never what it was.
func (k *Pruner) Prune(ctx context.Context) (map[Category]int, error) {
	gone := map[Category]int{}
	for _, r := range Rules(k.now()) {
		for n, chunk := BatchSize, 0; n == BatchSize && chunk < batchesMax; chunk++ {
			var err error
			if n, err = k.store.Prune(ctx, string(r.Category), r.Before, BatchSize); err != nil {
				return gone, fmt.Errorf("%s: %w", r.Category, err)
			}
			gone[r.Category] += n
		}
		if gone[r.Category] > 0 {
			k.log.Info("kept no longer", "what", string(r.Category), "count", gone[r.Category], "before", r.Before)
		}
	}
	return gone, nil
}
