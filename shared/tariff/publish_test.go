package tariff_test

import (
	"slices"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"bompass/assets"
	"bompass/shared/tariff"
)

func TestPublishedFilesReproduceTheBook(t *testing.T) {
	files, err := tariff.Files(assets.Tariff)
	if err != nil {
		t.Fatal(err)
	}
	got, problems := tariff.Read(files)
	want, _ := tariff.Load(assets.Tariff)
	if diff := cmp.Diff(want, got); len(problems) > 0 || diff != "" {
		t.Errorf("problems %v, book (-want +got):\n%s", problems, diff)
	}
	if _, problems := tariff.Read(nil); len(problems) != 1 {
		t.Errorf("no files: got %v", problems)
	}
	other, err := tariff.Files(fstest.MapFS{"note.txt": {Data: []byte("no tariff")}})
	if err != nil || len(other) != 0 {
		t.Errorf("a file that is no tariff: got %v, %v", other, err)
	}
}

func TestFingerprintCoversNamesTextsAndBoundaries(t *testing.T) {
	files := []tariff.File{{Name: "a", Text: "bc"}, {Name: "d", Text: "e"}}
	seen := []string{tariff.Fingerprint(files)}
	if tariff.Fingerprint(slices.Clone(files)) != seen[0] {
		t.Error("the same files have two fingerprints")
	}
	for _, other := range [][]tariff.File{
		nil, files[:1],
		{files[1], files[0]},
		{{Name: "ab", Text: "c"}, files[1]},
		{{Name: "a", Text: "bd"}, files[1]},
		{{Name: "a", Text: "bc1 d 1\ne"}},
	} {
		mark := tariff.Fingerprint(other)
		if slices.Contains(seen, mark) {
			t.Errorf("%v has the fingerprint of others", other)
		}
		seen = append(seen, mark)
	}
}
