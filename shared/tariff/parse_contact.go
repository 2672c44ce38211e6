package tariff

import (
	"strings"

	"bompass/shared/toll"
)

// contact reads: [phone "NUMBER"]… [email ADDRESS]… [site HOST] [address "TEXT"] [open DAYS FROM-TO]…, in any order.
func (p *parser) contact() (c toll.Contact, o toll.Office) {
	for {
		switch {
		case p.take("phone"):
			c.Phones = append(c.Phones, p.phone())
		case p.take("email"):
			c.Emails = append(c.Emails, p.email())
		case p.take("site"):
			o.Site = p.site()
		case p.take("address"):
			o.Address = p.word("the postal address in quotes")
		case p.take("open"):
			hours := toll.Hours{Days: p.days(p.word("days like mon-fri"))}
			span := p.span(p.word("opening hours like 08:00-15:30"))
			hours.From, hours.To = span.From, span.To
			o.Hours = append(o.Hours, hours)
		default:
			return c, o
		}
	}
}

// site reads the name of a web site, without its scheme.
func (p *parser) site() string {
	w := p.word("the web site of the toll charger")
	odd := strings.ContainsFunc(w, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '.' && r != '-'
	})
	if w != "" && (odd || strings.Trim(w, ".-") != w || !strings.Contains(w, ".")) {
		p.problem("%q is not a web site; write one like www.bompass.example", w)
	}
	return w
}

// phone reads a telephone number: digits and single spaces, after + if it has the code of a country.
func (p *parser) phone() string {
	w := p.word("the number of customer service in quotes")
	digits := strings.ReplaceAll(strings.TrimPrefix(w, "+"), " ", "")
	other := strings.ContainsFunc(digits, func(r rune) bool { return r < '0' || r > '9' })
	if w != "" && (other || len(digits) < 3 || len(digits) > 15 || w != strings.Join(strings.Fields(w), " ")) {
		p.problem("%q is not a telephone number; write one like \"72 54 09 00\" or \"+46 771 23 45 67\"", w)
	}
	return w
}

// emailMax is the maximum length of an email address (RFC 5321 section 4.5.3.1, less the angle brackets).
const emailMax = 254

// email reads an email address. It must not end up as anything else in a link: no list and no parameters.
func (p *parser) email() string {
	w := p.word("the email address of customer service")
	name, host, _ := strings.Cut(w, "@")
	odd := strings.ContainsFunc(w, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"(),:;<>[\]?&%`, r) })
	dotted := strings.Contains(strings.Trim(host, "."), ".") && !strings.Contains(host, "@")
	if w != "" && (odd || name == "" || !dotted || len(w) > emailMax) {
		p.problem("%q is not an email address; write one like post@bompass.example", w)
	}
	return w
}
