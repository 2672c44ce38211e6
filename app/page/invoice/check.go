package invoice

import (
	"context"
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/invoice"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/recheck"
	"bompass/shared/toll"
)

// checked is an invoice that was rated again on the device.
type checked struct {
	lines   []invoice.Compared
	sums    bool // the lines add up to the sum and the VAT of the document
	tariffs *session.Tariffs
}

// count returns the number of lines with a verdict.
func (c *checked) count(v invoice.Verdict) (n int) {
	for i := range c.lines {
		if c.lines[i].Verdict == v {
			n++
		}
	}
	return n
}

// rateAgain rates all passages of an invoice again. It is safe on any goroutine.
func rateAgain(ctx context.Context, s *session.Session, reply *api.InvoiceReply, tariffs *session.Tariffs) (c checked, err error) {
	prices := map[toll.PassageID]invoice.Price{}
	c.tariffs = tariffs
	for _, req := range monthsOf(reply.Lines) {
		month, err := s.Client.Recheck(ctx, req)
		if err != nil {
			return c, err
		}
		if c.tariffs == nil || c.tariffs.Version != month.Tariffs {
			if c.tariffs, err = s.FetchTariffs(ctx); err != nil {
				return c, err
			}
		}
		report := recheck.Check(c.tariffs.Plan, month.Statement)
		for i := range report.Lines {
			if l := &report.Lines[i]; l.Own != nil && l.Posted != nil {
				prices[l.ID] = invoice.Price{Own: l.Own.Net, Charged: l.Posted.Net}
			}
		}
	}
	c.lines, c.sums = invoice.Compare(reply.Lines, prices, reply.Later), addsUp(reply)
	return c, nil
}

// monthsOf returns the months of the vehicles of lines, each once.
func monthsOf(lines []invoice.Line) (list []api.RecheckRequest) {
	for i := range lines {
		l := &lines[i]
		req := api.RecheckRequest{Vehicle: l.Vehicle, Month: oslo.MonthOf(l.At)}
		if l.Vehicle != "" && (l.Kind == invoice.LinePassage || l.Kind == invoice.LineFare) && !slices.Contains(list, req) {
			list = append(list, req)
		}
	}
	return list
}

// addsUp reports whether the lines add up to the document's sum and, for an invoice, its VAT.
func addsUp(reply *api.InvoiceReply) bool {
	var vat money.Ore
	for _, v := range invoice.VATOf(reply.Lines) {
		vat += v.VAT
	}
	return invoice.Total(reply.Lines) == reply.Total && (reply.Kind == invoice.KindCredit || vat == reply.VAT)
}

// checkAgain rates the invoice again.
func (p *detailsPage) checkAgain(ctx app.Context) {
	if p.check.Loading() {
		return
	}
	reply, tariffs := p.query.Answer(), p.Session.Tariffs()
	p.check.Load(ctx, &p.base, frame.Request[checked]{
		Get: func(ctx context.Context) (checked, error) { return rateAgain(ctx, p.Session, reply, tariffs) },
		Answered: func(_ app.Context, c checked) {
			p.Session.SetTariffs(c.tariffs)
			p.Announce(p.verdictText(&c))
		},
	})
}

// compared returns the verdict on a line, nil before the check.
func (p *detailsPage) compared(i int) *invoice.Compared {
	if c := p.check.Answer(); c != nil && i < len(c.lines) {
		return &c.lines[i]
	}
	return nil
}

// verdict shows whether a line is right.
func (p *detailsPage) verdict(i int) app.UI {
	w, c := p.Words(), p.compared(i)
	if c == nil {
		return app.Elem("span")
	}
	switch c.Verdict {
	case invoice.Equal:
		return ui.Badge("success", w.T("invoices.line.equal"))
	case invoice.Different:
		return ui.Badge("danger", w.T("invoices.line.different", "amount", w.Kroner(c.Own)))
	case invoice.Changed:
		return ui.Badge("warning", w.T("invoices.line.corrected"))
	case invoice.Unrated:
	}
	return app.Elem("span").Class("bp-quiet").Text(w.T("invoices.line.unrated"))
}

// verdictText says in one sentence how many lines are right.
func (p *detailsPage) verdictText(c *checked) string {
	w := p.Words()
	if n := c.count(invoice.Different); n > 0 {
		return w.N("check.differ", n, "all", w.Number(int64(len(c.lines))))
	}
	return w.N("invoices.check.equal", c.count(invoice.Equal))
}

// checkCard offers to rate the invoice again, and shows the result.
func (p *detailsPage) checkCard(reply *api.InvoiceReply) app.UI {
	w := p.Words()
	body := []app.UI{
		app.Elem("p").Text(w.T("invoices.check.why")),
		app.Elem("p").Body(ui.Button("secondary", w.T("invoices.check.do"), ui.On("check/"+reply.Number, p.checkAgain)).ID("check-invoice")),
	}
	c := p.check.Answer()
	switch {
	case p.check.Err() != nil:
		body = append(body, ui.Alert("danger", "", w.Fault(p.check.Err())))
	case p.check.Loading():
		body = append(body, app.Elem("p").Role("status").Text(w.T("invoices.check.busy")))
	case c == nil:
	default:
		color, notes := "success", []app.UI{}
		if c.count(invoice.Different) > 0 || !c.sums {
			color = "warning"
			if tell := p.Contact("check.tell", "check.tell.call"); tell != "" {
				notes = append(notes, app.Elem("p").Text(tell))
			}
		}
		sums := w.T("invoices.check.sums")
		if !c.sums {
			sums = w.T("invoices.check.sums.wrong")
		}
		if n := c.count(invoice.Changed); n > 0 {
			notes = append(notes, app.Elem("p").Text(w.N("invoices.check.changed", n)))
		}
		body = append(body, app.Elem("div").ID("verdict").Body(ui.Alert(color, p.verdictText(c), sums, notes...)))
	}
	return ui.Card("check", w.T("invoices.check"), body...)
}
