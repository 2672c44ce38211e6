package kit

import "strings"

// ServiceAddress is the email address of customer service.
const ServiceAddress = "hjelp@bompass.example"

// service is how to reach customer service.
type service struct {
	Phones  []phone
	Address string
}

// phone is a telephone number as displayed and as dialled.
type phone struct{ Text, Number string }

// Service returns how to reach customer service.
func (p *Page) Service() service {
	s := service{Address: ServiceAddress}
	for _, text := range p.phones {
		s.Phones = append(s.Phones, phone{text, "+47" + strings.ReplaceAll(text, " ", "")})
	}
	return s
}

// ServicePhones returns the telephone numbers of customer service for a sentence, or its email address if there are
// none.
func (p *Page) ServicePhones() string {
	if len(p.phones) == 0 {
		return ServiceAddress
	}
	return strings.Join(p.phones, " / ")
}
