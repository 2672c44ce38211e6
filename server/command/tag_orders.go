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

// tagsCommand lists the orders of tags and holders that are waiting, and records what was sent and delivered.
func tagsCommand(ctx context.Context, args []string, w World) error {
	switch {
	case len(args) == 0, len(args) == 1 && args[0] == "--json":
		return withFleet(ctx, w, func(s *fleet.Service) error { return listTags(ctx, s, w, len(args) == 1) })
	case len(args) == 2 && (args[0] == "sent" || args[0] == "delivered"):
		order, err := orderNumber(args[1])
		if err != nil {
			return err
		}
		return withFleet(ctx, w, func(s *fleet.Service) error {
			if args[0] == "sent" {
				return s.MarkHolderSent(ctx, order)
			}
			return s.MarkDelivered(ctx, order)
		})
	case len(args) == 2 && args[0] == "received":
		return withFleet(ctx, w, func(s *fleet.Service) error { return s.MarkReceived(ctx, args[1]) })
	case len(args) == 3 && args[0] == "sent":
		order, err := orderNumber(args[1])
		if err != nil {
			return err
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
	return errors.New("write: server tags [--json], server tags sent ORDER TAG, server tags sent ORDER for a holder, server tags delivered ORDER, or server tags received TAG")
}

func orderNumber(text string) (int64, error) {
	order, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not an order; server tags lists them", text)
	}
	return order, nil
}

// withFleet calls do with the service of tag orders on the migrated database.
func withFleet(ctx context.Context, w World, do func(*fleet.Service) error) error {
	return WithStore(ctx, w, func(_ config.Config, db *store.DB) error {
		if _, err := migration.Up(ctx, db.Pool); err != nil {
			return err
		}
		return do(fleet.NewService(fleetdb.New(db), nil, nil, nil, seal.Keys{}, w.Now))
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
	_, _ = fmt.Fprintln(table, "ORDER\tORDERED\tITEM\tAGREEMENT\tVEHICLE\tNAME\tADDRESS")
	for _, o := range list {
		_, _ = fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", o.ID, o.At.UTC().Format("2006-01-02 15:04Z"), o.Item, o.Agreement, o.Plate, o.Name, o.Address)
	}
	return table.Flush()
}
