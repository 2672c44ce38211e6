package access

import (
	"context"
	"fmt"
	"strings"

	"bompass/server/access/seal"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/role"
)

// SeedStore is the persistence that Seed needs.
type SeedStore interface {
	AccountByEmail(ctx context.Context, email string) (Account, error)
	// AddAccount does nothing if the account exists.
	AddAccount(ctx context.Context, a Account) error
}

// Seed adds the demo accounts with one password for all. Accounts that exist are left unchanged. Their customers
// must exist.
func Seed(ctx context.Context, accounts SeedStore, keys seal.Keys, people []fixture.Account, password string) error {
	var hash string // one for all: the password is public anyway
	for _, person := range people {
		email := strings.ToLower(person.Email)
		if _, err := accounts.AccountByEmail(ctx, email); fault.CodeOf(err) != fault.NotFound {
			if err != nil {
				return fmt.Errorf("seed account %s: %w", person.Email, err)
			}
			continue
		}
		if hash == "" {
			var err error
			if hash, err = (seal.Keys{}).HashPassword(password); err != nil {
				return err
			}
		}
		id := string(person.ID)
		err := accounts.AddAccount(ctx, Account{
			ID: person.ID, Email: email, Person: person.Person, Language: person.Language, PasswordHash: hash,
			TOTP:        keys.Seal([]byte(person.TOTPSecret), id),
			BirthNumber: keys.Seal([]byte(person.BirthNumber), id+" birth"),
			BirthHash:   keys.LookupHash(person.BirthNumber),
			Customer:    person.Customer, Role: role.Role(person.Role), EmailConfirmed: true, OnboardedAt: fixture.Since,
		})
		if err != nil {
			return fmt.Errorf("seed account %s: %w", person.Email, err)
		}
	}
	return nil
}
