package privacydb

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"bompass/server/access/seal"
)

// sealedPlace is where sealed values are kept: the columns of the key's name and the value, what identifies
// a row, and what a value is sealed for.
type sealedPlace struct{ table, key, value, id, row string }

// sealedPlaces lists all of them but what lives for minutes only (ceremonies).
func sealedPlaces() []sealedPlace {
	return []sealedPlace{
		{"account", "totp_key", "totp_secret", "id", "id::text"},
		{"account", "birth_key", "birth_number", "id", "id::text || ' birth'"},
		{"account_number", "key", "sealed", "number_hash", "account_id::text || ' birth'"},
		{"customer_identity", "birth_key", "birth_number", "customer_id", "customer_id::text"},
		{"session_identity", "key", "sealed", "token_hash", "'eid proof'"},
		{"eid_journey", "key", "sealed", "state_hash", "'journey ' || encode(substring(state_hash from 1 for 8), 'hex')"},
		{"link", "key", "sealed", "token_hash", "'link ' || encode(substring(token_hash from 1 for 8), 'hex')"},
		{"agreement_draft", "key", "sealed", "id", "'agreement draft ' || id::text || ' of ' || account_id::text || ' for ' || customer_id::text"},
		{"legacy_credential", "key", "sealed", "number", "'legacy credential ' || number"},
		{"outbox", "key", "sealed", "id", "'letter ' || id::text"},
	}
}

// resealChunk bounds the rows of one transaction.
const resealChunk = 200

// Resealed counts what was closed anew, and what is closed with a seal that is not here.
type Resealed struct {
	Place            string
	Anew, Unopenable int
}

// Reseal closes everything anew that one of the other seals has closed. Servers may run meanwhile: a row that
// somebody changes is locked, and what is closed with an old seal afterwards is found the next time.
func (s *Store) Reseal(ctx context.Context, keys seal.Keys) (list []Resealed, err error) {
	for _, p := range sealedPlaces() {
		r := Resealed{Place: p.table + "." + p.value}
		for n := resealChunk; n == resealChunk; {
			if n, err = s.resealSome(ctx, p, keys); err != nil {
				return list, fmt.Errorf("reseal %s: %w", r.Place, err)
			}
			r.Anew += n
		}
		err := s.db.Pool.QueryRow(ctx, fmt.Sprintf("select count(*) from %s where length(%s) > 0 and %s <> all($1)", p.table, p.value, p.key), keys.SealNames()).Scan(&r.Unopenable)
		if err != nil {
			return list, fmt.Errorf("reseal %s: %w", r.Place, err)
		}
		list = append(list, r)
	}
	return list, nil
}

func (s *Store) resealSome(ctx context.Context, p sealedPlace, keys seal.Keys) (n int, err error) {
	err = pgx.BeginFunc(ctx, s.db.Pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, fmt.Sprintf("select %s::text, %s, %s, %s from %s where length(%s) > 0 and %s <> $1 and %s = any($2) limit $3 for update skip locked",
			p.id, p.row, p.key, p.value, p.table, p.value, p.key, p.key), keys.SealName(), keys.SealNames(), resealChunk)
		if err != nil {
			return err
		}
		type held struct {
			ID, Row, Key string
			Value        []byte
		}
		found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[held])
		if err != nil {
			return err
		}
		for _, h := range found {
			anew, err := keys.Reseal(seal.Sealed{Key: h.Key, Data: h.Value}, h.Row)
			if err != nil {
				return err
			}
			_, err = tx.Exec(ctx, fmt.Sprintf("update %s set %s = $2, %s = $3 where %s::text = $1", p.table, p.key, p.value, p.id), h.ID, anew.Key, anew.Data)
			if err != nil {
				return err
			}
		}
		n = len(found)
		return nil
	})
	return n, err
}
