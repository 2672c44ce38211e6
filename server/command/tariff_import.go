package command

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"bompass/shared/oslo"
	"bompass/shared/tariff/nvdb"
)

// ErrOpenQuestions makes the exit code non-zero after all drafts have been written.
var ErrOpenQuestions = errors.New("the data leaves questions open; they are listed above")

const tariffUsage = "tariff: write: server tariff import nvdb FILE [--out DIR] [--from DAY], server tariff publish or server tariff releases"

// importMax bounds the file that is read, in bytes.
const importMax = 64 << 20

// tariffCommand writes drafts of tariff files: tariff import nvdb FILE [--out DIR] [--from DAY]. Flags may come
// before or after FILE.
func tariffCommand(args []string, in io.Reader, out, errOut io.Writer) error {
	if len(args) < 3 || args[0] != "import" || args[1] != "nvdb" {
		return errors.New(tariffUsage)
	}
	flags := flag.NewFlagSet("tariff import nvdb", flag.ContinueOnError)
	flags.SetOutput(errOut)
	dir := flags.String("out", "", "`directory` for the drafts; without it, they are written to standard output")
	since := flags.String("from", "", "first `day` of the drafts; without it, the latest day on which a station of the scheme began")
	name, rest := "", args[2:]
	for len(rest) > 0 {
		if err := flags.Parse(rest); err != nil {
			return fmt.Errorf("tariff: %w", err)
		}
		if rest = flags.Args(); len(rest) > 0 {
			if name != "" {
				return errors.New(tariffUsage)
			}
			name, rest = rest[0], rest[1:]
		}
	}
	if name == "" {
		return errors.New(tariffUsage)
	}
	var from oslo.Day
	if *since != "" {
		var err error
		if from, err = oslo.ParseDay(*since); err != nil {
			return fmt.Errorf("tariff: --from: %w", err)
		}
	}
	text, err := readBounded(name, in)
	if err != nil {
		return err
	}
	drafts, problems := nvdb.Import(text, from)
	if err := writeDrafts(drafts, *dir, out); err != nil {
		return err
	}
	for _, p := range problems {
		fmt.Fprintln(errOut, p)
	}
	if len(problems) > 0 {
		return ErrOpenQuestions
	}
	return nil
}

// readBounded reads a file of at most importMax bytes, or standard input if its name is -.
func readBounded(name string, in io.Reader) ([]byte, error) {
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("open road data: %w", err)
		}
		defer func() { _ = f.Close() }() // only read from
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, importMax+1))
	if err != nil {
		return nil, fmt.Errorf("read road data: %w", err)
	}
	if len(text) > importMax {
		return nil, fmt.Errorf("road data is longer than %d bytes; split it", importMax)
	}
	return text, nil
}

// writeDrafts writes one file for each scheme. An existing file may have been edited and is never replaced.
func writeDrafts(drafts []nvdb.Draft, dir string, out io.Writer) error {
	if dir == "" {
		for _, d := range drafts {
			fmt.Fprintf(out, "# %s.tariff\n%s\n", d.ID, d.Text)
		}
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make directory of drafts: %w", err)
	}
	for _, d := range drafts {
		name := filepath.Join(dir, string(d.ID)+".tariff")
		f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("write draft (an existing file is not replaced): %w", err)
		}
		_, err = f.Write(d.Text)
		if err := errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("write draft: %w", err)
		}
		fmt.Fprintln(out, name)
	}
	return nil
}
