// Command behaviours counts which of the product's behaviours are proven by tests, and lists the rest.
//
// A test proves a behaviour by carrying its id, such as S2.16 or a range S2.16–S2.18, in a comment or
// a name. The ids and what they say are the table in assets/docs/behaviours.md.
package main

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

const table = "assets/docs/behaviours.md"

func main() {
	top := "."
	if len(os.Args) > 1 {
		top = os.Args[1]
	}
	if err := run(os.DirFS(top), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "behaviours:", err)
		os.Exit(1)
	}
}

// run prints the count for each system and the behaviours that no test proves.
func run(files fs.FS, out io.Writer) error {
	list, err := read(files)
	if err != nil {
		return err
	}
	proven, err := prove(files)
	if err != nil {
		return err
	}
	for id := range proven {
		if !known(list, id) {
			return fmt.Errorf("%s: a test proves %s, which is no behaviour", strings.Join(proven[id], ", "), id)
		}
	}
	return report(out, list, proven)
}

// behaviour is one row of the table.
type behaviour struct{ id, says string }

func (b behaviour) system() string {
	system, _, _ := strings.Cut(b.id, ".")
	return system
}

func known(list []behaviour, id string) bool {
	for _, b := range list {
		if b.id == id {
			return true
		}
	}
	return false
}

var row = regexp.MustCompile(`^\| (S[1-5]\.\d\d) \| (.+) \|$`)

func read(files fs.FS) ([]behaviour, error) {
	text, err := fs.ReadFile(files, table)
	if err != nil {
		return nil, fmt.Errorf("read behaviours: %w", err)
	}
	var list []behaviour
	lines := bufio.NewScanner(strings.NewReader(string(text)))
	for lines.Scan() {
		if m := row.FindStringSubmatch(lines.Text()); m != nil {
			if known(list, m[1]) {
				return nil, fmt.Errorf("read behaviours: %s stands twice", m[1])
			}
			list = append(list, behaviour{m[1], m[2]})
		}
	}
	return list, lines.Err()
}

var mark = regexp.MustCompile(`\bS([1-5])\.(\d\d)(?:[–-](?:S[1-5]\.)?(\d\d))?`)

// prove gathers the ids in test files, with the files they stand in.
func prove(files fs.FS) (map[string][]string, error) {
	proven := map[string][]string{}
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && (name == "node_modules" || len(name) > 1 && strings.HasPrefix(name, ".")) {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, "_test.go") || filepath.ToSlash(filepath.Dir(path)) == "server/internal/behaviours" {
			return nil
		}
		text, err := fs.ReadFile(files, path)
		if err != nil {
			return err
		}
		for _, id := range marks(string(text)) {
			if last := len(proven[id]); last == 0 || proven[id][last-1] != path {
				proven[id] = append(proven[id], path)
			}
		}
		return nil
	})
	return proven, err
}

// marks lists the ids in a text; a range is all of its ids.
func marks(text string) (ids []string) {
	for _, m := range mark.FindAllStringSubmatch(text, -1) {
		from, _ := strconv.Atoi(m[2]) // two digits are a number
		to := from
		if m[3] != "" {
			to, _ = strconv.Atoi(m[3])
		}
		for n := from; n <= to; n++ {
			ids = append(ids, fmt.Sprintf("S%s.%02d", m[1], n))
		}
	}
	return ids
}

func report(out io.Writer, list []behaviour, proven map[string][]string) error {
	var b strings.Builder
	systems, all, some := []string{}, map[string]int{}, map[string]int{}
	for _, x := range list {
		if all[x.system()] == 0 {
			systems = append(systems, x.system())
		}
		all[x.system()]++
		if proven[x.id] != nil {
			some[x.system()]++
		}
	}
	total := 0
	for _, system := range systems {
		fmt.Fprintf(&b, "%s  %3d of %3d proven\n", system, some[system], all[system])
		total += some[system]
	}
	fmt.Fprintf(&b, "    %3d of %3d proven\n\nNot proven:\n", total, len(list))
	for _, x := range list {
		if proven[x.id] == nil {
			fmt.Fprintf(&b, "%s  %s\n", x.id, x.says)
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}
