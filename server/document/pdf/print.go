package pdf

import (
	"strings"

	"bompass/shared/i18n"
	"bompass/shared/ident"
	"bompass/shared/invoice"
	"bompass/shared/money"
)

// printer draws a document.
type printer struct {
	*sheet
	invoice.Document
	frame Frame
	w     *i18n.Words
}

// title returns the document with its number.
func (p *printer) title() string {
	key := map[invoice.Kind]string{
		invoice.KindInvoice: "invoices.single.title", invoice.KindCredit: "invoices.credit.title", invoice.KindReminder: "invoices.reminder.title",
	}[p.Kind]
	return p.w.T(key, "number", p.Number)
}

func (p *printer) print() {
	p.head()
	if p.Kind != invoice.KindCredit {
		p.giro()
	}
	if p.Kind == invoice.KindReminder {
		p.reminder()
		p.feet()
		return
	}
	p.summary()
	p.vat()
	if p.frame.Detailed {
		p.lines()
	} else {
		p.SetXY(left, p.GetY()+spaceSection)
		p.write("P", regular, bodySize, width, p.w.T("pdf.lines.where"))
	}
	p.feet()
}

// sizes of headings, in points.
const (
	sizeTitle = 20
	sizePart  = 12
	sizeGroup = 10.5
	sizeSmall = 8
)

// The columns of the head.
const (
	half   = 80.0
	middle = left + width - half
)

// head says from whom to whom the document is, its number and dates.
func (p *printer) head() {
	p.write("H1", bold, sizeTitle, width, p.title())
	y := p.GetY() + 5
	p.SetXY(left, y)
	p.party(p.w.T("pdf.buyer"), &p.frame.Buyer)
	end := p.GetY()
	p.SetXY(middle, y)
	p.party(p.w.T("pdf.seller"), &p.frame.Seller)
	p.SetXY(left, max(end, p.GetY())+4)
	p.facts()
}

// party draws the name, address and number of a seller or buyer.
func (p *printer) party(role string, who *Party) {
	p.write("P", bold, sizeSmall, half, role)
	p.write("P", bold, bodySize, half, who.Name)
	for _, line := range who.Address {
		p.write("P", regular, bodySize, half, line)
	}
	if who.Organisation == "" {
		return
	}
	number := who.Organisation
	if _, problem := ident.Organisation(number); problem == ident.None {
		number = number[:3] + " " + number[3:6] + " " + number[6:]
	}
	if who.VAT {
		number += " MVA"
	}
	p.write("P", regular, bodySize, half, p.w.T("pdf.organisation", "number", number))
	if who.Registered {
		p.write("P", regular, bodySize, half, "Foretaksregisteret")
	}
}

// facts draws the number, dates and references of the document.
func (p *printer) facts() {
	w := p.w
	t := &table{sheet: p.sheet, x: left, size: bodySize, columns: []column{{width: 50}, {width: width - 50}}}
	p.in("Table", "", func() {
		fact := func(key, value string) {
			if value != "" {
				t.row(regular, cell{text: w.T(key), head: true}, cell{text: value})
			}
		}
		fact("pdf."+string(p.Kind)+".number", p.Number)
		fact("invoices.credits", p.Credits)
		fact("pdf.reminds", p.Reminds)
		fact("invoices.date", w.Day(p.Issued))
		if p.Kind != invoice.KindCredit {
			fact("invoices.due", w.Day(p.Due))
		}
		fact("invoices.period", w.T("invoices.period.text", "from", w.Day(p.From), "to", w.Day(p.To)))
		fact("vehicles.agreement", p.Agreement)
		fact("pdf.reference", p.frame.Reference)
		fact("invoices.note", p.Reason)
	})
}

// giro says how to pay.
func (p *printer) giro() {
	w := p.w
	p.heading("H2", sizePart, w.T("invoices.pay"), 20)
	t := &table{sheet: p.sheet, x: left, size: 11, columns: []column{
		{head: w.T("pdf.to.pay"), width: 45},
		{head: w.T("invoices.due"), width: 35},
		{head: w.T("invoices.kid"), width: 45},
		{head: w.T("pdf.account"), width: 45},
	}}
	t.draw(func() {
		t.row(bold, cell{text: w.Kroner(p.Claimed + p.Total)}, cell{text: w.Day(p.Due)}, cell{text: p.KID}, cell{text: ident.FormatAccount(p.Account)})
	})
}

// summary draws the sums by toll company and by what they are for.
func (p *printer) summary() {
	w := p.w
	p.heading("H2", sizePart, w.T("pdf.summary"), 30)
	t := &table{sheet: p.sheet, x: left, size: bodySize, columns: []column{
		{head: w.T("passages.charger"), width: 62},
		{head: w.T("pdf.what"), width: 58},
		{head: w.T("pdf.count"), width: 18, number: true},
		{head: w.T("passages.amount"), width: 32, number: true},
	}}
	t.draw(func() {
		for _, charger := range invoice.ByCharger(p.Lines) {
			kinds := p.kinds(charger.ID)
			for _, k := range kinds {
				t.row(regular, cell{text: charger.Name, head: true}, cell{text: p.kind(invoice.LineKind(k.ID))}, cell{text: w.Number(int64(k.Lines))}, cell{text: w.Kroner(k.Amount)})
			}
			if len(kinds) > 1 {
				t.row(bold, cell{text: w.T("pdf.sum.of", "name", charger.Name), head: true}, cell{}, cell{text: w.Number(int64(charger.Lines))}, cell{text: w.Kroner(charger.Amount)})
			}
		}
		t.row(bold, cell{text: w.T(p.totalKey()), head: true}, cell{}, cell{text: w.Number(int64(len(p.Lines)))}, cell{text: w.Kroner(p.Total)})
	})
}

// totalKey returns the key of the name of the total.
func (p *printer) totalKey() string {
	if p.Kind == invoice.KindCredit {
		return "pdf.credited"
	}
	return "pdf.to.pay"
}

// kind returns what lines of a kind are for.
func (p *printer) kind(kind invoice.LineKind) string {
	if kind == invoice.LineReminder || kind == invoice.LineInterest {
		return p.w.T("invoices.kind." + string(kind))
	}
	return p.w.T("pdf.kind." + string(kind))
}

// kinds returns the sums of a toll company by the kind of the lines, in the order of their first lines.
func (p *printer) kinds(charger string) (list []invoice.Sum) {
	places := map[invoice.LineKind]int{}
	for i := range p.Lines {
		l := &p.Lines[i]
		if string(l.Charger) != charger {
			continue
		}
		at, ok := places[l.Kind]
		if !ok {
			at = len(list)
			places[l.Kind], list = at, append(list, invoice.Sum{ID: string(l.Kind)})
		}
		list[at].Lines++
		list[at].Amount += l.Amount
	}
	return list
}

// vat draws the VAT by rate.
func (p *printer) vat() {
	w := p.w
	p.heading("H2", sizePart, w.T("invoices.rates"), 20)
	t := &table{sheet: p.sheet, x: left, size: bodySize, columns: []column{
		{head: w.T("invoices.rate"), width: 62},
		{head: w.T("invoices.base"), width: 36, number: true},
		{head: w.T("invoices.rates"), width: 36, number: true},
		{head: w.T("invoices.total"), width: 36, number: true},
	}}
	exempt := false
	var base, tax money.Ore
	t.draw(func() {
		for _, v := range p.VAT {
			name := w.Percent(int(v.Rate), 100_00)
			if v.Rate == invoice.NoVAT {
				name, exempt = w.T("invoices.rate.none"), true
			}
			base, tax = base+v.Base, tax+v.VAT
			t.row(regular, cell{text: name, head: true}, cell{text: w.Kroner(v.Base)}, cell{text: w.Kroner(v.VAT)}, cell{text: w.Kroner(v.Amount)})
		}
		t.row(bold, cell{text: w.T("pdf.sum"), head: true}, cell{text: w.Kroner(base)}, cell{text: w.Kroner(tax)}, cell{text: w.Kroner(p.Total)})
	})
	if exempt {
		p.SetXY(left, p.GetY()+1.5)
		p.write("P", regular, sizeSmall, width, w.T("ehf.exempt")+".")
	}
}

// lines draws every line by toll company, on pages of their own. Each page ends with the sum so far of the toll company.
func (p *printer) lines() {
	w := p.w
	p.newPage()
	p.write("H2", bold, sizePart, width, w.T("invoices.lines"))
	for _, charger := range invoice.ByCharger(p.Lines) {
		var running money.Ore
		p.heading("H3", sizeGroup, charger.Name, 25)
		t := &table{sheet: p.sheet, x: left, size: 8.5, columns: []column{
			{head: w.T("passages.time"), width: 32},
			{head: w.T("passages.station"), width: 59},
			{head: w.T("passages.vehicle"), width: 26},
			{head: w.T("pdf.list"), width: 24, number: true},
			{head: w.T("passages.amount"), width: 29, number: true},
		}}
		t.carry = func() (forward, brought, amount string) {
			return w.T("pdf.carry.forward"), w.T("pdf.carry.brought"), w.Kroner(running)
		}
		t.draw(func() {
			for i := range p.Lines {
				if l := &p.Lines[i]; string(l.Charger) == charger.ID {
					t.row(regular, cell{text: w.Instant(l.At), head: true}, cell{text: p.place(l)}, cell{text: vehicle(l)}, cell{text: p.list(l)}, cell{text: w.Kroner(l.Amount)})
					running += l.Amount
				}
			}
			t.row(bold, cell{text: w.T("pdf.sum"), head: true}, cell{text: charger.Name}, cell{}, cell{}, cell{text: w.Kroner(charger.Amount)})
		})
	}
}

// place says where a passage was, or what else a line is for.
func (p *printer) place(l *invoice.Line) string {
	station := l.StationName
	if station == "" {
		station = string(l.Station)
	}
	switch l.Kind {
	case invoice.LinePassage:
		return station
	case invoice.LineReminder, invoice.LineInterest:
		return p.kind(l.Kind)
	case invoice.LineFare, invoice.LineCorrection, invoice.LineTagFee, invoice.LineDeposit, invoice.LinePaperFee:
	}
	return p.w.T("ehf.line."+string(l.Kind), "station", station, "number", l.Corrects)
}

// vehicle returns the number plate of a line with the customer's reference.
func vehicle(l *invoice.Line) string {
	if l.Plate.Text == "" {
		return l.Reference
	}
	return strings.TrimSpace(l.Plate.String() + " " + l.Reference)
}

// list returns the price before discounts, empty where there was none.
func (p *printer) list(l *invoice.Line) string {
	if l.List == l.Amount || l.Kind != invoice.LinePassage && l.Kind != invoice.LineFare {
		return ""
	}
	return p.w.Kroner(l.List)
}

// feet draws the foot of every page, now that their number is known.
func (p *printer) feet() { p.number(p.w, p.frame.Seller.Name+" · "+p.title()) }

// number draws a text and the number of the page at the foot of every page.
func (s *sheet) number(w *i18n.Words, text string) {
	pages := s.PageCount()
	for page := 1; page <= pages; page++ {
		s.SetPage(page)
		high := s.font(regular, sizeSmall)
		s.artifact(func() {
			s.SetXY(left, footer)
			s.CellFormat(width-40, high, printable(text), "", 0, "L", false, 0, "")
			s.CellFormat(40, high, w.T("pdf.page", "page", itoa(page), "pages", itoa(pages)), "", 0, "R", false, 0, "")
		})
	}
}
