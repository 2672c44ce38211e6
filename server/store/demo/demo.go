// Package demo writes demonstration data: customers with agreements, vehicles and tags.
package demo

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"bompass/server/store"
	"bompass/shared/fixture"
	"bompass/shared/toll"
)

// Data is what one seeding writes.
type Data struct {
	Customers   []toll.Customer
	Agreements  []toll.Agreement
	Vehicles    []toll.Vehicle
	Tags        []toll.Tag
	Mounts      []toll.Mount
	Exemptions  []toll.Exemption
	Supplements []toll.Supplement
	Since       time.Time // when the vehicles' facts begin
	StationKey  string    // empty adds none
}

// Fixture returns the demonstration data of package fixture.
func Fixture() Data {
	return Data{
		Customers: fixture.Customers(), Agreements: fixture.Agreements(), Vehicles: fixture.Vehicles(), Tags: fixture.Tags(),
		Mounts: fixture.Mounts(), Exemptions: fixture.Exemptions(), Supplements: fixture.Supplements(), Since: fixture.Since, StationKey: fixture.StationKey,
	}
}

// SeedContacts adds the mobile numbers and postal addresses of people whose accounts exist. A person who has either is
// left alone.
func SeedContacts(ctx context.Context, db *store.DB, people []fixture.Account) error {
	for _, a := range people {
		c := a.Contact
		err := db.GORM(ctx).Exec(`update profile set mobile = ?, mobile_confirmed_at = ?, street = ?, postal_code = ?, city = ?, country = ?
			where account_id = ? and mobile = '' and street = ''`, c.Mobile, fixture.Since, c.Street, c.PostalCode, c.City, c.Country, string(a.ID)).Error
		if err != nil {
			return fmt.Errorf("seed contact of %s: %w", a.Email, err)
		}
	}
	return nil
}

// batchSize is the number of rows of one statement.
const batchSize = 1000

// Seed keeps a data. What is there already stays as it is, so seeding twice changes nothing.
func Seed(ctx context.Context, db *store.DB, data Data) error {
	err := db.GORM(ctx).Transaction(func(tx *gorm.DB) error {
		have := tx.Clauses(clause.OnConflict{DoNothing: true})
		for _, rows := range []any{
			customerRows(data.Customers), agreementRows(data.Agreements), vehicleRows(data.Vehicles), factsRows(data), tagRows(data.Tags),
			mountRows(data.Mounts), exemptionRows(tx, data.Exemptions), supplementRows(data.Supplements), keyRows(data.StationKey),
		} {
			if err := have.CreateInBatches(rows, batchSize).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	return nil
}

func customerRows(list []toll.Customer) (rows []CustomerRow) {
	for _, c := range list {
		rows = append(rows, CustomerRow{string(c.ID), string(c.Kind), c.Name, c.Email, c.Country, c.Language, nil})
	}
	return rows
}

func agreementRows(list []toll.Agreement) (rows []AgreementRow) {
	for _, a := range list {
		rows = append(rows, AgreementRow{
			ID: string(a.ID), Number: a.Number, CustomerID: string(a.Customer), Issuer: string(a.Issuer), Charger: string(a.Charger),
			ValidFrom: a.From, ValidTo: store.NullIfZero(a.To), Blocked: a.Blocked,
		})
	}
	return rows
}

func vehicleRows(list []toll.Vehicle) (rows []VehicleRow) {
	for _, v := range list {
		rows = append(rows, VehicleRow{string(v.ID), v.Plate.Country, v.Plate.Text, store.NullIfZero(string(v.Owner))})
	}
	return rows
}

func factsRows(data Data) (rows []VehicleFactsRow) {
	for _, v := range data.Vehicles {
		rows = append(rows, VehicleFactsRow{
			VehicleID: string(v.ID), ValidFrom: data.Since, Category: v.Facts.Category, WeightKg: v.Facts.WeightKG,
			Fuel: string(v.Facts.Fuel), PlugIn: v.Facts.PlugIn, Euro: v.Facts.Euro, Source: "seed", LengthMm: v.LengthMM,
		})
	}
	return rows
}

// tagDeposit is the deposit in øre that was paid for each tag of the demo data.
const tagDeposit = 20000

func tagRows(list []toll.Tag) (rows []TagRow) {
	for _, t := range list {
		rows = append(rows, TagRow{string(t.ID), string(t.Agreement), string(t.Status), tagDeposit, nil})
	}
	return rows
}

func mountRows(list []toll.Mount) (rows []MountRow) {
	for _, m := range list {
		rows = append(rows, MountRow{
			VehicleID: string(m.Vehicle), AgreementID: string(m.Agreement), TagID: store.NullIfZero(string(m.Tag)), ValidFrom: m.From, ValidTo: store.NullIfZero(m.To),
		})
	}
	return rows
}

// exemptionRows leaves out exemptions that exist: the table allows equal ones, so a conflict would not stop them.
func exemptionRows(tx *gorm.DB, list []toll.Exemption) (rows []ExemptionRow) {
	for _, e := range list {
		row := ExemptionRow{VehicleID: string(e.Vehicle), Kind: string(e.Kind), ValidFrom: e.From, ValidTo: store.NullIfZero(e.To)}
		var there int64
		tx.Model(&ExemptionRow{}).Where("vehicle_id = ? and kind = ? and valid_from = ?", row.VehicleID, row.Kind, row.ValidFrom).Count(&there)
		if there == 0 {
			rows = append(rows, row)
		}
	}
	return rows
}

func supplementRows(list []toll.Supplement) (rows []SupplementRow) {
	for _, s := range list {
		rows = append(rows, SupplementRow{VehicleID: string(s.Vehicle), Product: s.Product, ValidFrom: s.From, ValidTo: store.NullIfZero(s.To)})
	}
	return rows
}

func keyRows(key string) []StationKeyRow {
	if key == "" {
		return nil
	}
	hash := sha256.Sum256([]byte(key))
	return []StationKeyRow{{Name: "demonstration", KeyHash: hash[:], Stations: "{*}"}}
}
