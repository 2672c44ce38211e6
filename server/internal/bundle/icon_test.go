package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const icon = "../../../assets/icon"

// iconSides are the sizes in pixels that the web app manifest names.
var iconSides = []int{192, 512}

// drawn returns the hashes of the SVG files from which the committed PNG files were rendered, by file name.
func drawn(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(icon, "drawn.sha256"))
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]string{}
	for line := range strings.Lines(string(text)) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		sums[name] = sum
	}
	return sums
}

func TestPNGIconsMatchTheirSVG(t *testing.T) {
	svgs, err := filepath.Glob(filepath.Join(icon, "*.svg"))
	if err != nil || len(svgs) < 2 {
		t.Fatalf("SVG files: %v, %v", svgs, err)
	}
	sums := drawn(t)
	if len(sums) != len(svgs) {
		t.Errorf("%d SVG files and %d hashes: run make icons", len(svgs), len(sums))
	}
	for _, file := range svgs {
		svg, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(svg)
		if name := filepath.Base(file); sums[name] != hex.EncodeToString(sum[:]) {
			t.Errorf("%s has changed since its PNGs were made: run make icons", name)
		}
		for _, side := range iconSides {
			picture := decode(t, fmt.Sprintf("%s-%d.png", strings.TrimSuffix(file, ".svg"), side))
			if got, want := picture.Bounds(), image.Rect(0, 0, side, side); got != want {
				t.Errorf("%s: got %v, want %v", file, got, want)
			}
			if picture.At(side*42/100, side*66/100) == picture.At(side/2, side*5/100) {
				t.Errorf("%s: the middle has the colour of the background at %d pixels", file, side)
			}
		}
	}
}

// A mask may cut the corners of a maskable icon, so the background must fill the square.
func TestMaskableIconFillsItsSquare(t *testing.T) {
	for _, side := range iconSides {
		picture := decode(t, fmt.Sprintf("%s/bompass-maskable-%d.png", icon, side))
		for _, at := range []image.Point{{0, 0}, {side - 1, 0}, {0, side - 1}, {side - 1, side - 1}} {
			if r, g, b, a := picture.At(at.X, at.Y).RGBA(); r>>8 != 0x0b || g>>8 != 0x55 || b>>8 != 0x63 ||
				a>>8 != 0xff {
				t.Errorf("%d pixels: the corner %v is %02x%02x%02x%02x", side, at, r>>8, g>>8, b>>8, a>>8)
			}
		}
	}
}

func decode(t *testing.T, name string) image.Image {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("%v: run make icons", err)
	}
	picture, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return picture
}
