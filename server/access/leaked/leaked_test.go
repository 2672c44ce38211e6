package leaked_test

import (
	"crypto/sha1"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bompass/server/access/leaked"
)

// write writes a list of passwords, each found some times, and returns its path.
func write(t *testing.T, end string, passwords ...string) string {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	var lines []string
	for _, p := range passwords {
		lines = append(lines, fmt.Sprintf("%X:%d", sha1.Sum([]byte(p)), 1+random.IntN(1<<random.IntN(24))))
	}
	slices.Sort(lines)
	path := filepath.Join(t.TempDir(), "list.txt")
	text := strings.Join(lines, end)
	if len(lines) > 0 {
		text += end
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Every password of a list is found, first and last too, and no other one, for each end of line.
func TestPasswordsOfListAreFound(t *testing.T) {
	for _, end := range []string{"\n", "\r\n"} {
		for _, n := range []int{1, 2, 3, 10, 1000} {
			var in []string
			for i := range n {
				in = append(in, fmt.Sprint("password", i))
			}
			list, err := leaked.Open(write(t, end, in...))
			if err != nil {
				t.Fatal(err)
			}
			for i := range n {
				for p, want := range map[string]bool{fmt.Sprint("password", i): true, fmt.Sprint("other", i): false} {
					if got, err := list.Contains(p); err != nil || got != want {
						t.Errorf("%q, %d lines, %q: got %v, %v, want %v", end, n, p, got, err, want)
					}
				}
			}
			if err := list.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// A last line without an end is found.
func TestLastLineNeedsNoEnd(t *testing.T) {
	path := write(t, "\n", "a", "b", "c")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.TrimSpace(string(text))), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := leaked.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = list.Close() }()
	for _, p := range []string{"a", "b", "c"} {
		if found, err := list.Contains(p); err != nil || !found {
			t.Errorf("%s: %v, %v", p, found, err)
		}
	}
}

func TestFileOfAnotherFormatIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "words": "password\n123456\n", "reversed": strings.Repeat("F", 40) + ":1\n" + strings.Repeat("0", 40) + ":1\n",
		"SHA-256": strings.Repeat("g", 64) + "\n",
	} {
		path := filepath.Join(t.TempDir(), "list.txt")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := leaked.Open(path); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := leaked.Open(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a file that does not exist: no error")
	}
}
