package main

import (
	"context"
	"fmt"
	"strings"

	"bompass/server/config"
	"bompass/server/embedded"
)

// resetCommand throws away what serve keeps by itself. A database or stream that the settings name is
// somebody else's to empty.
func resetCommand(ctx context.Context, w world) error {
	cfg, err := config.Read(w.getenv)
	if err != nil {
		return err
	}
	removed, err := embedded.Reset(ctx, cfg.Home)
	if err != nil {
		return err
	}
	if len(removed) == 0 {
		_, err = fmt.Fprintf(w.out, "there is nothing to throw away in %s\n", cfg.Home)
		return err
	}
	_, err = fmt.Fprintf(w.out, "thrown away:\n  %s\n", strings.Join(removed, "\n  "))
	return err
}
