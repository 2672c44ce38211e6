package command

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/rating/file"
	"bompass/shared/tariff"
)

// runComparison rates a job also with the other tariffs and writes the differences.
func runComparison(job file.Job, other *rating.Plan) error {
	_, err := file.Comparison{Job: job, Other: other}.Run()
	return err
}

// otherPlan compiles the tariffs that --compare names: a directory, or one file that replaces its scheme in the
// book. With a day, every scheme is priced as on that day.
func otherPlan(book *tariff.Book, name, on string, errOut io.Writer) (*rating.Plan, error) {
	other, err := otherBook(book, name, errOut)
	if err != nil {
		return nil, err
	}
	if on == "" {
		return rating.Compile(other)
	}
	day, err := oslo.ParseDay(on)
	if err != nil {
		return nil, fmt.Errorf("rate: --on: %w", err)
	}
	other, without := other.On(day)
	for _, id := range without {
		fmt.Fprintf(errOut, "%s has no version in force on %s; its passages are left out\n", id, day)
	}
	return rating.Compile(other)
}

// otherBook returns the tariffs to compare with: those of a directory, or book with the scheme of one file
// replaced.
func otherBook(book *tariff.Book, name string, errOut io.Writer) (*tariff.Book, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("open tariffs to compare with: %w", err)
	}
	if info.IsDir() {
		return loadBook(name, errOut)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read tariff to compare with: %w", err)
	}
	scheme, problems := tariff.Parse(filepath.Base(name), text)
	if len(problems) > 0 {
		return nil, listed(problems, errOut)
	}
	other := book.With(scheme)
	if problems := other.Check(); len(problems) > 0 {
		return nil, listed(problems, errOut)
	}
	return other, nil
}

// listed prints the problems of tariffs and returns an error with their number.
func listed(problems []tariff.Problem, errOut io.Writer) error {
	for _, p := range problems {
		fmt.Fprintln(errOut, p)
	}
	return fmt.Errorf("the tariffs have %d problems; they are listed above", len(problems))
}
