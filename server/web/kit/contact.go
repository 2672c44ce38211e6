package kit

import "bompass/shared/toll"

// phone is a telephone number as displayed and as dialled.
type phone struct{ Text, Number string }

// ServiceNumbers returns the telephone numbers of customer service.
func (p *Page) ServiceNumbers() (list []phone) {
	for _, text := range p.contact.Phones {
		list = append(list, phone{text, toll.DialNumber(text)})
	}
	return list
}

// ServiceEmails returns the email addresses of customer service.
func (p *Page) ServiceEmails() []string { return p.contact.Emails }

// ServicePhones returns the telephone numbers of customer service for a sentence: its email addresses if there are
// none, or where to look if there are neither.
func (p *Page) ServicePhones() string {
	if text := p.contact.Text(); text != "" {
		return text
	}
	return p.T("service.elsewhere")
}
