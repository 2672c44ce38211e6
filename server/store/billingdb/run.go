package billingdb

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/billing"
	"bompass/server/job"
	"bompass/server/store"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// LastBegun returns the latest month whose invoices have been begun.
func (s *Store) LastBegun(ctx context.Context) (month oslo.Month, ok bool, err error) {
	var period *time.Time
	if err := s.db.Pool.QueryRow(ctx, "select max(period) from billing_run").Scan(&period); err != nil || period == nil {
		return 0, false, err
	}
	year, number, _ := period.Date()
	return oslo.Date(year, number, 1).Month(), true, nil
}

// Begin records that the invoices of a month have been begun, and adds the jobs that make them.
func (s *Store) Begin(ctx context.Context, month oslo.Month, at time.Time, jobs []billing.RangeJob) error {
	return s.db.Tx(ctx, "begin invoices", func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, "insert into billing_run values ($1, $2) on conflict do nothing", month.First().String(), at)
		if err != nil || done.RowsAffected() == 0 {
			return err
		}
		return job.Insert(ctx, tx, jobs)
	})
}

// Held returns the payers on hold.
func (s *Store) Held(ctx context.Context) ([]billing.Hold, error) {
	type row struct {
		Customer  toll.CustomerID
		Agreement toll.AgreementID
		Number    string
		Reason    string
		Since     time.Time
	}
	return store.SelectMapped(ctx, s.db.Pool, func(r row) billing.Hold {
		return billing.Hold{Payer: billing.Payer{Customer: r.Customer, Agreement: r.Agreement, Number: r.Number}, Reason: r.Reason, Since: r.Since}
	}, `select h.customer_id::text as customer, h.agreement_id::text as agreement, coalesce(a.number, '') as number, h.reason, h.since
		from billing_hold h left join agreement a on a.id = h.agreement_id order by h.customer_id, h.agreement_id`)
}

// Hold records why nothing is invoiced to a payer.
func (s *Store) Hold(ctx context.Context, p billing.Payer, reason string, at time.Time) error {
	_, err := s.db.Pool.Exec(ctx, `insert into billing_hold values ($1, $2, $3, $4)
		on conflict (customer_id, agreement_id) do update set reason = excluded.reason`, string(p.Customer), string(p.Agreement), at, reason)
	return err
}

var _ billing.Store = (*Store)(nil)
