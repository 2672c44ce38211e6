package e2e_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"bompass/server/internal/e2e"
)

// picturesMax is the maximum size of the manifest's screenshots together, in bytes.
const picturesMax = 300_000

// quantize returns a picture reduced to its 256 most frequent colours, which makes it small.
func quantize(t *testing.T, picture []byte) []byte {
	t.Helper()
	drawn, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	few := image.NewPaletted(drawn.Bounds(), mostFrequentColours(drawn))
	draw.Draw(few, few.Bounds(), drawn, drawn.Bounds().Min, draw.Src)
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, few); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// mostFrequentColours returns the most frequent colours of a picture.
func mostFrequentColours(drawn image.Image) color.Palette {
	count := map[color.Color]int{}
	for y := drawn.Bounds().Min.Y; y < drawn.Bounds().Max.Y; y++ {
		for x := drawn.Bounds().Min.X; x < drawn.Bounds().Max.X; x++ {
			count[drawn.At(x, y)]++
		}
	}
	all := slices.Collect(maps.Keys(count))
	slices.SortFunc(all, func(a, b color.Color) int { return cmp.Compare(count[b], count[a]) })
	return all[:min(256, len(all))]
}

// The screenshots of the manifest, shown before the program is installed, are those of the current program. With
// BOMPASS_PICTURES set to a folder they are taken again.
func TestManifestScreenshots(t *testing.T) {
	product := e2e.Start(t, program)
	dir := os.Getenv("BOMPASS_PICTURES")
	if dir == "" {
		checkManifestScreenshots(t, product.URL())
		return
	}
	page := e2e.Open(t, e2e.Desktop)
	signIn(t, page, product, account(t, "kari@bompass.example"))
	page.Wait("the overview",
		`document.querySelectorAll('[data-part^="line-"]').length === 2 && document.fonts.status === "loaded"`)
	for name, view := range map[string]e2e.View{"narrow": e2e.Phone, "wide": e2e.Desktop} {
		page.SetView(view)
		if err := os.WriteFile(filepath.Join(dir, "screenshot-"+name+".png"), quantize(t, page.Picture()),
			0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// checkManifestScreenshots fetches every screenshot of the manifest and checks its size.
func checkManifestScreenshots(t *testing.T, origin string) {
	t.Helper()
	var manifest struct {
		Screenshots []struct{ Src, Sizes string }
	}
	if err := json.Unmarshal(fetch(t, origin+"/manifest.webmanifest"), &manifest); err != nil {
		t.Fatal(err)
	}
	if len(manifest.Screenshots) != 2 {
		t.Fatalf("the manifest has %d pictures, want a narrow and a wide one", len(manifest.Screenshots))
	}
	size := 0
	for _, shot := range manifest.Screenshots {
		picture := fetch(t, origin+shot.Src)
		size += len(picture)
		config, err := png.DecodeConfig(bytes.NewReader(picture))
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%dx%d", config.Width, config.Height); got != shot.Sizes {
			t.Errorf("%s is %s, the manifest says %s", shot.Src, got, shot.Sizes)
		}
	}
	if size > picturesMax {
		t.Errorf("the pictures have %d bytes, at most %d are allowed", size, picturesMax)
	}
}

func fetch(t *testing.T, address string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", address, res.Status, err)
	}
	return body
}
