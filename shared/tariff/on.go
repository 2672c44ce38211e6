package tariff

import (
	"slices"
	"time"

	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// On is the book as it stands on one day, for passages of any day: what a price list that is not yet in
// force, or no longer, would have cost. Schemes without a version on that day are named and left out.
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

// With is the book with one scheme put in the place of the one that has its id.
func (b *Book) With(scheme *Scheme) *Book {
	others := slices.DeleteFunc(slices.Clone(b.Schemes), func(s *Scheme) bool { return s.ID == scheme.ID })
	return NewBook(append(others, scheme)...)
}
