package passage

import (
	"bytes"
	"cmp"
	"context"
	"math"
	"slices"

	"bompass/shared/oslo"
	"bompass/shared/rating"
)

// loadSets reads the sets of vehicles for at least the given months. Where a passage lies within
// reach of a set's end, the month beyond is read as well, until the ends are clear: a window can cross
// the midnight between two months.
func (r *round) loadSets(ctx context.Context, wanted map[ID]months) error {
	for len(wanted) > 0 {
		spans := make([]Span, 0, len(wanted))
		for id, m := range wanted {
			spans = append(spans, m.span(id, r.plan.Longest()))
		}
		rows, err := r.tx.StoredIn(ctx, spans)
		if err != nil {
			return err
		}
		found := make(map[ID][]Stored, len(wanted))
		for _, row := range rows {
			found[row.Vehicle] = append(found[row.Vehicle], row)
		}
		wider := map[ID]months{}
		for id, m := range wanted {
			if wide := m.widened(found[id]); wide != m {
				wider[id] = wide
				continue
			}
			r.sets[id] = &editedSet{vehicleSet: r.assemble(m, found[id]), since: math.MinInt64}
		}
		wanted = wider
	}
	return nil
}

// widened adds the months in which passages beyond the edges lie.
func (m months) widened(rows []Stored) months {
	for i := range rows {
		m = m.with(oslo.MonthOf(rows[i].At))
	}
	return m
}

// assemble makes a set of what is kept.
func (r *round) assemble(m months, rows []Stored) *vehicleSet {
	s := &vehicleSet{first: m.first, last: m.last}
	type kept struct {
		c  rating.Crossing
		st posted
	}
	list := make([]kept, 0, len(rows))
	for i := range rows {
		row := &rows[i]
		if row.Withdrawn {
			s.withdrawn = append(s.withdrawn, row.ID)
			continue
		}
		list = append(list, kept{st: row.posted()})
		if why := r.resolve(&list[len(list)-1].c, &row.Record); why != nil {
			s.unpriced = append(s.unpriced, row.ID)
			list = list[:len(list)-1]
		}
	}
	slices.SortFunc(list, func(a, b kept) int { return cmp.Or(a.c.Compare(b.c), bytes.Compare(a.st.id[:], b.st.id[:])) })
	for _, k := range list {
		s.crossings = append(s.crossings, k.c)
		s.posted = append(s.posted, k.st)
	}
	s.charges = make([]rating.Charge, len(list))
	return s
}

// posted is what a set keeps of the row.
func (s *Stored) posted() posted {
	return posted{id: s.ID, customer: s.Customer, digest: s.Digest, list: int32(s.List), net: int32(s.Net), revision: s.Revision}
}
