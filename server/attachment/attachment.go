// Package attachment checks files that people send: their kind by their content, their size, and viruses if a scanner is set up.
// Pictures are drawn again, so that nothing but the picture is kept: no place, no other file hidden in it.
package attachment

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/disintegration/imaging"
	"github.com/gabriel-vasile/mimetype"

	"bompass/shared/fault"
	"bompass/shared/text"
)

// The kinds of files that are accepted.
const (
	PDF  = "application/pdf"
	JPEG = "image/jpeg"
	PNG  = "image/png"
)

// The limits of a file.
const (
	BytesMax    = 10 << 20
	pixelsMax   = 50_000_000 // about as many as a phone takes
	nameMax     = 100        // characters
	jpegQuality = 88
)

// File is a file with its content. Type is set once it is clean.
type File struct {
	Name string
	Type string
	Body []byte
}

// drawing bounds the memory of pictures: one is drawn again at a time.
var drawing = make(chan struct{}, 1)

// Clean returns a file as it can be stored. The fault of the field files is fault.FileKind for another kind of file or one that
// cannot be read, fault.FileTooLarge, fault.FileInfected, or fault.PartnerDown if the scanner does not answer. Scan may be nil.
func Clean(ctx context.Context, f File, scan *Scanner) (File, error) {
	f.Name = cleanName(f.Name)
	if len(f.Body) > BytesMax {
		return File{}, fault.New(fault.FileTooLarge, "name", f.Name).At("files")
	}
	f.Type = kindOf(f.Body)
	if f.Type == "" {
		return File{}, fault.New(fault.FileKind, "name", f.Name).At("files")
	}
	if scan != nil {
		if err := scan.Scan(ctx, f); err != nil {
			return File{}, err
		}
	}
	if f.Type == PDF {
		return f, nil
	}
	drawn, err := redraw(ctx, f)
	if err != nil {
		return File{}, err
	}
	return drawn, nil
}

// kindOf returns the kind of a file by its content, empty if it is not accepted. A file that begins as one kind and goes on as
// another one is a picture only if it can be drawn, and a PDF only if it begins as one.
func kindOf(body []byte) string {
	found := mimetype.Detect(body)
	for _, kind := range []string{PDF, JPEG, PNG} {
		if found.Is(kind) && (kind != PDF || bytes.HasPrefix(body, []byte("%PDF-"))) {
			return kind
		}
	}
	return ""
}

// redraw decodes a picture, turns it as the camera was held, and encodes it again without what else the file has.
func redraw(ctx context.Context, f File) (File, error) {
	unreadable := fault.New(fault.FileKind, "name", f.Name).At("files")
	size, _, err := image.DecodeConfig(bytes.NewReader(f.Body))
	if err != nil || size.Width <= 0 || size.Height <= 0 || size.Width > pixelsMax/size.Height {
		return File{}, unreadable
	}
	select {
	case drawing <- struct{}{}:
		defer func() { <-drawing }()
	case <-ctx.Done():
		return File{}, ctx.Err()
	}
	picture, err := imaging.Decode(bytes.NewReader(f.Body), imaging.AutoOrientation(true))
	if err != nil {
		return File{}, unreadable
	}
	var out bytes.Buffer
	if f.Type == PNG {
		err = png.Encode(&out, picture)
	} else {
		err = jpeg.Encode(&out, picture, &jpeg.Options{Quality: jpegQuality})
	}
	if err != nil {
		return File{}, fmt.Errorf("draw a picture again: %w", err)
	}
	f.Body = out.Bytes()
	return f, nil
}

// cleanName returns the name of a file without folders, controls and more characters than are shown.
func cleanName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !text.IsLine(string(r)) || strings.ContainsRune(`"<>:|?*/`, r) {
			return -1
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > nameMax { // the end says what kind it is
		name = string(runes[:nameMax/2]) + "…" + string(runes[len(runes)-nameMax/2:])
	}
	if strings.Trim(name, ". ") == "" {
		return "file"
	}
	return name
}
