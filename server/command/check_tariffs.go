package command

import (
	"errors"
	"fmt"
	"io"

	"bompass/shared/tariff"
)

func checkCommand(args []string, out io.Writer) error {
	if len(args) == 0 || args[0] != "tariffs" {
		return errors.New("check what? write: server check tariffs [DIR]")
	}
	if len(args) == 2 && isHelp(args[1]) {
		_, err := fmt.Fprintln(out, "server check tariffs [DIR]: check the price plans of a directory, or the built-in ones, and print what they cover")
		return err
	}
	return checkTariffs(args[1:], out)
}

// checkTariffs reads the tariffs of a directory, or the built-in ones, and prints every problem, or what they
// cover: check tariffs [DIR].
func checkTariffs(args []string, out io.Writer) error {
	if len(args) > 1 {
		return errors.New("check tariffs: name at most one directory: check tariffs [DIR]")
	}
	dir := ""
	if len(args) == 1 {
		dir = args[0]
	}
	files, err := tariffFiles(dir)
	if err != nil {
		return err
	}
	book, problems := tariff.Load(files)
	for _, p := range problems {
		fmt.Fprintln(out, p)
	}
	if len(problems) > 0 {
		return fmt.Errorf("the tariffs have %d problems; they are listed above", len(problems))
	}
	for _, s := range book.Schemes {
		printCoverage(out, s)
	}
	return nil
}

// printCoverage prints a scheme's versions and the periods without a price list.
func printCoverage(out io.Writer, s *tariff.Scheme) {
	fmt.Fprintf(out, "%s, %s (%s): %d stations\n", s.ID, s.Name, s.ChargerName, len(s.Stations))
	for i, v := range s.Versions {
		fmt.Fprintf(out, "  from %s  %s\n", v.From, v.Source)
		for _, m := range v.Missing {
			fmt.Fprintf(out, "    no price for %s\n", m)
		}
		switch end := s.End(i); {
		case i+1 < len(s.Versions) && end < s.Versions[i+1].From:
			fmt.Fprintf(out, "  from %s  no price list is at hand until %s\n", end, s.Versions[i+1].From-1)
		case i+1 == len(s.Versions) && end != tariff.Forever:
			fmt.Fprintf(out, "  from %s  no price list is at hand\n", end)
		}
	}
}
