package privacy

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"bompass/shared/oslo"
)

// How long data is kept, with the reason. What is kept for a purpose goes when the purpose has ended (GDPR
// article 5(1)(e)); accounting material is kept by law.
const (
	PassageRetention         = 400 * 24 * time.Hour // place, time and vehicle: as long as a late reading may still change the charge
	ChargeRetentionYears     = 5                    // after the end of the year: accounting material (Bookkeeping Act, section 13)
	HistoryRetention         = 400 * 24 * time.Hour // events of an account
	MessageRetention         = 90 * 24 * time.Hour  // that a message was sent or given up; its text goes at once
	LinkRetention            = 30 * 24 * time.Hour  // after it was used or expired
	InvitationRetention      = 365 * 24 * time.Hour
	QuarantineRetention      = 400 * 24 * time.Hour // passages that were resolved by hand
	LostFactorClaimRetention = 400 * 24 * time.Hour // claims that every factor is lost
	CaseRetentionYears       = 3                    // after the end of the year of the last message: as long as a claim can be made (Limitation Act, section 2)
	ThrottleRetention        = 24 * time.Hour       // after the last attempt
	ExpiredRetention         = time.Hour            // pending logins, authentication requests, challenges and codes that have expired
)

// Limits of a round of retention.
const (
	PruneInterval = time.Hour
	PruneTimeout  = 15 * time.Minute
	BatchSize     = 500 // rows of one transaction
	batchesMax    = 200 // of one category in a round; the next round takes the rest
	roundAttempts = 3
)

// Category names data that is kept equally long.
type Category string

// The categories.
const (
	Passages         Category = "passages" // lose place, time and vehicle; the charge and its month are kept
	Charges          Category = "charges"  // deleted together with the rest of their passages
	History          Category = "history"
	Messages         Category = "messages"
	Links            Category = "links"
	Invitations      Category = "invitations"
	Quarantine       Category = "quarantine"
	LostFactorClaims Category = "lost factor claims"
	Cases            Category = "cases"
	Throttles        Category = "throttles"
	Sessions         Category = "sessions"
	PendingLogins    Category = "pending logins"
	AuthRequests     Category = "auth requests"
	Ceremonies       Category = "ceremonies"
	ContactCodes     Category = "contact codes"
)

// Rule says which data of a category is deleted: that whose time ended before an instant.
type Rule struct {
	Category Category
	Before   time.Time
}

// Period is how long data of a category is kept: so long after its time, or whole years after the end of the year.
type Period struct {
	Category Category
	For      time.Duration
	Years    int
}

// Periods returns the period of every category, in the order of the privacy statement.
func Periods() []Period {
	return []Period{
		{Category: Passages, For: PassageRetention},
		{Category: Charges, Years: ChargeRetentionYears},
		{Category: History, For: HistoryRetention},
		{Category: Messages, For: MessageRetention},
		{Category: Links, For: LinkRetention},
		{Category: Invitations, For: InvitationRetention},
		{Category: Quarantine, For: QuarantineRetention},
		{Category: LostFactorClaims, For: LostFactorClaimRetention},
		{Category: Cases, Years: CaseRetentionYears},
		{Category: Throttles, For: ThrottleRetention},
		{Category: Sessions}, // their own end is their time
		{Category: PendingLogins, For: ExpiredRetention},
		{Category: AuthRequests, For: ExpiredRetention},
		{Category: Ceremonies, For: ExpiredRetention},
		{Category: ContactCodes, For: ExpiredRetention},
	}
}

// Rules returns what is to be deleted at an instant.
func Rules(now time.Time) (rules []Rule) {
	year, _, _ := oslo.DayOf(now).YMD()
	for _, p := range Periods() {
		before := now.Add(-p.For)
		if p.Years > 0 {
			before = oslo.Date(year-p.Years, time.January, 1).Start()
		}
		rules = append(rules, Rule{p.Category, before})
	}
	return rules
}

// RetentionStore deletes data.
type RetentionStore interface {
	// Prune deletes at most so many rows of a category whose time ended before an instant, and returns their number.
	Prune(ctx context.Context, category string, before time.Time, most int) (int, error)
}

// Pruner deletes data that may be kept no longer.
type Pruner struct {
	store RetentionStore
	now   func() time.Time
	log   *slog.Logger
}

// NewPruner returns a Pruner.
func NewPruner(store RetentionStore, now func() time.Time, log *slog.Logger) *Pruner {
	return &Pruner{store: store, now: now, log: log}
}

// PruneJob is the periodic job that deletes data.
type PruneJob struct{}

// Kind returns the name of the job.
func (PruneJob) Kind() string { return "privacy.prune" }

// MaxAttempts is the maximum number of attempts; the next round is another job.
func (PruneJob) MaxAttempts() int { return roundAttempts }

// Work performs a PruneJob.
func (p *Pruner) Work(ctx context.Context, _ PruneJob, _ int) error {
	_, err := p.Prune(ctx)
	return err
}

// Prune deletes what is due and returns how much of each category. The numbers are logged, the data never is.
func (p *Pruner) Prune(ctx context.Context) (map[Category]int, error) {
	deleted := map[Category]int{}
	for _, r := range Rules(p.now()) {
		for n, batch := BatchSize, 0; n == BatchSize && batch < batchesMax; batch++ {
			var err error
			if n, err = p.store.Prune(ctx, string(r.Category), r.Before, BatchSize); err != nil {
				return deleted, fmt.Errorf("%s: %w", r.Category, err)
			}
			deleted[r.Category] += n
		}
		if deleted[r.Category] > 0 {
			p.log.Info("deleted expired data", "category", string(r.Category), "count", deleted[r.Category], "before", r.Before)
		}
	}
	return deleted, nil
}
