package kit

import (
	"context"

	"bompass/server/access"
	"bompass/shared/toll"
)

// CustomerContact returns how the customer service of a customer's toll company is reached; empty if that is not known.
type CustomerContact func(ctx context.Context, customer toll.CustomerID) (toll.Contact, error)

// ContactOf returns how customer service is reached for a person who is signed in: that of the customer's toll company if
// it is known.
func (k *Kit) ContactOf(ctx context.Context, actor access.Principal) toll.Contact {
	if k.contacts == nil {
		return k.Contact
	}
	own, err := k.contacts(ctx, actor.Customer)
	if err != nil {
		k.Log.Warn("contact of toll company", "error", err)
	}
	if own.Text() == "" {
		return k.Contact
	}
	return own
}

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
