package agreementdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgerrcode"
	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/agreement"
	"bompass/server/draft"
	"bompass/server/store"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// AddAgreement makes a draft into an agreement, or returns the agreement that it was made into before.
func (s *Store) AddAgreement(ctx context.Context, b agreement.Application) (m agreement.MadeAgreement, err error) {
	err = s.db.Tx(ctx, "begin agreement", func(tx pgx.Tx) error {
		d, err := selectDraft(ctx, tx, b)
		if errors.Is(err, pgx.ErrNoRows) {
			m, err = alreadyMade(ctx, tx, b)
			return err
		}
		if err != nil {
			return err
		}
		number, err := nextNumber(ctx, tx)
		if err != nil {
			return err
		}
		n, err := b.Make(d, number)
		if err != nil {
			return err
		}
		m = agreement.MadeAgreement{Agreement: n.Agreement, Plate: n.Vehicle.Plate, TagOrdered: n.OrderTag, Terms: n.Terms}
		return addAgreement(ctx, tx, b, n)
	})
	if store.HasCode(err, pgerrcode.ExclusionViolation) {
		return m, fault.New(fault.VehicleTaken).At("plate")
	}
	return m, err
}

// selectDraft locks the draft of an application, or returns pgx.ErrNoRows.
func selectDraft(ctx context.Context, tx pgx.Tx, b agreement.Application) (draft.Draft, error) {
	r, err := store.SelectOne[struct {
		Key     string
		Sealed  []byte
		SavedAt time.Time
	}](ctx, tx, `select key, sealed, saved_at from draft
		where id = $1 and account_id = $2 and customer_id = $3 and form = $4 and saved_at > $5 for update`,
		b.Draft, string(b.Account), string(b.Customer), string(b.Form), b.Since)
	return draft.Draft{ID: b.Draft, Sealed: seal.Sealed{Key: r.Key, Data: r.Sealed}, Saved: r.SavedAt}, err
}

// alreadyMade returns the agreement that a draft was made into before, or fault.DraftGone.
func alreadyMade(ctx context.Context, tx pgx.Tx, b agreement.Application) (agreement.MadeAgreement, error) {
	var number string
	err := tx.QueryRow(ctx, `select g.number from agreement_begun n join agreement g on g.id = n.agreement_id
		where n.draft_id = $1 and n.account_id = $2 and g.customer_id = $3`, b.Draft, string(b.Account), string(b.Customer)).Scan(&number)
	if errors.Is(err, pgx.ErrNoRows) {
		return agreement.MadeAgreement{}, fault.New(fault.DraftGone)
	}
	if err != nil {
		return agreement.MadeAgreement{}, err
	}
	return selectMade(ctx, tx, b.Customer, number)
}

// nextNumber returns the next agreement number that is not taken by an imported agreement.
func nextNumber(ctx context.Context, tx pgx.Tx) (number string, err error) {
	for taken := true; taken && err == nil; {
		err = tx.QueryRow(ctx, `with next as (select nextval('agreement_number')::text as number)
			select number, exists (select from agreement g where g.number = next.number)
				or exists (select from legacy_credential c where c.number = next.number) from next`).Scan(&number, &taken)
	}
	return number, err
}

func addAgreement(ctx context.Context, tx pgx.Tx, b agreement.Application, n agreement.NewAgreement) error {
	a := n.Agreement
	_, err := tx.Exec(ctx, "insert into agreement (id, number, customer_id, issuer, charger, valid_from) values ($1, $2, $3, $4, $5, $6)",
		string(a.ID), a.Number, string(a.Customer), string(a.Issuer), string(a.Charger), a.From)
	if err != nil {
		return err
	}
	id, err := store.SaveVehicle(ctx, tx, n.Vehicle, n.Source, a.From)
	if err != nil {
		return err
	}
	vehicle := string(id)
	_, err = tx.Exec(ctx, "insert into mount (vehicle_id, agreement_id, valid_from) values ($1, $2, $3)", vehicle, string(a.ID), a.From)
	if err != nil {
		return err
	}
	err = store.AddFleetEvent(ctx, tx, store.FleetEvent{
		Key: b.Draft, Agreement: a.ID, Account: b.Account, At: b.At, Effective: a.From, Kind: toll.ChangeAdd, To: id, Ordered: n.OrderTag,
	})
	if err != nil {
		return err
	}
	if n.OrderTag {
		_, err := tx.Exec(ctx, "insert into tag_order (agreement_id, vehicle_id, ordered_at, address) values ($1, $2, $3, $4)",
			string(a.ID), vehicle, b.At, n.TagAddress)
		if err != nil {
			return err
		}
	}
	for kind, version := range n.Terms {
		_, err := tx.Exec(ctx, "insert into agreement_terms (agreement_id, kind, version, accepted_at) values ($1, $2, $3, $4)",
			string(a.ID), string(kind), version, n.Accepted)
		if err != nil {
			return err
		}
	}
	return finishDraft(ctx, tx, b, n)
}

// finishDraft records what a draft was made into, deletes it, and adds its details, event and messages.
func finishDraft(ctx context.Context, tx pgx.Tx, b agreement.Application, n agreement.NewAgreement) error {
	_, err := tx.Exec(ctx, "insert into agreement_begun (draft_id, agreement_id, account_id, at) values ($1, $2, $3, $4)",
		b.Draft, string(n.Agreement.ID), string(b.Account), b.At)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "delete from draft where id = $1", b.Draft); err != nil {
		return err
	}
	d := n.Details
	_, err = tx.Exec(ctx, `insert into profile (account_id, street, postal_code, city, country, asked_at) values ($1, $2, $3, $4, $5, $6)
		on conflict (account_id) do update set street = coalesce(nullif(profile.street, ''), $2), postal_code = coalesce(nullif(profile.postal_code, ''), $3),
			city = coalesce(nullif(profile.city, ''), $4), country = coalesce(nullif(profile.country, ''), $5), asked_at = coalesce(profile.asked_at, $6)`,
		string(b.Account), d.Street, d.PostalCode, d.City, d.Country, b.At)
	if err != nil {
		return err
	}
	if err := store.AddEvent(ctx, tx, b.Account, access.EventAgreed, b.At, access.Place{}); err != nil {
		return err
	}
	return store.AddMessages(ctx, tx, n.Messages)
}

// MadeAgreement returns an agreement of the customer as its receipt shows it, or fault.NotFound.
func (s *Store) MadeAgreement(ctx context.Context, customer toll.CustomerID, number string) (m agreement.MadeAgreement, err error) {
	err = s.db.Snapshot(ctx, "agreement's receipt", func(tx pgx.Tx) error {
		m, err = selectMade(ctx, tx, customer, number)
		return err
	})
	return m, err
}

// madeRow is an agreement with the vehicle that it began with.
type madeRow struct {
	ID, Number, Customer, Issuer, Charger, Country, Plate string
	ValidFrom                                             time.Time
	TagOrdered                                            bool
}

func selectMade(ctx context.Context, tx pgx.Tx, customer toll.CustomerID, number string) (m agreement.MadeAgreement, err error) {
	r, err := store.SelectOne[madeRow](ctx, tx, `
		select g.id::text, g.number, g.customer_id::text as customer, g.issuer, g.charger, g.valid_from, v.country, v.plate,
			exists (select from tag_order o where o.agreement_id = g.id) as tag_ordered
		from agreement g join agreement_begun n on n.agreement_id = g.id
		join mount m on m.agreement_id = g.id and m.valid_from = g.valid_from join vehicle v on v.id = m.vehicle_id
		where g.customer_id = $1 and g.number = $2`, string(customer), number)
	if errors.Is(err, pgx.ErrNoRows) {
		return m, fault.New(fault.NotFound)
	}
	if err != nil {
		return m, fmt.Errorf("made agreement: %w", err)
	}
	m.Agreement = toll.Agreement{
		ID: toll.AgreementID(r.ID), Number: r.Number, Customer: toll.CustomerID(r.Customer), Issuer: toll.IssuerID(r.Issuer),
		Charger: toll.ChargerID(r.Charger), Validity: toll.Validity{From: r.ValidFrom},
	}
	m.Plate, m.TagOrdered = toll.Plate{Country: r.Country, Text: r.Plate}, r.TagOrdered
	terms, err := store.Select[struct {
		Kind    toll.TermsKind
		Version int
	}](ctx, tx, "select kind, version from agreement_terms where agreement_id = $1", r.ID)
	if err != nil {
		return m, fmt.Errorf("accepted terms: %w", err)
	}
	m.Terms = map[toll.TermsKind]int{}
	for _, t := range terms {
		m.Terms[t.Kind] = t.Version
	}
	return m, nil
}

// AgreementOfVehicle returns the number of the customer's agreement that a vehicle is on, or "", and whether it is on
// another customer's.
func (s *Store) AgreementOfVehicle(ctx context.Context, customer toll.CustomerID, plate toll.Plate, at time.Time) (number string, taken bool, err error) {
	err = s.db.Pool.QueryRow(ctx, `select coalesce(min(g.number) filter (where g.customer_id = $1), ''), count(*) filter (where g.customer_id <> $1) > 0 from vehicle v join mount m on m.vehicle_id = v.id and (m.valid_to is null or m.valid_to > $4)
		join agreement g on g.id = m.agreement_id and (g.valid_to is null or g.valid_to > $4)
		where v.country = $2 and v.plate = $3`, string(customer), plate.Country, plate.Text, at).Scan(&number, &taken)
	if err != nil {
		return "", false, fmt.Errorf("agreement of a vehicle: %w", err)
	}
	return number, taken, nil
}
