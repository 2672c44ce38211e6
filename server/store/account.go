package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"bompass/server/access"
	"bompass/server/overview"
	"bompass/shared/fault"
	"bompass/shared/oslo"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// AccountRow is a person who can sign in.
type AccountRow struct {
	ID, Email, Person, Language, PasswordHash string
	TOTPKey                                   string `gorm:"column:totp_key"`
	TOTPSecret                                []byte `gorm:"column:totp_secret"`
	TOTPLastStep                              int64  `gorm:"column:totp_last_step"`
	BirthKey                                  string
	BirthNumber, BirthHash                    []byte
}

// AccountPartyRow says that a person acts for a customer.
type AccountPartyRow struct {
	AccountID  string `gorm:"primaryKey"`
	CustomerID string `gorm:"primaryKey"`
	Role       string
}

// TableName is the table of the row.
func (AccountRow) TableName() string { return "account" }

// TableName is the table of the row.
func (AccountPartyRow) TableName() string { return "account_party" }

// AccountByEmail finds a person by address, with the first customer the person acts for.
func (s *Store) AccountByEmail(ctx context.Context, email string) (access.Account, error) {
	return findAccount(s.db.WithContext(ctx), "a.email = ?", email)
}

// findAccount asks once, whether somebody is found or not, so that the time tells nothing.
func findAccount(db *gorm.DB, condition string, arg any) (access.Account, error) {
	var row struct {
		AccountRow
		CustomerID, Role string
	}
	err := db.Table("account a").Select("a.*, p.customer_id, p.role").Joins("join account_party p on p.account_id = a.id").
		Where(condition, arg).Order("p.customer_id").Limit(1).Take(&row).Error
	if err != nil {
		return access.Account{}, missing("account", err)
	}
	return access.Account{
		ID: toll.AccountID(row.ID), Email: row.Email, Person: row.Person, Language: row.Language, PasswordHash: row.PasswordHash,
		TOTP:        access.Sealed{Key: row.TOTPKey, Data: row.TOTPSecret},
		BirthNumber: access.Sealed{Key: row.BirthKey, Data: row.BirthNumber}, BirthHash: row.BirthHash,
		Customer: toll.CustomerID(row.CustomerID), Role: role.Role(row.Role),
	}, nil
}

func missing(what string, err error) error {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return fault.New(fault.NotFound)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// AddAccount keeps a person; one that is there stays as it is.
func (s *Store) AddAccount(ctx context.Context, a access.Account) error {
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		have := tx.Clauses(clause.OnConflict{DoNothing: true}).Session(&gorm.Session{})
		row := AccountRow{
			ID: string(a.ID), Email: a.Email, Person: a.Person, Language: a.Language, PasswordHash: a.PasswordHash,
			TOTPKey: a.TOTP.Key, TOTPSecret: a.TOTP.Data,
			BirthKey: a.BirthNumber.Key, BirthNumber: a.BirthNumber.Data, BirthHash: a.BirthHash,
		}
		if err := have.Create(&row).Error; err != nil {
			return err
		}
		if err := have.Create(&AccountPartyRow{row.ID, string(a.Customer), string(a.Role)}).Error; err != nil {
			return err
		}
		err := tx.Exec("insert into profile (account_id, email_confirmed_at, asked_at) values (?, case when ? then now() end, ?) on conflict do nothing",
			row.ID, a.EmailConfirmed, optional(a.OnboardedAt)).Error
		if err != nil || a.OnboardedAt.IsZero() {
			return err
		}
		return tx.Exec(`insert into consent (account_id, kind, version, given, at) select ?, 'privacy', ?, true, ?
			where not exists (select from consent where account_id = ?)`,
			row.ID, toll.ConsentVersion(toll.ConsentPrivacy), a.OnboardedAt, row.ID).Error
	})
	if err != nil {
		return fmt.Errorf("add account: %w", err)
	}
	return nil
}

// SetLanguage chooses an account's language.
func (s *Store) SetLanguage(ctx context.Context, id toll.AccountID, language string) error {
	err := s.db.WithContext(ctx).Model(&AccountRow{}).Where("id = ?", string(id)).Update("language", language).Error
	if err != nil {
		return fmt.Errorf("set language: %w", err)
	}
	return nil
}

// Agreements lists a customer's agreements in force, ordered by number.
func (s *Store) Agreements(ctx context.Context, customer toll.CustomerID, at time.Time) ([]toll.Agreement, error) {
	var rows []AgreementRow
	err := s.db.WithContext(ctx).Order("number").
		Where("customer_id = ? and valid_from <= ? and (valid_to is null or valid_to > ?)", string(customer), at, at).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("agreements: %w", err)
	}
	list := make([]toll.Agreement, len(rows))
	for i, r := range rows {
		list[i] = toll.Agreement{
			ID: toll.AgreementID(r.ID), Number: r.Number, Customer: toll.CustomerID(r.CustomerID), Issuer: toll.IssuerID(r.Issuer),
			Charger: toll.ChargerID(r.Charger), Validity: toll.Validity{From: r.ValidFrom.UTC()}, Blocked: r.Blocked,
		}
		if r.ValidTo != nil {
			list[i].To = r.ValidTo.UTC()
		}
	}
	return list, nil
}

// holdings lists vehicles on the customer's agreements, then vehicles owned that are on none.
const holdings = `
	with held as (
		select m.vehicle_id, m.agreement_id::text as agreement, coalesce(m.tag_id, '') as tag
		from agreement a join mount m on m.agreement_id = a.id
		where a.customer_id = $1 and a.valid_from <= $2 and (a.valid_to is null or a.valid_to > $2)
			and m.valid_from <= $2 and (m.valid_to is null or m.valid_to > $2)
		union all
		select v.id, '', '' from vehicle v
		where v.owner_id = $1 and not exists (
			select from mount m where m.vehicle_id = v.id and m.valid_from <= $2 and (m.valid_to is null or m.valid_to > $2))
	)
	select v.id::text, v.country, v.plate, coalesce(v.owner_id::text, ''), coalesce(f.category, ''), coalesce(f.weight_kg, 0),
		coalesce(f.fuel, ''), coalesce(f.plug_in, false), coalesce(f.euro, 0), h.agreement, h.tag
	from held h join vehicle v on v.id = h.vehicle_id
	left join vehicle_facts f on f.vehicle_id = v.id and f.valid_from <= $2 and (f.valid_to is null or f.valid_to > $2)
	order by v.plate, v.country`

// CustomerVehicles lists the vehicles that a customer has at an instant.
func (s *Store) CustomerVehicles(ctx context.Context, customer toll.CustomerID, at time.Time) ([]overview.CustomerVehicle, error) {
	rows, err := s.pool.Query(ctx, holdings, string(customer), at)
	if err != nil {
		return nil, fmt.Errorf("holdings: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (h overview.CustomerVehicle, err error) {
		v := &h.Vehicle
		err = row.Scan(&v.ID, &v.Plate.Country, &v.Plate.Text, &v.Owner, &v.Facts.Category, &v.Facts.WeightKG,
			&v.Facts.Fuel, &v.Facts.PlugIn, &v.Facts.Euro, &h.Agreement, &h.Tag)
		return h, err
	})
	if err != nil {
		return nil, fmt.Errorf("holdings: %w", err)
	}
	return list, nil
}

// MonthSums adds up a customer's passages of a month for each agreement and vehicle.
func (s *Store) MonthSums(ctx context.Context, customer toll.CustomerID, month oslo.Month) ([]overview.VehicleSum, error) {
	rows, err := s.pool.Query(ctx, `
		select coalesce(p.agreement_id::text, ''), coalesce(p.vehicle_id::text, ''), count(distinct p.id), coalesce(sum(c.amount), 0)::bigint,
			count(distinct p.id) filter (where p.matched_by = $4)
		from passage p left join charge c on c.passage_id = p.id
		where p.customer_id = $1 and p.passed_at >= $2 and p.passed_at < $3
		group by p.agreement_id, p.vehicle_id`, string(customer), month.Start(), (month + 1).Start(), string(toll.ByPlate))
	if err != nil {
		return nil, fmt.Errorf("month sums: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (sum overview.VehicleSum, err error) {
		err = row.Scan(&sum.Agreement, &sum.Vehicle, &sum.Passages, (*int64)(&sum.Net), &sum.Unread)
		return sum, err
	})
	if err != nil {
		return nil, fmt.Errorf("month sums: %w", err)
	}
	return list, nil
}
