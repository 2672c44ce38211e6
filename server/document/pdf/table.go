package pdf

// Attributes of the cells that are heads.
const (
	headOfColumn = "/A<</O/Table/Scope/Column>>"
	headOfRow    = "/A<</O/Table/Scope/Row>>"
)

// Space in a cell, in millimetres.
const (
	padX = 1.5
	padY = 0.8
)

// column is a column of a table.
type column struct {
	head   string
	width  float64
	number bool // set to the right
}

// cell is a cell of a row.
type cell struct {
	text string
	head bool // of its row
}

// table is a table that goes on over pages, with its heads on each.
type table struct {
	*sheet
	x       float64
	size    float64
	columns []column
	carry   func() (forward, brought string, amount string) // at the end of a page and on the next; nil for a table without
}

// draw draws the heads, and the rows that body adds.
func (t *table) draw(body func()) {
	t.in("Table", "", func() {
		t.heads(true)
		body()
	})
}

// heads draws the heads of the columns: content once, and an artifact on the pages that follow.
func (t *table) heads(content bool) {
	cells := make([]cell, len(t.columns))
	for i, c := range t.columns {
		cells[i] = cell{text: c.head}
	}
	lines, high := t.wrap(bold, cells)
	t.fill(t.x, t.GetY(), t.wide(), high)
	if content {
		t.in("TR", "", func() { t.cells(bold, lines, high, func(int) (string, string) { return "TH", headOfColumn }) })
		return
	}
	t.plain(bold, lines, high)
}

// row draws a row, on the next page if it does not fit on this one.
func (t *table) row(style string, cells ...cell) {
	lines, high := t.wrap(style, cells)
	need := high
	if t.carry != nil {
		need += t.line()
	}
	if t.GetY()+need > bottom {
		t.turn()
		lines, high = t.wrap(style, cells)
	}
	t.in("TR", "", func() {
		t.cells(style, lines, high, func(i int) (string, string) {
			if cells[i].head {
				return "TH", headOfRow
			}
			return "TD", ""
		})
	})
	t.rule(t.x, t.GetY(), t.wide())
}

// turn goes to the next page, with the running sum at the end of this one and at the beginning of that.
func (t *table) turn() {
	var brought, amount string
	if t.carry != nil {
		var forward string
		forward, brought, amount = t.carry()
		t.running(forward, amount)
	}
	t.newPage()
	t.heads(false)
	if t.carry != nil {
		t.running(brought, amount)
		t.rule(t.x, t.GetY(), t.wide())
	}
}

// running draws a running sum.
func (t *table) running(text, amount string) {
	high, last := t.font(bold, t.size), t.columns[len(t.columns)-1].width
	t.artifact(func() {
		t.SetXY(t.x+padX, t.GetY()+padY)
		t.CellFormat(t.wide()-last-padX, high, printable(text), "", 0, "L", false, 0, "")
		t.CellFormat(last-padX, high, printable(amount), "", 0, "R", false, 0, "")
	})
	t.SetXY(t.x, t.GetY()+high+padY)
}

// line returns the height of a row of one line.
func (t *table) line() float64 { return t.font(regular, t.size) + 2*padY }

// wide returns the width of the table.
func (t *table) wide() (sum float64) {
	for _, c := range t.columns {
		sum += c.width
	}
	return sum
}

// wrap returns the lines of each cell, and the height of the row.
func (t *table) wrap(style string, cells []cell) (lines [][]string, high float64) {
	line, most := t.font(style, t.size), 1
	lines = make([][]string, len(cells))
	for i, c := range cells {
		lines[i] = t.SplitText(printable(c.text), t.columns[i].width-2*padX)
		most = max(most, len(lines[i]))
	}
	return lines, float64(most)*line + 2*padY
}

// cells draws the cells of a row as elements, whose kind and attributes kind returns.
func (t *table) cells(style string, lines [][]string, high float64, kind func(int) (string, string)) {
	x, y := t.x, t.GetY()
	line := t.font(style, t.size)
	for i := range lines {
		name, attributes := kind(i)
		t.in(name, attributes, func() {
			if len(lines[i]) > 0 {
				t.mark(func() { t.cell(i, x, y, line, lines[i]) })
			}
		})
		x += t.columns[i].width
	}
	t.SetXY(t.x, y+high)
}

// plain draws the cells of a row as an artifact.
func (t *table) plain(style string, lines [][]string, high float64) {
	x, y := t.x, t.GetY()
	line := t.font(style, t.size)
	t.artifact(func() {
		for i := range lines {
			t.cell(i, x, y, line, lines[i])
			x += t.columns[i].width
		}
	})
	t.SetXY(t.x, y+high)
}

// cell draws the lines of a cell.
func (t *table) cell(i int, x, y, line float64, lines []string) {
	align := "L"
	if t.columns[i].number {
		align = "R"
	}
	t.SetY(y + padY)
	for _, text := range lines {
		t.SetX(x + padX)
		t.CellFormat(t.columns[i].width-2*padX, line, text, "", 2, align, false, 0, "")
	}
}
