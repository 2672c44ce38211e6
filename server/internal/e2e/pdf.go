package e2e

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/hex"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// A4 in inches.
const (
	paperWidth  = 8.27
	paperHeight = 11.69
)

// Print returns the page as a PDF in A4, as the browser prints it.
func (p *Page) Print() []byte {
	p.t.Helper()
	var pdf []byte
	p.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		printed, err := cdp.Call(ctx, tab, page.PrintToPDF, page.PrintToPDFParams{
			PaperWidth: paperWidth, PaperHeight: paperHeight,
		})
		pdf = printed.Data
		return err
	}))
	return pdf
}

// EmulatePrint shows the page with its print styles.
func (p *Page) EmulatePrint() {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
		return err
	}))
}

var (
	pdfObject = regexp.MustCompile(`(?s)(\d+) 0 obj\s*(<<.*?>>)\s*(?:stream\r?\n(.*?)\r?\nendstream)?\s*endobj`)
	pdfWords  = regexp.MustCompile(`/F(\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)> ?Tj|<([0-9A-Fa-f]+)>|(?:T[dm*]|ET)\b`)
	pdfUnits  = regexp.MustCompile(`/ToUnicode (\d+) 0 R`)
	pdfChar   = regexp.MustCompile(`<([0-9A-F]{2,4})> <([0-9A-F]{4,})>`)
	pdfRange  = regexp.MustCompile(`<([0-9A-F]{2,4})> <([0-9A-F]{2,4})> <([0-9A-F]{4})>`)
)

// PDFText returns the text of a PDF that the browser has printed. It does not read every PDF: fonts are named by their
// object, and characters are codes that the font maps to Unicode.
func PDFText(pdf []byte) string {
	objects := map[string][2][]byte{}
	for _, m := range pdfObject.FindAllSubmatch(pdf, -1) {
		objects[string(m[1])] = [2][]byte{m[2], inflate(m[2], m[3])}
	}
	var text strings.Builder
	for _, object := range objects {
		if bytes.Contains(object[1], []byte("BT")) && !bytes.Contains(object[1], []byte("begincmap")) {
			writePageText(&text, object[1], objects)
		}
	}
	return text.String()
}

// inflate returns the content of a stream, decompressed if its dictionary names the filter FlateDecode.
func inflate(head, body []byte) []byte {
	if !bytes.Contains(head, []byte("/FlateDecode")) {
		return body
	}
	r, err := zlib.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil
	}
	plain, _ := io.ReadAll(r) // what was read before an error is what there is
	return plain
}

// writePageText appends the text of a page's content stream: characters are codes in the current font, and a space is
// written between the strings.
func writePageText(text *strings.Builder, content []byte, objects map[string][2][]byte) {
	characters := map[string]string{}
	for _, m := range pdfWords.FindAllSubmatch(content, -1) {
		switch {
		case len(m[1]) > 0:
			characters = fontMap(string(m[1]), objects)
		case len(m[2]) > 0 || len(m[3]) > 0:
			glyphs := strings.ToUpper(string(m[2]) + string(m[3]))
			for wide := codeWidth(characters); len(glyphs) >= wide; glyphs = glyphs[wide:] {
				text.WriteString(characters[glyphs[:wide]])
			}
		default:
			text.WriteByte(' ')
		}
	}
	text.WriteByte('\n')
}

// fontMap returns the ToUnicode map of a font: from hexadecimal codes to characters.
func fontMap(font string, objects map[string][2][]byte) map[string]string {
	characters := map[string]string{}
	unit := pdfUnits.FindSubmatch(objects[font][0])
	if unit == nil {
		return characters
	}
	table := objects[string(unit[1])][1]
	for _, m := range pdfRange.FindAllSubmatch(table, -1) {
		from, to, character := number(m[1]), number(m[2]), number(m[3])
		for n := from; n <= to && n-from < 1<<16; n++ {
			code := strings.ToUpper(hex.EncodeToString([]byte{byte(n >> 8), byte(n)}))
			// Codes have as many digits in the text as in the map.
			characters[code[4-len(m[1]):]] = string(rune(character + n - from))
		}
	}
	for _, m := range pdfChar.FindAllSubmatch(table, -1) {
		if _, known := characters[string(m[1])]; !known {
			characters[string(m[1])] = string(rune(number(m[2][:4])))
		}
	}
	return characters
}

// codeWidth returns the number of hexadecimal digits of a character in a font.
func codeWidth(characters map[string]string) int {
	for code := range characters {
		return len(code)
	}
	return 2
}

func number(digits []byte) int {
	n, _ := strconv.ParseInt(string(digits), 16, 32) // the pattern took digits alone
	return int(n)
}
