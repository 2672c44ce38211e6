package proves_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bompass/server/internal/proves"
)

// runSample runs the tests in testdata/sample with a folder for records, and returns what they printed.
func runSample(t *testing.T, folder string) string {
	t.Helper()
	cmd := exec.Command("go", "test", "-v", "-count=1", "./testdata/sample")
	cmd.Env = append(os.Environ(), proves.Folder+"="+folder)
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Fatalf("the sample passes, but tests in it fail:\n%s", out)
	}
	return string(out)
}

func TestOnlyPassingTestsThatDriveTheProductAreRecorded(t *testing.T) {
	folder := t.TempDir()
	out := runSample(t, folder)
	proofs, err := proves.Read(os.DirFS(folder))
	if err != nil {
		t.Fatal(err)
	}
	sample := "bompass/server/internal/proves/testdata/sample"
	want := []proves.Proof{
		{ID: "S2.15", Package: sample, Test: "TestPasses", Drive: proves.Browser},
		{ID: "S2.16", Package: sample, Test: "TestPasses", Drive: proves.Browser},
		{ID: "S2.17", Package: sample, Test: "TestPasses", Drive: proves.Browser},
		{ID: "O.01", Package: sample, Test: "TestPasses", Drive: proves.Browser},
		{ID: "S1.01", Package: sample, Test: "TestSubtestPasses/first", Drive: proves.HTTP},
		{ID: "S1.03", Package: sample, Test: "TestEachSubtestStartsTheProduct", Drive: proves.HTTP},
	}
	if diff := cmp.Diff(want, proofs); diff != "" {
		t.Errorf("(-want +got):\n%s\n%s", diff, out)
	}
	for _, test := range []string{
		"TestPasses", "TestSubtestPasses", "TestEachSubtestStartsTheProduct", "TestStandInWithoutClaimPasses",
	} {
		if !strings.Contains(out, "--- PASS: "+test+" ") {
			t.Errorf("%s fails:\n%s", test, out)
		}
	}
	for _, test := range []string{
		"TestDrivesNothing", "TestUsesStandInBefore", "TestUsesStandInAfter", "TestSubtestHasProductOfItsOwn",
		"TestIDIsMisspelt", "TestLooksAtTheSource",
	} {
		if !strings.Contains(out, "--- FAIL: "+test+" ") {
			t.Errorf("%s passes, but proves nothing:\n%s", test, out)
		}
	}
}

func TestNothingIsRecordedWithoutAFolder(t *testing.T) {
	runSample(t, "")
	if found, _ := filepath.Glob("testdata/sample/*.proofs"); len(found) > 0 {
		t.Errorf("records were written: %v", found)
	}
}

func TestExpandReadsIDsAndRanges(t *testing.T) {
	for text, want := range map[string][]string{
		"S2.16": {"S2.16"}, "S2.15–S2.17": {"S2.15", "S2.16", "S2.17"}, "S2.15-17": {"S2.15", "S2.16", "S2.17"},
		"O.01–O.02": {"O.01", "O.02"},
		"":          nil, "S2": nil, "S2.1": nil, "s2.16": nil, "S2.17–S2.15": nil, "S1.01–S2.02": nil, "S2.16 ": nil,
	} {
		got, err := proves.Expand(text)
		if diff := cmp.Diff(want, got); diff != "" || (err == nil) != (want != nil) {
			t.Errorf("%q: %v (-want +got):\n%s", text, err, diff)
		}
	}
}

// harnesses are the files that may register a test as driving the product: they assemble the server with
// PostgreSQL, or start the program or a browser. The tests of bench check the source.
var harnesses = []string{
	"server/internal/bench/statements_test.go",
	"server/internal/e2e/browser.go",
	"server/internal/e2e/product.go",
	"server/web/webtest/server.go",
}

func TestOnlyHarnessesRegisterADrive(t *testing.T) {
	const top = "../../.."
	var found []string
	err := filepath.WalkDir(filepath.Join(top, "server"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") ||
			strings.Contains(filepath.ToSlash(path), "internal/proves/") {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), "proves.Driven(") {
			rel, _ := filepath.Rel(top, path)
			found = append(found, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	if diff := cmp.Diff(harnesses, found); diff != "" {
		t.Errorf("proves.Driven is called in other files than the harnesses (-want +got):\n%s", diff)
	}
}
