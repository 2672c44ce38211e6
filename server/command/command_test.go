package command_test

import (
	"io"
	"testing"

	"bompass/server/command"
)

// perform runs a command that needs no settings.
func perform(t *testing.T, in io.Reader, out, errOut io.Writer, args ...string) error {
	t.Helper()
	w := command.World{Getenv: func(string) string { return "" }, In: in, Out: out, Err: errOut}
	return command.Run(t.Context(), args, w)
}
