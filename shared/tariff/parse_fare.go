package tariff

import (
	"bompass/shared/money"
)

// supplement reads: supplement PRODUCT GROUP SHARE [needs …].
func (p *parser) supplement() {
	s := Supplement{Origin: p.origin(), Product: idOf[ProductID](p, "the product's id"), Group: p.group()}
	if s.Group == NoGroup {
		p.problem("supplement does not say whose discount it is; write: supplement PRODUCT light|heavy SHARE [needs agreement tag]")
		p.words = nil
		return
	}
	s.Off, s.Needs = p.fraction(), p.needs()
	p.version.Supplements = put(p, p.version.Supplements, s, func(o Supplement) bool { return o.Product == s.Product && o.Group == s.Group })
}

// plateMatch reads: plate-match discount|none.
func (p *parser) plateMatch() {
	switch p.word("discount or none") {
	case "discount":
		p.version.PlateMatch = true
	case "none":
		p.version.PlateMatch = false
	default:
		p.problem("plate-match says whether the tag discount is given on a plate match; write discount or none")
	}
}

// tollPart reads: toll ZONE KRONER.
func (p *parser) tollPart() {
	t := Toll{Origin: p.origin(), Zone: p.word("a price zone"), Ore: p.amount("an amount in kroner")}
	p.version.Tolls = put(p, p.version.Tolls, t, func(o Toll) bool { return o.Zone == t.Zone })
}

// trailer reads: trailer single METRES double METRES.
func (p *parser) trailer() {
	t := Trailer{Origin: p.origin()}
	if p.take("single") {
		t.Single = p.metres()
	}
	if p.take("double") {
		t.Double = p.metres()
	}
	if t.Single == 0 || t.Double <= t.Single {
		p.problem("trailer gives two total lengths, the longer one last; write: trailer single 6.00 double 10.00")
	}
	p.version.Trailer = &t
}

// metres reads a length into millimetres.
func (p *parser) metres() int {
	w := p.word("a length in metres")
	o, err := money.Parse(w) // the two decimals are centimetres
	if err != nil || o <= 0 || int(o)*10 > LengthMax {
		p.problem("%q is not a length; write metres like 6.00", w)
		return 0
	}
	return int(o) * 10
}

// vat reads: vat SHARE.
func (p *parser) vat() { p.version.VAT = p.fraction() }
