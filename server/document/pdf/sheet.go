package pdf

import (
	"slices"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// Measures in millimetres and sizes in points, on A4.
const (
	left, top    = 20.0, 18.0
	width        = 170.0
	bottom       = 297 - 22.0 // where text ends
	footer       = 297 - 15.0
	leading      = 1.3 // height of a line for each millimetre of its font
	bodySize     = 9.5
	millimetre   = 72 / 25.4 // points
	gray         = 110       // of quiet text: contrast 5:1 on white
	grayLine     = 190
	grayFill     = 243
	spaceSection = 7.0
)

// sheet draws text on pages, and records which element of the structure each piece belongs to.
type sheet struct {
	*fpdf.Fpdf
	root  *element
	at    *element     // the element that is open
	marks [][]*element // by page and number of the marked content: the element that it belongs to
}

// newSheet returns a sheet with its first page.
func newSheet(language, title, author string, at time.Time) *sheet {
	f := fpdf.New("P", "mm", "A4", "")
	f.SetCatalogSort(true) // the same bytes for the same document
	f.SetCreationDate(at.UTC())
	f.SetModificationDate(at.UTC())
	f.SetProducer("Bompass", true)
	f.SetTitle(printable(title), true)
	f.SetAuthor(printable(author), true)
	f.SetLang(language)
	for style, file := range fonts() {
		f.AddUTF8FontFromBytes(family, style, slices.Clone(file)) // the library pads tables in place
	}
	f.SetMargins(left, top, left)
	f.SetAutoPageBreak(false, 0)
	f.SetCellMargin(0)
	root := &element{kind: "Document"}
	s := &sheet{Fpdf: f, root: root, at: root}
	s.newPage()
	return s
}

// newPage begins a page.
func (s *sheet) newPage() {
	s.AddPage()
	s.marks = append(s.marks, nil)
	s.SetXY(left, top)
}

// in opens an element for what body draws.
func (s *sheet) in(kind, attributes string, body func()) {
	e := &element{kind: kind, attributes: attributes, parent: s.at}
	s.at.kids = append(s.at.kids, kid{element: e})
	s.at = e
	body()
	s.at = e.parent
}

// mark makes what draw draws, on one page, content of the open element.
func (s *sheet) mark(draw func()) {
	page := s.PageNo() - 1
	number := len(s.marks[page])
	s.marks[page] = append(s.marks[page], s.at)
	s.at.kids = append(s.at.kids, kid{page: page, mark: number})
	s.RawWriteStr("/" + s.at.kind + " <</MCID " + itoa(number) + ">> BDC")
	draw()
	s.RawWriteStr("EMC")
}

// artifact marks what draw draws as no content: lines, backgrounds, and what is repeated on pages.
func (s *sheet) artifact(draw func()) {
	s.RawWriteStr("/Artifact BMC")
	draw()
	s.RawWriteStr("EMC")
}

// font chooses a font, and returns the height of its lines.
func (s *sheet) font(style string, size float64) float64 {
	s.SetFont(family, style, size)
	return size / millimetre * leading
}

// write draws a text within a width from the current place on, and leaves the place at the left below it.
func (s *sheet) write(kind, style string, size, within float64, text string) {
	if text == "" {
		return
	}
	x, high := s.GetX(), s.font(style, size)
	s.in(kind, "", func() {
		for _, line := range s.SplitText(printable(text), within) {
			if s.GetY()+high > bottom {
				s.newPage()
				s.font(style, size)
			}
			s.SetX(x)
			s.mark(func() { s.CellFormat(within, high, line, "", 2, "L", false, 0, "") })
		}
	})
	s.SetX(x)
}

// heading draws a heading, which never stands alone at the end of a page: room millimetres must follow.
func (s *sheet) heading(kind string, size float64, text string, room float64) {
	if s.GetY()+spaceSection+room > bottom {
		s.newPage()
	} else {
		s.SetXY(left, s.GetY()+spaceSection)
	}
	s.write(kind, bold, size, width, text)
	s.SetXY(left, s.GetY()+1)
}

// fill paints the background of a rectangle.
func (s *sheet) fill(x, y, w, h float64) {
	s.artifact(func() {
		s.SetFillColor(grayFill, grayFill, grayFill)
		s.Rect(x, y, w, h, "F")
	})
}

// rule draws a line below what has been drawn.
func (s *sheet) rule(x, y, w float64) {
	s.artifact(func() {
		s.SetDrawColor(grayLine, grayLine, grayLine)
		s.Line(x, y, x+w, y)
	})
}
