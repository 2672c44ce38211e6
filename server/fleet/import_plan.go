package fleet

import (
	"errors"
	"strconv"
	"strings"

	"bompass/server/partner/register"
	"bompass/server/sheet"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/toll"
)

// readFault returns the fault of a file that cannot be read.
func readFault(err error) error {
	switch {
	case errors.Is(err, sheet.ErrTooLong):
		return fault.New(fault.ImportTooLong, "max", strconv.Itoa(ImportRowsMax)).At("file")
	case errors.Is(err, sheet.ErrForm):
		return fault.New(fault.ImportUnreadable).At("file")
	}
	return err
}

// planner decides what the rows of a file change.
type planner struct {
	lines      map[toll.Plate]api.FleetLine
	agreements map[string]bool
	only       string // the number of the agreement, if there is one alone
	columns    map[string]int
	seen       map[toll.Plate]int // line of the file
	kinds      map[string]toll.VehicleKind
	fuels      map[string]string
}

func newPlanner(reply api.FleetReply) *planner {
	p := &planner{
		lines: map[toll.Plate]api.FleetLine{}, agreements: map[string]bool{}, columns: map[string]int{}, seen: map[toll.Plate]int{},
		kinds: map[string]toll.VehicleKind{}, fuels: map[string]string{},
	}
	for _, l := range reply.Lines {
		if l.Vehicle != "" {
			p.lines[l.Plate] = l
		}
	}
	for _, a := range reply.Agreements {
		p.agreements[a.Number], p.only = true, a.Number
	}
	if len(reply.Agreements) != 1 {
		p.only = ""
	}
	for _, lang := range i18n.Languages() {
		w := i18n.For(lang)
		for _, kind := range toll.VehicleKinds() {
			p.kinds[plain(w.T("agree.kind."+string(kind)))] = kind
			p.kinds[string(kind)] = kind
		}
		for _, fuel := range toll.StatedFuels() {
			p.fuels[plain(w.T("agree.fuel."+fuel))] = fuel
			p.fuels[fuel] = fuel
		}
	}
	return p
}

// plain returns a text in the form in which titles and choices are compared.
func plain(text string) string {
	return strings.ToLower(strings.Join(strings.Fields(text), " "))
}

// plan returns the rows of a table with what they change. It returns fault.ImportUnreadable if no column has the
// registration numbers.
func (p *planner) plan(table [][]string) ([]ImportRow, error) {
	if len(table) == 0 {
		return nil, fault.New(fault.ImportUnreadable).At("file")
	}
	titles := map[string]string{}
	for _, lang := range i18n.Languages() {
		for _, f := range fields() {
			titles[plain(i18n.For(lang).T("sheet."+f.name))] = f.name
		}
	}
	for i, title := range table[0] {
		if name := titles[plain(title)]; name != "" {
			p.columns[name] = i
		}
	}
	if _, ok := p.columns["plate"]; !ok {
		return nil, fault.New(fault.ImportUnreadable).At("file")
	}
	rows := make([]ImportRow, 0, len(table)-1)
	for i, cells := range table[1:] {
		row, wrong := p.row(i+2, cells)
		if wrong != nil {
			row = ImportRow{No: row.No, Plate: row.Plate, Problem: wrong}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// cell returns the text of a column in a row, empty if the file has it not.
func (p *planner) cell(cells []string, name string) string {
	if i, ok := p.columns[name]; ok && i < len(cells) {
		return strings.TrimSpace(cells[i])
	}
	return ""
}

// row returns what a row changes, or what is wrong with it. An empty cell leaves things as they are.
func (p *planner) row(no int, cells []string) (ImportRow, *Problem) {
	row := ImportRow{No: no}
	written, country := p.cell(cells, "plate"), strings.ToUpper(p.cell(cells, "country"))
	if written == "" && p.cell(cells, "tag") != "" { // a tag on no vehicle, which an export has, too
		return row, nil
	}
	if country == "" {
		country = "NO"
	}
	plate, err := register.CheckPlate(country, written)
	if err != nil {
		return row, &Problem{Code: "plate", Value: written}
	}
	row.Plate = plate
	if before := p.seen[plate]; before > 0 {
		return row, &Problem{Code: "twice", Value: strconv.Itoa(before)}
	}
	p.seen[plate] = no
	number := p.cell(cells, "agreement")
	if number != "" && !p.agreements[number] {
		return row, &Problem{Code: "agreement", Value: number}
	}
	line, known := p.lines[plate]
	if wrong := p.labels(&row, line, cells); wrong != nil {
		return row, wrong
	}
	if known {
		return row, p.change(&row, line, number, p.cell(cells, "tag"))
	}
	return row, p.add(&row, number, cells)
}

// labels compares the labels of a row with those of the vehicle.
func (p *planner) labels(row *ImportRow, line api.FleetLine, cells []string) *Problem {
	for _, l := range []struct {
		name, was string
		to        **LabelChange
	}{{"centre", line.Centre, &row.Centre}, {"reference", line.Reference, &row.Reference}} {
		written := p.cell(cells, l.name)
		text, err := toll.Label(written, l.name)
		if err != nil {
			return &Problem{Code: "label", Value: written}
		}
		if text != "" && text != l.was {
			*l.to = &LabelChange{l.was, text}
		}
	}
	return nil
}

// change plans a row of a vehicle that is on an agreement of the customer.
func (p *planner) change(row *ImportRow, line api.FleetLine, number, tag string) *Problem {
	row.Vehicle, row.Tag, row.Version = line.Vehicle, line.Tag, line.Version
	if tag != "" && tag != string(line.Tag) {
		return &Problem{Code: "tag", Value: tag}
	}
	if number == "" || number == line.Agreement {
		return nil
	}
	if line.Tag != "" && toll.CheckTagChange(line.Status, toll.ChangeTransfer) != nil {
		return &Problem{Code: "blocked", Value: string(line.Tag)}
	}
	row.From, row.Agreement = line.Agreement, number
	return nil
}

// add plans a row of a vehicle that joins an agreement.
func (p *planner) add(row *ImportRow, number string, cells []string) *Problem {
	if number == "" {
		number = p.only
	}
	kind, fuel, euro := p.cell(cells, "kind"), p.cell(cells, "fuel"), p.cell(cells, "euro")
	stated := toll.StatedVehicle{Kind: p.kinds[plain(kind)], Fuel: p.fuels[plain(fuel)]}
	var err error
	if euro != "" {
		stated.Euro, err = strconv.Atoi(euro)
	}
	_, wrong := stated.Facts()
	switch {
	case number == "":
		return &Problem{Code: "agreement"}
	case wrong == "kind":
		return &Problem{Code: "kind", Value: kind}
	case wrong == "fuel":
		return &Problem{Code: "fuel", Value: fuel}
	case wrong == "euro" || err != nil:
		return &Problem{Code: "euro", Value: euro}
	case p.cell(cells, "tag") != "":
		return &Problem{Code: "tag", Value: p.cell(cells, "tag")}
	}
	row.Add, row.Agreement = &stated, number
	return nil
}
