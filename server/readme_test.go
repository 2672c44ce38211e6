package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"bompass/server/command"
)

// The commands in the README that need no portal work as they are written.
func TestReadmeCommandsWork(t *testing.T) {
	t.Chdir("..")
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	commands := regexp.MustCompile(`(?m)^go run \./server (rate|check) (.*)$`).FindAllStringSubmatch(string(text), -1)
	if len(commands) < 2 {
		t.Fatalf("the README has %d commands of server rate and server check", len(commands))
	}
	for _, c := range commands {
		var out, errOut bytes.Buffer
		args := append([]string{c[1]}, strings.Fields(c[2])...)
		if err := command.Run(t.Context(), args, command.World{Getenv: func(string) string { return "" }, Out: &out, Err: &errOut}); err != nil {
			t.Errorf("%s: %v\n%s", c[0], err, errOut.String())
		}
		if c[1] == "rate" && (!strings.Contains(out.String(), "8 passages") || errOut.Len() > 0) {
			t.Errorf("%s: got %s%s", c[0], out.String(), errOut.String())
		}
	}
}
