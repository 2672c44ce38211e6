package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"bompass/server/config"
	"bompass/server/embedded"
	"bompass/server/store"
	"bompass/server/store/migration"
)

// backupCommand writes a copy of the home's database to a new file, which appears when it is complete. The server may
// run meanwhile.
func backupCommand(ctx context.Context, args []string, w World) error {
	file, cfg, err := copyArguments("backup", args, w)
	if err != nil || file == "" {
		return err
	}
	if _, err := os.Stat(file); err == nil {
		return fmt.Errorf("%s exists; name a file that does not", file)
	}
	url, stop, err := findDatabase(ctx, cfg)
	if err != nil {
		return err
	}
	defer stop()
	empty, err := hasNoTables(ctx, url)
	if err != nil {
		return err
	}
	if empty {
		return fmt.Errorf("backup: there is no data in %s; set BOMPASS_HOME to the server's directory", cfg.Home)
	}
	size, err := writeCopy(ctx, url, file)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	_, err = fmt.Fprintf(w.Out, "%s has the database, %d kB. %s\n", file, (size+1023)>>10, aboutSecret(cfg))
	return err
}

// aboutSecret says what else a copy needs.
func aboutSecret(cfg config.Config) string {
	secret := "BOMPASS_SECRET, BOMPASS_SEAL_KEYS and BOMPASS_PEPPERS"
	if cfg.Key == "" {
		secret = filepath.Join(cfg.Home, "secret")
	}
	return "Keep " + secret + " too, in another place: without it nothing that is encrypted can be read."
}

// writeCopy writes the copy under another name, and renames the file when it is on disk. It returns its size in bytes.
func writeCopy(ctx context.Context, url, file string) (size int64, err error) {
	part := file + ".part"
	out, err := os.OpenFile(part, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) // it has all personal data
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.Remove(part) }()
	err = embedded.Backup(ctx, url, out)
	if err == nil {
		err = out.Sync()
	}
	if info, statErr := out.Stat(); statErr == nil {
		size = info.Size()
	}
	if err := errors.Join(err, out.Close()); err != nil {
		return 0, err
	}
	return size, os.Rename(part, file)
}

// restoreCommand reads a copy into the database of a home that has none yet, and brings its schema up to date.
func restoreCommand(ctx context.Context, args []string, w World) error {
	name, cfg, err := copyArguments("restore", args, w)
	if err != nil || name == "" {
		return err
	}
	file, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	defer func() { _ = file.Close() }()
	url, stop, err := findDatabase(ctx, cfg)
	if err != nil {
		return err
	}
	defer stop()
	empty, err := hasNoTables(ctx, url)
	if err != nil {
		return err
	}
	if !empty {
		return fmt.Errorf("restore: the database of %s has data; set BOMPASS_HOME to a new directory, or delete the data with server reset", cfg.Home)
	}
	if err := embedded.Restore(ctx, url, file); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	db, err := store.Open(ctx, url)
	if err != nil {
		return err
	}
	defer db.Close()
	n, err := migration.Up(ctx, db.Pool)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w.Out, "the database of %s is restored; %d migrations were applied. %s\n", cfg.Home, n, aboutSecret(cfg))
	return err
}

// hasNoTables reports whether a database has no tables.
func hasNoTables(ctx context.Context, url string) (bool, error) {
	db, err := store.Open(ctx, url)
	if err != nil {
		return false, err
	}
	defer db.Close()
	return migration.Empty(ctx, db.Pool)
}

// copyArguments returns the file that a command of copies is to use, empty if only help was asked for. Copies are made
// of the home's own database alone.
func copyArguments(name string, args []string, w World) (file string, cfg config.Config, err error) {
	if len(args) == 1 && isHelp(args[0]) {
		_, err = fmt.Fprintf(w.Out, "write: server %s FILE\n", name)
		return "", cfg, err
	}
	if len(args) != 1 {
		return "", cfg, fmt.Errorf("write: server %s FILE", name)
	}
	if cfg, err = w.Settings(); err != nil {
		return "", cfg, err
	}
	if cfg.Database != "" {
		return "", cfg, fmt.Errorf("%s is for the server's own database; for that of DATABASE_URL use PostgreSQL's tools, such as pg_dump or pg_basebackup", name)
	}
	return args[0], cfg, nil
}
