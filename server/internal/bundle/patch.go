package main

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// hunkHeader matches the line that begins a hunk, such as "@@ -7,7 +7,6 @@". Its group is the first line of the hunk in
// the old file.
var hunkHeader = regexp.MustCompile(`^@@ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@`)

// applyPatch changes files, by name, as a unified diff says. The diff changes existing files only and must fit
// them exactly: every line that it keeps or removes has to be there, at its place.
func applyPatch(files map[string][]byte, patch string) error {
	for _, part := range strings.Split("\n"+patch, "\n--- a/")[1:] {
		name, hunks, _ := strings.Cut(part, "\n")
		content, ok := files[name]
		if !ok {
			return fmt.Errorf("patch: there is no file %s", name)
		}
		changed, err := applyHunks(content, strings.TrimSuffix(hunks, "\n"))
		if err != nil {
			return fmt.Errorf("patch %s: %w", name, err)
		}
		files[name] = changed
	}
	return nil
}

// applyHunks applies the hunks for one file, which follow its name in the diff.
func applyHunks(content []byte, hunks string) ([]byte, error) {
	var out bytes.Buffer
	old := strings.SplitAfter(string(content), "\n")
	at := 0 // the next line of old
	for i, line := range strings.Split(hunks, "\n") {
		kind, text := line[:min(1, len(line))], line[min(1, len(line)):]+"\n"
		switch {
		case i == 0 && strings.HasPrefix(line, "+++ b/"):
		case kind == "@":
			start, err := hunkStart(line)
			if err != nil || start < at || start > len(old) {
				return nil, fmt.Errorf("%q is not the begin of a hunk, or out of place", line)
			}
			out.WriteString(strings.Join(old[at:start], ""))
			at = start
		case kind == "+":
			out.WriteString(text)
		case kind == " ", kind == "-":
			if at >= len(old) || old[at] != text {
				return nil, fmt.Errorf("line %d is not %q", at+1, strings.TrimSuffix(text, "\n"))
			}
			if kind == " " {
				out.WriteString(text)
			}
			at++
		default:
			return nil, fmt.Errorf("%q is not a line of a patch", line)
		}
	}
	out.WriteString(strings.Join(old[at:], ""))
	return out.Bytes(), nil
}

// hunkStart returns the index of the first line that a hunk's header names.
func hunkStart(header string) (int, error) {
	m := hunkHeader.FindStringSubmatch(header)
	if m == nil {
		return 0, errors.New("this is no header of a hunk")
	}
	start, err := strconv.Atoi(m[1])
	return start - 1, err
}
