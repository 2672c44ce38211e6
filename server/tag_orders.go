package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"text/tabwriter"

	"bompass/server/config"
	"bompass/server/store"
	"bompass/server/store/fleetdb"
	"bompass/server/store/migration"
	"bompass/shared/ident"
	"bompass/shared/toll"
)

// tagsCommand lists orders of tags that are not sent yet, and records which tag was sent.
func tagsCommand(ctx context.Context, args []string, w world) error {
	switch {
	case len(args) == 0, len(args) == 1 && args[0] == "--json":
		return withStore(ctx, w, func(_ config.Config, db *store.DB) error { return listTags(ctx, db, w, len(args) == 1) })
	case len(args) == 3 && args[0] == "sent":
		order, err := strconv.ParseInt(args[1], 10, 64)
		if err != nil {
			return fmt.Errorf("%q is not an order; server tags lists them", args[1])
		}
		if len(args[2]) != 19 || !ident.Luhn(args[2]) {
			return fmt.Errorf("%q is not the number of a tag, which has 19 digits, the last of them a check digit", args[2])
		}
		return withStore(ctx, w, func(_ config.Config, db *store.DB) error {
			if err := fleetdb.New(db).SendTag(ctx, order, toll.TagID(args[2]), w.now()); err != nil {
				return err
			}
			_, err := fmt.Fprintf(w.out, "tag %s is assigned to the vehicle from now on\n", args[2])
			return err
		})
	}
	return errors.New("write: server tags [--json], or server tags sent ORDER TAG")
}

func listTags(ctx context.Context, db *store.DB, w world, asJSON bool) error {
	if _, err := migration.Up(ctx, db.Pool); err != nil {
		return err
	}
	list, err := fleetdb.New(db).TagOrders(ctx)
	if err != nil {
		return err
	}
	if asJSON {
		return printLines(w.out, list)
	}
	if len(list) == 0 {
		_, err := fmt.Fprintln(w.out, "there are no orders of tags")
		return err
	}
	table := tabwriter.NewWriter(w.out, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "ORDER\tORDERED\tAGREEMENT\tVEHICLE\tNAME\tADDRESS")
	for _, o := range list {
		_, _ = fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\n", o.ID, o.At.UTC().Format("2006-01-02 15:04Z"), o.Agreement, o.Plate, o.Name, o.Address)
	}
	return table.Flush()
}
