// Package retention owns how long what we remember is kept: the time of each kind of thing, the reason for
// it, and that it goes when its time has come.
//
// What a thing is, is the domains' that write it. People who ask to be erased are package profile's; this
// package ends what the law makes us hold of them, so that their turn comes.
package retention

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"bompass/shared/oslo"
)

// How long things are kept, portal.md D10.
const (
	PassageKept    = 400 * 24 * time.Hour // where somebody drove: as long as a late reading may still change it
	ChargeYears    = 5                    // after the year's end: the accounts rest on them (the Bookkeeping Act, section 13)
	HistoryKept    = 400 * 24 * time.Hour // what happened to an account
	LetterKept     = 90 * 24 * time.Hour  // that a letter left, or was given up; its text goes at once
	LinkKept       = 30 * 24 * time.Hour  // after it is used or over
	InvitationKept = 365 * 24 * time.Hour
	QuarantineKept = 400 * 24 * time.Hour // what a person has resolved
	LossKept       = 400 * 24 * time.Hour // who said that every factor is lost
	ThrottleKept   = 24 * time.Hour       // after the last try
	MomentKept     = time.Hour            // sign-ins, journeys, codes and challenges that are over
)

// Limits of a round.
const (
	Every     = time.Hour
	Chunk     = 500 // rows of one transaction
	chunksMax = 200 // of one kind in a round; the rest is the next round's
)

// What names a kind of thing.
type What string

// The kinds.
const (
	Passages    What = "passages" // lose where, when and in what; the charge and its month stay
	Charges     What = "charges"  // go, with what is left of their passages
	History     What = "history"
	Letters     What = "letters"
	Links       What = "links"
	Invitations What = "invitations"
	Quarantine  What = "quarantine"
	Losses      What = "losses"
	Throttles   What = "throttles"
	Sessions    What = "sessions"
	Steps       What = "steps"
	Journeys    What = "journeys"
	Ceremonies  What = "ceremonies"
	Codes       What = "codes"
)

// Rule says which things of a kind go: those whose time ended before the instant.
type Rule struct {
	What   What
	Before time.Time
}

// Rules are what may go at an instant.
func Rules(now time.Time) []Rule {
	year, _, _ := oslo.DayOf(now).YMD()
	kept := func(d time.Duration) time.Time { return now.Add(-d) }
	return []Rule{
		{Passages, kept(PassageKept)},
		{Charges, oslo.Date(year-ChargeYears, time.January, 1).Start()},
		{History, kept(HistoryKept)},
		{Letters, kept(LetterKept)},
		{Links, kept(LinkKept)},
		{Invitations, kept(InvitationKept)},
		{Quarantine, kept(QuarantineKept)},
		{Losses, kept(LossKept)},
		{Throttles, kept(ThrottleKept)},
		{Sessions, now},
		{Steps, kept(MomentKept)},
		{Journeys, kept(MomentKept)},
		{Ceremonies, kept(MomentKept)},
		{Codes, kept(MomentKept)},
	}
}

// Store takes things away.
type Store interface {
	// Prune takes away at most so many things of a kind whose time ended before the instant, and counts them.
	Prune(ctx context.Context, what string, before time.Time, most int) (int, error)
}

// Keeper takes away what nobody may keep any more.
type Keeper struct {
	store Store
	now   func() time.Time
	log   *slog.Logger
}

// NewKeeper returns a Keeper.
func NewKeeper(store Store, now func() time.Time, log *slog.Logger) *Keeper {
	return &Keeper{store: store, now: now, log: log}
}

// Run takes things away until ctx ends. A round that does not work is tried again.
func (k *Keeper) Run(ctx context.Context) {
	every := time.NewTicker(Every)
	defer every.Stop()
	for {
		if _, err := k.Round(ctx); err != nil && ctx.Err() == nil {
			k.log.Error("what should be gone is still kept", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

// Round takes away what may go now and returns how much of each kind; what went is logged, never what it was.
func (k *Keeper) Round(ctx context.Context) (map[What]int, error) {
	gone := map[What]int{}
	for _, r := range Rules(k.now()) {
		for n, chunk := Chunk, 0; n == Chunk && chunk < chunksMax; chunk++ {
			var err error
			if n, err = k.store.Prune(ctx, string(r.What), r.Before, Chunk); err != nil {
				return gone, fmt.Errorf("%s: %w", r.What, err)
			}
			gone[r.What] += n
		}
		if gone[r.What] > 0 {
			k.log.Info("kept no longer", "what", string(r.What), "count", gone[r.What], "before", r.Before)
		}
	}
	return gone, nil
}
