// Package proves records which behaviours of assets/docs/behaviours.md the tests have seen.
//
// A test calls That where it has seen a behaviour. When the test passes, the behaviour's id, the test and its
// package are appended to a file below the folder in PROOFS_DIR, which `make test` sets; `make behaviours`
// reads these files. Without PROOFS_DIR nothing is written.
//
// Only a test that drives the product can prove anything. The harnesses that assemble the server with
// PostgreSQL, or that start the program or a browser, call Driven; a stand-in that is used in place of a part
// of the product, and every helper that writes rows to the database, calls StandIn. That fails the test where
// Driven was not called, and where StandIn was.
package proves

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Folder is the environment variable that names the folder for records.
const Folder = "PROOFS_DIR"

// Drive is how a test reaches the product.
type Drive string

// The ways in which a test reaches the product.
const (
	HTTP    Drive = "http"    // requests to the assembled server on a real database
	Browser Drive = "browser" // a browser in front of the running program
	Command Drive = "command" // the program's commands on a real database
	Source  Drive = "source"  // the checkout itself: for the owner's statements about how the product is made
)

// run is the state of one top-level test and its subtests.
type run struct {
	top     testing.TB // nil until a call came with the top-level test itself
	drive   Drive
	standIn string
	claims  []claim
}

type claim struct {
	t   testing.TB
	ids []string
}

var (
	mu   sync.Mutex
	runs = map[string]*run{} // by name of the top-level test
)

// Driven registers that t drives the product. Harnesses call it, and nothing else does; they call it before they
// register a cleanup, because the record is written in the last one.
func Driven(t testing.TB, how Drive) {
	t.Helper()
	mu.Lock()
	defer mu.Unlock()
	r := of(t)
	r.drive = how
}

// StandIn registers that t uses something in place of a part of the product, so that it proves nothing.
func StandIn(t testing.TB, what string) {
	t.Helper()
	mu.Lock()
	defer mu.Unlock()
	r := of(t)
	r.standIn = what
	if len(r.claims) > 0 {
		t.Errorf("%s is in place of a part of the product, so this test proves no behaviour: use the part itself, or remove proves.That",
			what)
	}
}

// That records that t has seen the behaviours with these ids, such as "S2.16" or "S2.15–S2.17". The record
// is written at the end of the top-level test, and only if it passes.
//
// A subtest can call it if the product was started by its top-level test; otherwise the top-level test has
// to, because a subtest that passes does not show whether its parent will.
func That(t testing.TB, ids ...string) {
	t.Helper()
	mu.Lock()
	defer mu.Unlock()
	r := of(t)
	c := claim{t: t}
	for _, text := range ids {
		expanded, err := Expand(text)
		if err != nil {
			t.Errorf("proves: %v", err)
			return
		}
		c.ids = append(c.ids, expanded...)
	}
	switch {
	case r.drive == "":
		t.Errorf("this test does not drive the product, so it proves no behaviour: use a harness that starts it, or remove proves.That")
	case r.standIn != "":
		t.Errorf("%s is in place of a part of the product, so this test proves no behaviour: use the part itself, or remove proves.That",
			r.standIn)
	case r.drive == Source && strings.Contains(strings.Join(c.ids, " "), "S"):
		t.Errorf("this test checks the source and does not drive the product, so it proves only statements O.01 and on")
	case r.top == nil:
		t.Errorf("call proves.That with the top-level test: the product was started by a subtest")
	default:
		r.claims = append(r.claims, c)
	}
}

// of returns the run that t belongs to. The caller holds mu.
func of(t testing.TB) *run {
	t.Helper()
	name, _, sub := strings.Cut(t.Name(), "/")
	r := runs[name]
	if r == nil {
		r = &run{}
		runs[name] = r
	}
	if !sub && r.top == nil {
		r.top = t
		t.Cleanup(func() { end(name, r) })
	}
	return r
}

// end writes what a top-level test has proven, if it passed.
func end(name string, r *run) {
	mu.Lock()
	defer mu.Unlock()
	delete(runs, name)
	folder := os.Getenv(Folder)
	// A failed subtest fails its top-level test, so nothing of that test counts.
	if folder == "" || r.standIn != "" || r.top.Failed() || r.top.Skipped() {
		return
	}
	var lines strings.Builder
	for _, c := range r.claims {
		if c.t.Skipped() {
			continue
		}
		for _, id := range c.ids {
			lines.WriteString(Proof{ID: id, Package: packageName(), Test: c.t.Name(), Drive: r.drive}.line())
		}
	}
	if err := appendTo(folder, lines.String()); err != nil {
		r.top.Errorf("record proofs: %v", err)
	}
}

// appendTo appends lines to the file of this process with one write.
func appendTo(folder, lines string) error {
	if lines == "" {
		return nil
	}
	name := strings.ReplaceAll(packageName(), "/", "_") + "-" + strconv.Itoa(os.Getpid()) + recordSuffix
	f, err := os.OpenFile(filepath.Join(folder, name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err := f.WriteString(lines); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// packageName returns the import path of the package under test.
func packageName() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return strings.TrimSuffix(info.Path, ".test")
}

var span = regexp.MustCompile(`^([SO][1-9]?)\.(\d\d)(?:[–-](?:([SO][1-9]?)\.)?(\d\d))?$`)

// Expand returns the ids of a text such as "S2.16", "S2.15–S2.17" or "S2.15–17".
func Expand(text string) ([]string, error) {
	m := span.FindStringSubmatch(text)
	if m == nil || m[3] != "" && m[3] != m[1] {
		return nil, fmt.Errorf("%q is not the id of a behaviour, such as S2.16 or S2.15–S2.17", text)
	}
	first, _ := strconv.Atoi(m[2]) // two digits are a number
	last := first
	if m[4] != "" {
		last, _ = strconv.Atoi(m[4])
	}
	if last < first {
		return nil, fmt.Errorf("%q ends before it begins", text)
	}
	var ids []string
	for n := first; n <= last; n++ {
		ids = append(ids, fmt.Sprintf("%s.%02d", m[1], n))
	}
	return ids, nil
}
