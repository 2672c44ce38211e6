package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"

	"bompass/assets"
	"bompass/shared/rating"
	"bompass/shared/rating/file"
	"bompass/shared/tariff"
)

// ErrLinesRefused makes the exit code non-zero after all output has been written.
var ErrLinesRefused = errors.New("some lines could not be rated; they are listed above")

// rateCommand rates a file of passages without a database:
// rate [--tariff DIR] --passages FILE [--explain] [--compare OTHER [--on DAY]].
// Its input and output are described in assets/docs/rating.md.
func rateCommand(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) error {
	flags := flag.NewFlagSet("rate", flag.ContinueOnError)
	flags.SetOutput(errOut)
	dir := flags.String("tariff", "", "`directory` of tariff files; without it, the built-in ones")
	passages := flags.String("passages", "", "`file` of passages, NDJSON or CSV; - is standard input")
	explain := flags.Bool("explain", false, "write for people instead of NDJSON")
	compare := flags.String("compare", "", "`other` tariffs, a directory or one file: write what the same passages cost with them")
	on := flags.String("on", "", "with --compare: price every passage as on this `day`")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return fmt.Errorf("rate: %w", err)
	}
	if *passages == "" || flags.NArg() > 0 || *on != "" && *compare == "" {
		return errors.New("rate: name one file of passages: rate [--tariff DIR] --passages FILE [--explain] [--compare OTHER [--on DAY]]")
	}
	book, err := loadBook(*dir, errOut)
	if err != nil {
		return err
	}
	plan, err := rating.Compile(book)
	if err != nil {
		return err
	}
	var other *rating.Plan
	if *compare != "" {
		if other, err = otherPlan(book, *compare, *on, errOut); err != nil {
			return err
		}
	}
	if *passages != "-" {
		f, err := os.Open(*passages)
		if err != nil {
			return fmt.Errorf("open passages: %w", err)
		}
		defer func() { _ = f.Close() }() // only read from
		in = f
	}
	job := file.Job{Plan: plan, Name: *passages, In: cancelled{ctx, in}, Out: out, Problems: errOut, Explain: *explain}
	if other != nil {
		return runComparison(job, other)
	}
	return runRating(job)
}

// runRating rates a file and, with explanations, prints the sums of each currency. It returns an error if lines
// were refused, so that scripts notice.
func runRating(job file.Job) error {
	sum, err := job.Run()
	if err != nil {
		return err
	}
	if job.Explain {
		fmt.Fprintf(job.Out, "%d passages, %s kroner to pay", sum.Rated, sum.Net)
		for _, currency := range slices.Sorted(maps.Keys(sum.Abroad)) {
			fmt.Fprintf(job.Out, ", and %s %s", sum.Abroad[currency], currency)
		}
		fmt.Fprintln(job.Out)
	}
	if sum.Refused > 0 {
		return ErrLinesRefused
	}
	return nil
}

// loadBook reads the tariffs of a directory, or the built-in ones, and prints their problems.
func loadBook(dir string, errOut io.Writer) (*tariff.Book, error) {
	files, err := tariffFiles(dir)
	if err != nil {
		return nil, err
	}
	book, problems := tariff.Load(files)
	if len(problems) > 0 {
		return nil, listed(problems, errOut)
	}
	return book, nil
}

// tariffFiles returns the tariffs of a directory, or the built-in ones.
func tariffFiles(dir string) (fs.FS, error) {
	if dir == "" {
		return assets.Tariff, nil
	}
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is a file; name its directory", dir)
	}
	if err != nil {
		return nil, fmt.Errorf("tariffs: %w", err)
	}
	return os.DirFS(dir), nil
}

// cancelled is a reader that ends when the context does.
type cancelled struct {
	ctx context.Context
	in  io.Reader
}

func (c cancelled) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.in.Read(b)
}
