package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/shared/money"
	"bompass/shared/toll"
)

// FleetEvent is a change of a tag or a vehicle as it is stored. The amounts are what the passages of the vehicles before
// and after, between Effective and At, cost when the change was made.
type FleetEvent struct {
	Key            string // UUID; empty for a new one
	Agreement      toll.AgreementID
	Account        toll.AccountID // empty for the office
	At, Effective  time.Time
	Kind           toll.ChangeKind
	Reason         toll.ChangeReason
	Tag            toll.TagID
	Before, After  toll.TagStatus
	From, To       toll.VehicleID // empty for none
	Kept, Ended    bool
	Ordered        bool
	Returned       money.Ore
	Awaits         bool // Returned is paid back when the tag has been received
	FromNet, ToNet money.Ore
	Was, Became    string // of an agreement's number or a label
}

// AddFleetEvent adds a change to the history of an agreement, its vehicles and tags.
func AddFleetEvent(ctx context.Context, tx pgx.Tx, e FleetEvent) error {
	_, err := tx.Exec(ctx, `insert into fleet_event (key, agreement_id, account_id, at, effective_at, kind, reason, tag_id, status_before, status_after,
		from_vehicle, to_vehicle, kept, ended, ordered, returned, from_net, to_net, text_before, text_after, awaits) values (coalesce(nullif($1, '')::uuid, gen_random_uuid()), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
		e.Key, string(e.Agreement), NullIfZero(string(e.Account)), e.At, e.Effective, string(e.Kind), string(e.Reason), NullIfZero(string(e.Tag)),
		string(e.Before), string(e.After), NullIfZero(string(e.From)), NullIfZero(string(e.To)), e.Kept, e.Ended, e.Ordered, int64(e.Returned), int64(e.FromNet), int64(e.ToNet), e.Was, e.Became, e.Awaits)
	if err != nil {
		return fmt.Errorf("add change: %w", err)
	}
	return nil
}
