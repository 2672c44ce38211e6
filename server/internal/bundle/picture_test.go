package main

import (
	"bytes"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// The maskable icon fills its square, so that no mask shows a gap; the mark is drawn in the middle.
func TestTheIconIsDrawnAsItsDrawing(t *testing.T) {
	svg, err := os.ReadFile(filepath.Join(checkout, "assets", "icon", "bompass-maskable.svg"))
	if err != nil {
		t.Fatal(err)
	}
	for _, side := range sides {
		file, err := draw(svg, side)
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if got := picture.Bounds().Dx(); got != side {
			t.Errorf("%d pixels wide, want %d", got, side)
		}
		ground := color.RGBAModel.Convert(picture.At(2, 2))
		if want := (color.RGBA{0x0b, 0x55, 0x63, 0xff}); ground != want {
			t.Errorf("%d: the corner is %v, want %v", side, ground, want)
		}
		road := color.RGBAModel.Convert(picture.At(side*48/100, side*62/100))
		if road == ground {
			t.Errorf("%d: nothing is drawn in the middle", side)
		}
	}
}
