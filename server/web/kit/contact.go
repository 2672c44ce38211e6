package kit

import "strings"

// ServiceAddress is the email address of customer service.
const ServiceAddress = "hjelp@bompass.example"

// ServicePhones are the telephone numbers of customer service, S4.12.
const ServicePhones = "72 54 09 00 / 72 54 09 10"

// service is how to reach customer service, S1.39.
type service struct {
	Phones  []phone
	Address string
}

// phone is a telephone number as it is read and as it is dialled.
type phone struct{ Text, Number string }

// Service returns how to reach customer service.
func (p *Page) Service() service {
	s := service{Address: ServiceAddress}
	for text := range strings.SplitSeq(ServicePhones, " / ") {
		s.Phones = append(s.Phones, phone{text, "+47" + strings.ReplaceAll(text, " ", "")})
	}
	return s
}
