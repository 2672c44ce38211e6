package command

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"text/tabwriter"

	"bompass/server/access/seal"
	"bompass/server/config"
	"bompass/server/store"
	"bompass/server/store/migration"
	"bompass/server/store/privacydb"
)

// OpenKeys returns the keys of the settings.
func OpenKeys(cfg config.Config) (seal.Keys, error) {
	secret, err := cfg.LoadKey()
	if err != nil {
		return seal.Keys{}, err
	}
	keys, err := seal.NewKeys(secret)
	if err != nil {
		return seal.Keys{}, err
	}
	var sets [2][][]byte
	for n, list := range [][]config.Secret{cfg.Seals, cfg.Peppers} {
		for _, text := range list {
			key, err := hex.DecodeString(string(text))
			if err != nil {
				return seal.Keys{}, errors.New("a key is not written in hexadecimal digits") // config has validated it
			}
			sets[n] = append(sets[n], key)
		}
	}
	if keys, err = keys.WithSealKeys(sets[0]...); err != nil {
		return seal.Keys{}, err
	}
	return keys.WithPeppers(sets[1]...), nil
}

// rotateCommand encrypts all stored secrets again with the first key of BOMPASS_SEAL_KEYS.
func rotateCommand(ctx context.Context, w World) error {
	return WithStore(ctx, w, func(cfg config.Config, db *store.DB) error {
		keys, err := OpenKeys(cfg)
		if err != nil {
			return err
		}
		if _, err := migration.Up(ctx, db.Pool); err != nil {
			return err
		}
		list, err := privacydb.New(db).Reseal(ctx, keys)
		if err != nil {
			return err
		}
		lost := 0
		table := tabwriter.NewWriter(w.Out, 0, 8, 2, ' ', 0)
		for _, r := range list {
			_, _ = fmt.Fprintf(table, "%s\t%d encrypted again with %s\n", r.Place, r.Anew, keys.SealName())
			lost += r.Unopenable
		}
		if err := table.Flush(); err != nil {
			return err
		}
		if lost > 0 {
			return fmt.Errorf("%d values are encrypted with a key that is neither among BOMPASS_SEAL_KEYS nor derived from BOMPASS_SECRET; add it and rotate again", lost)
		}
		return nil
	})
}
