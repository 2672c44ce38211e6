package web

import "strings"

// service is how to reach customer service, S1.39.
type service struct {
	Phones  []phone
	Address string
}

// phone is a number as it is read and as it is dialled.
type phone struct{ Text, Number string }

// Service is customer service, for every page that shows it.
func (view) Service() service {
	s := service{Address: contact}
	for text := range strings.SplitSeq(servicePhones, " / ") {
		s.Phones = append(s.Phones, phone{text, "+47" + strings.ReplaceAll(text, " ", "")})
	}
	return s
}
