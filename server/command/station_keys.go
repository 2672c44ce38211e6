package command

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"bompass/server/config"
	"bompass/server/passage"
	"bompass/server/pricelist"
	"bompass/server/store"
	"bompass/server/store/migration"
	"bompass/server/store/passagedb"
	"bompass/server/store/pricedb"
	"bompass/shared/toll"
)

const stationKeyUsage = `write: server station key add NAME STATION… | --all, server station key list [--json], or server station key withdraw NAME`

// allStations in the list of a key's stations means that it is valid for all of them.
const allStations = "*"

// stationCommand makes, lists and withdraws the API keys of stations.
func stationCommand(ctx context.Context, args []string, w World) error {
	if len(args) == 0 || isHelp(args[0]) {
		_, err := fmt.Fprintln(w.Out, stationKeyUsage)
		return err
	}
	if len(args) < 2 || args[0] != "key" {
		return errors.New(stationKeyUsage)
	}
	action, args := args[1], args[2:]
	switch {
	case action == "add":
		return addStationKey(ctx, args, w)
	case action == "list" && (len(args) == 0 || len(args) == 1 && args[0] == "--json"):
		return withPassages(ctx, w, func(_ *store.DB, s *passagedb.Store) error { return listStationKeys(ctx, s, w, len(args) == 1) })
	case action == "withdraw" && len(args) == 1:
		return withPassages(ctx, w, func(_ *store.DB, s *passagedb.Store) error { return withdrawStationKey(ctx, s, w, args[0]) })
	}
	return errors.New(stationKeyUsage)
}

// withPassages calls do with the migrated database and its store of passages.
func withPassages(ctx context.Context, w World, do func(*store.DB, *passagedb.Store) error) error {
	return WithStore(ctx, w, func(_ config.Config, db *store.DB) error {
		if _, err := migration.Up(ctx, db.Pool); err != nil {
			return err
		}
		return do(db, passagedb.New(db))
	})
}

// addStationKey makes a key for some stations and prints it, once: only its hash is stored.
func addStationKey(ctx context.Context, args []string, w World) error {
	flags := flag.NewFlagSet("station key add", flag.ContinueOnError)
	flags.SetOutput(w.Err)
	all := flags.Bool("all", false, "the key is valid for all stations, also later ones")
	if len(args) == 0 {
		return errors.New(stationKeyUsage)
	}
	name := args[0]
	if strings.HasPrefix(name, "-") {
		return errors.New(stationKeyUsage)
	}
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if *all == (flags.NArg() > 0) {
		return errors.New("name the stations that the key is valid for, or write --all; " + stationKeyUsage)
	}
	stations := flags.Args()
	if *all {
		stations = []string{allStations}
	}
	return withPassages(ctx, w, func(db *store.DB, s *passagedb.Store) error {
		if err := checkStations(ctx, db, stations); err != nil {
			return err
		}
		secret := make([]byte, 32)
		_, _ = rand.Read(secret)
		text := base64.RawURLEncoding.EncodeToString(secret)
		err := s.AddStationKey(ctx, name, passage.StationKey{Hash: sha256.Sum256([]byte(text)), Stations: stations})
		if errors.Is(err, passagedb.ErrStationKeyExists) {
			return fmt.Errorf("there is a station key %q; choose another name, or withdraw it first", name)
		}
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(w.Err, "station key %q is valid within seconds; it is printed this once, since only its hash is stored\n", name)
		_, err = fmt.Fprintln(w.Out, text)
		return err
	})
}

// checkStations returns an error if a station is in no price list in force. Before any has been published, the price
// lists of this build count.
func checkStations(ctx context.Context, db *store.DB, stations []string) error {
	latest, err := pricedb.New(db).Latest(ctx)
	if err != nil {
		return err
	}
	if latest.Number == 0 {
		if latest.Files, err = BuiltInTariffs(true); err != nil {
			return err
		}
	}
	release, err := pricelist.Compile(latest)
	if err != nil {
		return err
	}
	known := map[toll.StationID]bool{}
	for _, s := range release.Book.Schemes {
		for _, st := range s.Stations {
			known[st.ID] = true
		}
	}
	for _, id := range stations {
		if id != allStations && !known[toll.StationID(id)] {
			return fmt.Errorf("station %q is in no price list in force, which have %s; server tariff publish adds some", id, similar(known, id))
		}
	}
	return nil
}

// similar returns the known stations whose ids begin as a wrong one does, or else the number of all.
func similar(known map[toll.StationID]bool, wrong string) string {
	start, _, _ := strings.Cut(wrong, "-")
	var ids []string
	for id := range known {
		if strings.HasPrefix(string(id), start) {
			ids = append(ids, string(id))
		}
	}
	if len(ids) == 0 {
		return strconv.Itoa(len(known)) + " stations, none of which begins so"
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

// listStationKeys prints the station keys, as a table or as JSON.
func listStationKeys(ctx context.Context, s *passagedb.Store, w World, asJSON bool) error {
	list, err := s.StationKeyList(ctx)
	if err != nil {
		return err
	}
	if asJSON {
		return printLines(w.Out, list)
	}
	if len(list) == 0 {
		_, err := fmt.Fprintln(w.Out, "there are no station keys; server station key add makes one")
		return err
	}
	table := tabwriter.NewWriter(w.Out, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "NAME\tSTATIONS")
	for _, k := range list {
		stations := strings.Join(k.Stations, " ")
		if slices.Contains(k.Stations, allStations) {
			stations = "all"
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\n", k.Name, stations)
	}
	return table.Flush()
}

func withdrawStationKey(ctx context.Context, s *passagedb.Store, w World, name string) error {
	removed, err := s.RemoveStationKey(ctx, name)
	if err != nil {
		return err
	}
	if !removed {
		return fmt.Errorf("there is no station key %q; server station key list shows them", name)
	}
	_, err = fmt.Fprintf(w.Out, "station key %q is withdrawn; running servers refuse it within seconds\n", name)
	return err
}
