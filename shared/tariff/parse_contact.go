package tariff

import (
	"strings"

	"bompass/shared/toll"
)

// contact reads: [phone "NUMBER"]… [email ADDRESS]…, in any order.
func (p *parser) contact() (c toll.Contact) {
	for {
		switch {
		case p.take("phone"):
			c.Phones = append(c.Phones, p.phone())
		case p.take("email"):
			c.Emails = append(c.Emails, p.email())
		default:
			return c
		}
	}
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
