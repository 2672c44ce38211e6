package tariff

import (
	"slices"
	"time"

	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// On returns a book in which the versions in force on one day apply to passages of any day, for comparing price
// lists. Schemes without a version on that day are left out and returned.
func (b *Book) On(day oslo.Day) (on *Book, without []toll.SchemeID) {
	on = &Book{}
	for _, s := range b.Schemes {
		v := s.Version(day)
		if v == nil {
			without = append(without, s.ID)
			continue
		}
		still, always := *s, *v
		always.From, always.To = oslo.Date(1900, time.January, 1), 0
		still.Versions = []Version{always}
		on.Schemes = append(on.Schemes, &still)
	}
	return on, without
}

// With returns the book with one scheme replaced by another with the same id.
func (b *Book) With(scheme *Scheme) *Book {
	others := slices.DeleteFunc(slices.Clone(b.Schemes), func(s *Scheme) bool { return s.ID == scheme.ID })
	return NewBook(append(others, scheme)...)
}
