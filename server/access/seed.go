package access

import (
	"context"
	"fmt"
	"strings"

	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/role"
)

// Seed adds the cast's accounts with one password for all. Accounts that are there stay as they are.
// Their customers must be there.
func Seed(ctx context.Context, accounts Accounts, keys Keys, cast []fixture.Account, password string) error {
	var hash string // one for all: the password is public anyway
	for _, person := range cast {
		email := strings.ToLower(person.Email)
		if _, err := accounts.AccountByEmail(ctx, email); fault.CodeOf(err) != fault.NotFound {
			if err != nil {
				return fmt.Errorf("seed account %s: %w", person.Email, err)
			}
			continue
		}
		if hash == "" {
			var err error
			if hash, err = HashPassword(password); err != nil {
				return err
			}
		}
		id := string(person.ID)
		err := accounts.AddAccount(ctx, Account{
			ID: person.ID, Email: email, Person: person.Person, Language: person.Language, PasswordHash: hash,
			TOTP:        keys.sealFor([]byte(person.TOTPSecret), id),
			BirthNumber: keys.sealFor([]byte(person.BirthNumber), id+" birth"),
			BirthHash:   keys.hash(keys.find, person.BirthNumber),
			Customer:    person.Customer, Role: role.Role(person.Role), EmailConfirmed: true, OnboardedAt: fixture.Since,
		})
		if err != nil {
			return fmt.Errorf("seed account %s: %w", person.Email, err)
		}
	}
	return nil
}
