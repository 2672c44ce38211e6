package agreement

import (
	"context"
	"time"

	"bompass/server/access"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Address is the address of an agreement in force.
type Address struct {
	Number  string
	Charger toll.ChargerID
	Line    string // empty while it is the one of the profile
}

// AddressStore stores the addresses of agreements.
type AddressStore interface {
	// Addresses returns the addresses of the customer's agreements in force, by number.
	Addresses(ctx context.Context, customer toll.CustomerID, at time.Time) ([]Address, error)
	// SetAddresses sets the address of agreements of the customer in force by their numbers. If one is not, it returns
	// fault.NotFound and changes none.
	SetAddresses(ctx context.Context, customer toll.CustomerID, numbers []string, line string, at time.Time) error
}

// Addresses returns the addresses of the actor's agreements in force, by number.
func (d *Service) Addresses(ctx context.Context, actor access.Principal) ([]Address, error) {
	return d.Store.Addresses(ctx, actor.Customer, d.Now())
}

// SetAddresses changes the address of agreements of the actor's customer: an address belongs to one agreement, and is changed on
// each that is named, K13.
func (d *Service) SetAddresses(ctx context.Context, actor access.Principal, numbers []string, line string) error {
	var faults fault.List
	line, err := toll.AddressLine(line)
	faults.Add(err)
	if len(numbers) == 0 {
		faults.Add(fault.New(fault.FieldMissing).At("agreement"))
	}
	if err := faults.Err(); err != nil {
		return err
	}
	return d.Store.SetAddresses(ctx, actor.Customer, numbers, line, d.Now())
}
