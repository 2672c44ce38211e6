package billing

import (
	"cmp"
	"fmt"
	"slices"

	"bompass/shared/invoice"
	"bompass/shared/oslo"
	"bompass/shared/rating"
)

// compose returns the invoice of what a payer owes. It returns ErrWait if nothing is owed, or too little yet.
func (s *Service) compose(list []Unbilled, p Payer, month oslo.Month) (invoice.Document, error) {
	slices.SortFunc(list, func(a, b Unbilled) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Passage, b.Passage)) })
	stations := s.stations()
	d := invoice.Document{Kind: invoice.KindInvoice, Agreement: p.Number, Account: s.settings.Account, From: month.First(), To: month.Last()}
	for i := range list {
		lines, err := linesOf(&list[i], stations)
		if err != nil {
			return d, err
		}
		d.Lines = append(d.Lines, lines...)
	}
	d.Total, d.VAT = invoice.Total(d.Lines), invoice.VATOf(d.Lines)
	if d.Total <= 0 || d.Total < s.settings.Threshold && oslo.MonthOf(list[0].At)+oslo.Month(s.settings.WaitMax) > month {
		return d, ErrWait
	}
	if first := oslo.DayOf(list[0].At); first < d.From {
		d.From = first
	}
	d.Issued = oslo.DayOf(s.now())
	d.Due = invoice.DueDay(d.Issued, s.settings.DueDays)
	if err := invoice.Check(d); err != nil {
		return d, &DoubtError{"the invoice does not add up: " + err.Error()}
	}
	return d, nil
}

// linesOf returns the lines of a passage: one, or two for a ferry with a toll part. There is none for a passage that was charged
// and taken back before anybody was invoiced, and for one whose reason has changed and whose price has not.
func linesOf(u *Unbilled, stations Stations) ([]invoice.Line, error) {
	if u.Amount == 0 && (u.Billed != "" || takenBack(u)) {
		return nil, nil
	}
	station, known := stations(u.Station)
	if !known {
		return nil, &DoubtError{fmt.Sprintf("passage %s is of station %q, which the tariffs in force do not have", u.Passage, u.Station)}
	}
	l := invoice.Line{
		Kind: invoice.LinePassage, Passage: u.Passage, Revision: u.Revision, At: u.At, Station: u.Station, StationName: station.Name, Charger: station.Charger,
		ChargerName: station.ChargerName, Vehicle: u.Vehicle, Plate: u.Plate, Tag: u.Tag, List: u.List, Amount: u.Amount, Tariff: u.Tariff, Steps: u.Steps,
	}
	switch {
	case has(u.Steps, rating.RulePending) >= 0:
		return nil, &DoubtError{fmt.Sprintf("the price of passage %s is not final", u.Passage)}
	case u.Billed != "":
		l.Kind, l.Corrects = invoice.LineCorrection, u.Billed
		if station.Ferry {
			l.VAT = invoice.RateOf(invoice.LineFare)
		}
	case u.Amount < 0:
		return nil, &DoubtError{fmt.Sprintf("passage %s was paid back %s and never invoiced", u.Passage, -u.Amount)}
	case station.Ferry:
		return ferryLines(l), nil
	}
	return []invoice.Line{l}, nil
}

// ferryLines splits the line of a ferry into the fare, which has VAT, and the toll part, which has none.
func ferryLines(l invoice.Line) []invoice.Line {
	fare := l
	fare.Kind, fare.VAT = invoice.LineFare, invoice.RateOf(invoice.LineFare)
	i := has(l.Steps, rating.RuleToll)
	if i < 0 {
		return []invoice.Line{fare}
	}
	part := min(l.Steps[i].Ore, l.Amount) // a fare that is free altogether has none
	l.List, l.Amount, l.Steps = part, part, nil
	fare.List, fare.Amount = fare.List-part, fare.Amount-part
	return []invoice.Line{fare, l}
}

// has returns the index of the step with a rule, -1 if there is none.
func has(steps []rating.Step, rule rating.Rule) int {
	return slices.IndexFunc(steps, func(s rating.Step) bool { return s.Rule == rule })
}

// takenBack reports whether the latest charge of a passage says that it is not this payer's.
func takenBack(u *Unbilled) bool { return len(u.Steps) > 0 && u.Steps[0].Rule.TakesBack() }
