package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/google/uuid"

	"bompass/server/attachment"
	"bompass/server/casework"
	"bompass/server/config"
	"bompass/server/store"
	"bompass/server/store/casedb"
	rules "bompass/shared/casework"
)

const casesUsage = "write: server cases [--json], server cases show NUMBER, server cases take|ask|answer NUMBER --by NAME with the text on standard input, " +
	"or server cases file FILE --to PATH"

// textBytesMax is the maximum number of bytes of a message that is read, more than its characters can have.
const textBytesMax = 4*rules.TextMax + 1

// casesCommand lists the cases of customer service that wait for the toll company, shows one, and answers it.
func casesCommand(ctx context.Context, args []string, w World) error {
	switch {
	case len(args) == 0, len(args) == 1 && args[0] == "--json":
		return withCases(ctx, w, func(s *casework.Service) error { return listCases(ctx, s, w, len(args) == 1) })
	case len(args) == 2 && args[0] == "show":
		number, err := caseNumber(args[1])
		if err != nil {
			return err
		}
		return withCases(ctx, w, func(s *casework.Service) error { return showCase(ctx, s, w, number) })
	case len(args) >= 2 && (args[0] == string(rules.Take) || args[0] == string(rules.Ask) || args[0] == string(rules.Answer)):
		return replyCommand(ctx, rules.Act(args[0]), args[1], args[2:], w)
	case len(args) == 4 && args[0] == "file" && args[2] == "--to":
		return caseFileCommand(ctx, args[1], args[3], w)
	}
	return errors.New(casesUsage)
}

// caseNumber reads the number of a case or file.
func caseNumber(text string) (int64, error) {
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a number of a case; server cases lists them", text)
	}
	return number, nil
}

// withCases calls do with the service of cases on the migrated database.
func withCases(ctx context.Context, w World, do func(*casework.Service) error) error {
	return withMigrated(ctx, w, func(c config.Config, db *store.DB) error {
		return do(casework.NewService(casedb.New(db), attachment.ScannerAt(c.ClamAV), w.Now))
	})
}

// listCases prints the cases that wait, as a table or as JSON.
func listCases(ctx context.Context, s *casework.Service, w World, asJSON bool) error {
	list, err := s.Waiting(ctx)
	if err != nil {
		return err
	}
	if asJSON {
		return printLines(w.Out, list)
	}
	if len(list) == 0 {
		_, err := fmt.Fprintln(w.Out, "no case waits for an answer")
		return err
	}
	table := tabwriter.NewWriter(w.Out, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "NUMBER\tANSWER BY\tSTATE\tCOMPANY\tTOPIC\tTAKEN BY\tSUBJECT")
	for _, c := range list {
		_, _ = fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", c.ID, c.AnswerBy, c.State, c.Charger, c.Topic, c.TakenBy, c.Title)
	}
	return table.Flush()
}

// showCase prints a case with its messages and files.
func showCase(ctx context.Context, s *casework.Service, w World, number int64) error {
	c, err := s.Any(ctx, number)
	if err != nil {
		return fmt.Errorf("case %d: %w", number, err)
	}
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, "%d  %s\n%s, %s, %s %s\n", c.ID, c.Title, c.State, c.Charger, c.Topic, c.About)
	for _, m := range c.Messages {
		_, _ = fmt.Fprintf(&b, "\n%s  %s  %s\n%s\n", m.At.UTC().Format("2006-01-02 15:04Z"), m.Act, m.Name, m.Text)
		for _, f := range m.Files {
			_, _ = fmt.Fprintf(&b, "file %d  %s  %d bytes\n", f.ID, f.Name, f.Size)
		}
	}
	_, err = io.WriteString(w.Out, b.String())
	return err
}

// replyCommand takes, asks or answers.
func replyCommand(ctx context.Context, act rules.Act, of string, args []string, w World) error {
	flags := flag.NewFlagSet("cases "+string(act), flag.ContinueOnError)
	flags.SetOutput(w.Err)
	by := flags.String("by", "", "`name` of whoever answers; the customer sees it")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("cases %s: %w", act, err)
	}
	number, err := caseNumber(of)
	if err != nil {
		return err
	}
	if flags.NArg() > 0 || *by == "" {
		return errors.New(casesUsage)
	}
	m := casework.NewMessage{Case: number, Once: uuid.NewString(), Staff: *by, Act: act}
	if act != rules.Take {
		text, err := io.ReadAll(io.LimitReader(w.In, textBytesMax))
		if err != nil {
			return fmt.Errorf("read the message: %w", err)
		}
		m.Text = string(text)
	}
	return withCases(ctx, w, func(s *casework.Service) error {
		if err := s.Reply(ctx, m); err != nil {
			return fmt.Errorf("case %d: %w", number, err)
		}
		_, err := fmt.Fprintf(w.Out, "case %d: %s\n", number, act)
		return err
	})
}

// caseFileCommand writes a file of a case to a new file.
func caseFileCommand(ctx context.Context, of, to string, w World) error {
	number, err := caseNumber(of)
	if err != nil {
		return err
	}
	return withCases(ctx, w, func(s *casework.Service) error {
		f, body, err := s.AnyFile(ctx, number)
		if err != nil {
			return fmt.Errorf("file %d: %w", number, err)
		}
		const onlyNew, mode = os.O_WRONLY | os.O_CREATE | os.O_EXCL, 0o600
		out, err := os.OpenFile(to, onlyNew, mode)
		if err != nil {
			return fmt.Errorf("file %d: %w", number, err)
		}
		if _, err := out.Write(body); err != nil {
			return errors.Join(err, out.Close())
		}
		if err := out.Close(); err != nil {
			return err
		}
		_, err = fmt.Fprintf(w.Out, "%s (%s) is in %s\n", f.Name, f.Type, to)
		return err
	})
}
