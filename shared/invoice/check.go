package invoice

import (
	"errors"
	"fmt"
	"slices"

	"bompass/shared/toll"
)

// Check returns what is wrong with a document's own arithmetic, nil if it adds up: its sums are those of its lines, its VAT is
// that of its lines for an invoice, no charge stands on it twice, and amounts and VAT rates fit the kinds of their lines.
func Check(d Document) error {
	if d.Kind != KindCredit && d.Due < d.Issued {
		return fmt.Errorf("due on %s, before %s, when it is issued", d.Due, d.Issued)
	}
	if d.Kind == KindCredit && d.Credits == "" {
		return errors.New("a credit note names no invoice")
	}
	if (d.Kind == KindReminder) != (d.Reminds != "") {
		return fmt.Errorf("a document of kind %q reminds of the invoice %q", d.Kind, d.Reminds)
	}
	if sum := Total(d.Lines); sum != d.Total {
		return fmt.Errorf("the total is %s, the lines add up to %s", d.Total, sum)
	}
	if err := checkLines(d); err != nil {
		return err
	}
	want := VATOf(d.Lines)
	for i, v := range d.VAT {
		if i >= len(want) || v.Rate != want[i].Rate || v.Amount != want[i].Amount || v.Base+v.VAT != v.Amount {
			return fmt.Errorf("VAT at rate %d is %+v, want %v", v.Rate, v, want)
		}
		if off := v.VAT - want[i].VAT; d.Kind == KindInvoice && off != 0 || off < -1 || off > 1 {
			return fmt.Errorf("VAT at rate %d is %s, the lines have %s", v.Rate, v.VAT, want[i].VAT)
		}
	}
	if len(d.VAT) != len(want) {
		return fmt.Errorf("%d rates of VAT, the lines have %d", len(d.VAT), len(want))
	}
	return nil
}

// charge is what a line of a passage charges for.
type charge struct {
	passage  toll.PassageID
	revision int
	kind     LineKind
}

func checkLines(d Document) error {
	seen := map[charge]bool{}
	for i := range d.Lines {
		l := &d.Lines[i]
		switch {
		case l.VAT != RateOf(l.Kind) && (l.Kind != LineCorrection || l.VAT != LowVAT): // of a fare
			return fmt.Errorf("line %d has VAT at %d, a line for %s has %d", i+1, l.VAT, l.Kind, RateOf(l.Kind))
		case l.Amount < 0 && l.Kind != LineCorrection && l.Kind != LineDeposit:
			return fmt.Errorf("line %d for %s has the amount %s", i+1, l.Kind, l.Amount)
		case d.Kind == KindReminder && !late(l.Kind) || d.Kind == KindInvoice && late(l.Kind):
			return fmt.Errorf("line %d for %s stands on a document of kind %q", i+1, l.Kind, d.Kind)
		case d.Kind == KindCredit && l.Credits < 1:
			return fmt.Errorf("line %d credits no line", i+1)
		case (l.Kind == LineCorrection) != (l.Corrects != ""):
			return fmt.Errorf("line %d for %s names the invoice %q", i+1, l.Kind, l.Corrects)
		case !slices.Contains([]LineKind{LinePassage, LineFare, LineCorrection}, l.Kind):
			continue
		case l.Passage == "" || l.Revision < 1:
			return fmt.Errorf("line %d names no passage", i+1)
		}
		if key := (charge{l.Passage, l.Revision, l.Kind}); seen[key] {
			return fmt.Errorf("line %d charges for passage %s again", i+1, l.Passage)
		} else {
			seen[key] = true
		}
	}
	return nil
}

// late reports whether lines of a kind are for paying late.
func late(kind LineKind) bool { return kind == LineReminder || kind == LineInterest }
