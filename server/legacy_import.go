package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"bompass/server/config"
	"bompass/server/legacy"
	"bompass/server/store"
	"bompass/server/store/legacydb"
	"bompass/server/store/migration"
)

// legacyChunk is the number of credentials stored in one transaction.
const legacyChunk = 500

// legacyCommand reads credentials of the system before. The whole file is read before anything is kept,
// so one that is wrong leaves everything as it was.
func legacyCommand(ctx context.Context, args []string, w world) error {
	if len(args) != 2 || args[0] != "import" {
		return errors.New("import what? write: server legacy import FILE, or - for standard input")
	}
	in := w.in
	if args[1] != "-" {
		file, err := os.Open(args[1])
		if err != nil {
			return fmt.Errorf("read credentials: %w", err)
		}
		defer func() { _ = file.Close() }()
		in = file
	}
	return withStore(ctx, w, func(cfg config.Config, db *store.DB) error {
		if _, err := migration.Up(ctx, db.Pool); err != nil {
			return err
		}
		n, err := importLegacy(ctx, cfg, db, in, w)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w.out, "%d credentials are there; those used before stay used\n", n)
		return err
	})
}

func importLegacy(ctx context.Context, cfg config.Config, db *store.DB, in io.Reader, w world) (int, error) {
	keys, err := openKeys(cfg)
	if err != nil {
		return 0, err
	}
	var list []legacy.Credential
	_, err = legacy.Read(in, func(line legacy.Line, hash legacy.Hash) error {
		list = append(list, legacy.Seal(keys, line, hash, w.now()))
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("nothing was imported: %w", err)
	}
	for from := 0; from < len(list); from += legacyChunk {
		if err := legacydb.New(db).SaveCredentials(ctx, list[from:min(from+legacyChunk, len(list))]); err != nil {
			return from, err
		}
	}
	return len(list), nil
}
