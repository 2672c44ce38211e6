package command

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"text/tabwriter"

	"bompass/server/access/seal"
	"bompass/server/config"
	"bompass/server/fleet"
	"bompass/server/store"
	"bompass/server/store/fleetdb"
	"bompass/server/store/migration"
)

// tagsCommand lists the orders of tags that are waiting, and records which tag was sent.
func tagsCommand(ctx context.Context, args []string, w World) error {
	switch {
	case len(args) == 0, len(args) == 1 && args[0] == "--json":
		return withFleet(ctx, w, func(s *fleet.Service) error { return listTags(ctx, s, w, len(args) == 1) })
	case len(args) == 3 && args[0] == "sent":
		order, err := strconv.ParseInt(args[1], 10, 64)
		if err != nil {
			return fmt.Errorf("%q is not an order; server tags lists them", args[1])
		}
		if err := fleet.CheckTag(args[2]); err != nil { // before the database is opened
			return err
		}
		return withFleet(ctx, w, func(s *fleet.Service) error {
			if err := s.MarkSent(ctx, order, args[2]); err != nil {
				return err
			}
			_, err := fmt.Fprintf(w.Out, "tag %s is assigned to the vehicle from now on\n", args[2])
			return err
		})
	}
	return errors.New("write: server tags [--json], or server tags sent ORDER TAG")
}

// withFleet calls do with the service of tag orders on the migrated database.
func withFleet(ctx context.Context, w World, do func(*fleet.Service) error) error {
	return WithStore(ctx, w, func(_ config.Config, db *store.DB) error {
		if _, err := migration.Up(ctx, db.Pool); err != nil {
			return err
		}
		return do(fleet.NewService(fleetdb.New(db), nil, nil, seal.Keys{}, w.Now))
	})
}

// listTags prints the waiting orders of tags, as a table or as JSON.
func listTags(ctx context.Context, s *fleet.Service, w World, asJSON bool) error {
	list, err := s.Waiting(ctx)
	if err != nil {
		return err
	}
	if asJSON {
		return printLines(w.Out, list)
	}
	if len(list) == 0 {
		_, err := fmt.Fprintln(w.Out, "there are no orders of tags")
		return err
	}
	table := tabwriter.NewWriter(w.Out, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "ORDER\tORDERED\tAGREEMENT\tVEHICLE\tNAME\tADDRESS")
	for _, o := range list {
		_, _ = fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\n", o.ID, o.At.UTC().Format("2006-01-02 15:04Z"), o.Agreement, o.Plate, o.Name, o.Address)
	}
	return table.Flush()
}
