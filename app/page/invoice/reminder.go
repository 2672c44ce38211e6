package invoice

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/invoice"
)

// related leads from a document to those of the same claim: the invoice that it is about, the reminder that has taken over, and
// its credit notes.
func (p *detailsPage) related(reply *api.InvoiceReply) app.UI {
	var links []app.UI
	add := func(kind invoice.Kind, number string) {
		if number != "" {
			links = append(links, ui.NextLink(addressOf(number), nameOf(p.Words(), kind, number)))
		}
	}
	add(invoice.KindInvoice, reply.Reminds)
	add(invoice.KindInvoice, reply.Credits)
	add(invoice.KindReminder, reply.Reminder)
	for _, number := range reply.Notes {
		add(invoice.KindCredit, number)
	}
	return app.Elem("p").Class("bp-buttons").Body(links...)
}

// reminder shows what a reminder consists of, and why its fee and interest are what they are.
func (p *detailsPage) reminder(reply *api.InvoiceReply) app.UI {
	w := p.Words()
	sum := ui.Receipt{Title: w.T("overview.pay"), Sum: w.T("invoices.total"), Total: w.Kroner(reply.Total)}
	sum.Lines = []ui.ReceiptLine{{Text: w.T("invoices.reminder.claimed"), Amount: w.Kroner(reply.Claimed)}}
	if reply.Warns {
		sum.Notes = []string{w.T("invoices.reminder.warns", "date", w.Day(reply.Due))}
	}
	parts := []app.UI{nil}
	for i := range reply.Lines {
		l := &reply.Lines[i]
		sum.Lines = append(sum.Lines, ui.ReceiptLine{Text: w.T("invoices.kind." + string(l.Kind)), Amount: w.Kroner(l.Amount)})
		parts = append(parts, p.whyLate(l))
	}
	parts[0] = sum.UI()
	return ui.Card("why", w.T("invoices.reminder.what"), parts...)
}

// whyLate explains the fee or the interest of a reminder: the rule, the rates, and the days that they are for.
func (p *detailsPage) whyLate(l *invoice.Line) app.UI {
	w := p.Words()
	if l.Kind == invoice.LineReminder {
		r := ui.Receipt{Title: w.T("invoices.reminder.fee", "amount", w.Kroner(l.Amount))}
		for _, rule := range l.Late {
			r.Notes = append(r.Notes, w.T("invoices.reminder.fee.why",
				"sent", w.Day(rule.To), "due", w.Day(rule.From), "rate", w.Kroner(rule.Amount), "regulation", rule.Regulation))
		}
		return r.UI()
	}
	r := ui.Receipt{Title: w.T("invoices.reminder.interest", "amount", w.Kroner(l.Amount)), Notes: []string{w.T("invoices.reminder.interest.why")}}
	for _, part := range l.Late {
		r.Lines = append(r.Lines, ui.ReceiptLine{Text: w.N("invoices.reminder.interest.part", int(part.To-part.From)+1, "amount", w.Kroner(part.Amount),
			"from", w.Day(part.From), "to", w.Day(part.To), "rate", w.Decimal(int64(part.Rate), 2), "regulation", part.Regulation)})
	}
	if before := l.List - l.Amount; before > 0 {
		r.Notes = append(r.Notes, w.T("invoices.reminder.interest.before", "amount", w.Kroner(before)))
	}
	return r.UI()
}
