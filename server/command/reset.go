package command

import (
	"context"
	"fmt"
	"strings"

	"bompass/server/embedded"
)

// resetCommand deletes the data that serve stores under its home. It does not touch a database or stream that the
// settings name.
func resetCommand(ctx context.Context, w World) error {
	cfg, err := w.Settings()
	if err != nil {
		return err
	}
	removed, err := embedded.Reset(ctx, cfg.Home)
	if err != nil {
		return err
	}
	if len(removed) == 0 {
		_, err = fmt.Fprintf(w.Out, "there is nothing to delete in %s\n", cfg.Home)
		return err
	}
	_, err = fmt.Fprintf(w.Out, "deleted:\n  %s\n", strings.Join(removed, "\n  "))
	return err
}
