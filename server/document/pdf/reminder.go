package pdf

import (
	"bompass/shared/invoice"
)

// reminder says what a reminder asks for: the invoice, fee and interest apart, with the rule behind each.
func (p *printer) reminder() {
	w := p.w
	if p.Warns {
		p.SetXY(left, p.GetY()+spaceSection)
		p.write("P", bold, bodySize, width, w.T("invoices.reminder.warns", "date", w.Day(p.Due)))
	}
	p.heading("H2", sizePart, w.T("invoices.reminder.what"), 20)
	t := &table{sheet: p.sheet, x: left, size: bodySize, columns: []column{
		{head: w.T("pdf.what"), width: width - 40},
		{head: w.T("passages.amount"), width: 40, number: true},
	}}
	t.draw(func() {
		t.row(regular, cell{text: w.T("invoices.reminder.claimed"), head: true}, cell{text: w.Kroner(p.Claimed)})
		for i := range p.Lines {
			t.row(regular, cell{text: w.T("invoices.kind." + string(p.Lines[i].Kind)), head: true}, cell{text: w.Kroner(p.Lines[i].Amount)})
		}
		t.row(bold, cell{text: w.T("pdf.to.pay"), head: true}, cell{text: w.Kroner(p.Claimed + p.Total)})
	})
	for i := range p.Lines {
		p.whyLate(&p.Lines[i])
	}
}

// whyLate explains a fee or interest.
func (p *printer) whyLate(l *invoice.Line) {
	w := p.w
	if l.Kind == invoice.LineReminder {
		p.heading("H3", sizeGroup, w.T("invoices.reminder.fee", "amount", w.Kroner(l.Amount)), 15)
		for _, rule := range l.Late {
			p.write("P", regular, bodySize, width, w.T("invoices.reminder.fee.why",
				"sent", w.Day(rule.To), "due", w.Day(rule.From), "rate", w.Kroner(rule.Amount), "regulation", rule.Regulation))
		}
		return
	}
	p.heading("H3", sizeGroup, w.T("invoices.reminder.interest", "amount", w.Kroner(l.Amount)), 15)
	for _, part := range l.Late {
		p.write("P", regular, bodySize, width, w.N("invoices.reminder.interest.part", int(part.To-part.From)+1, "amount", w.Kroner(part.Amount),
			"from", w.Day(part.From), "to", w.Day(part.To), "rate", w.Decimal(int64(part.Rate), 2), "regulation", part.Regulation))
	}
	if before := l.List - l.Amount; before > 0 {
		p.write("P", regular, bodySize, width, w.T("invoices.reminder.interest.before", "amount", w.Kroner(before)))
	}
	p.write("P", regular, bodySize, width, w.T("invoices.reminder.interest.why"))
}
