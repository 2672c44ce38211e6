package worker

import (
	"bytes"
	"cmp"
	"context"
	"math"
	"slices"

	"bompass/server/passage"
	"bompass/shared/oslo"
	"bompass/shared/rating"
)

// loadSets reads the sets of vehicles for at least the given months. If a passage lies within reach of a set's end,
// the month beyond is read as well, until both ends are clear: a window can cross the midnight between two months.
func (r *round) loadSets(ctx context.Context, wanted map[passage.ID]months) error {
	for len(wanted) > 0 {
		spans := make([]passage.Span, 0, len(wanted))
		for id, m := range wanted {
			spans = append(spans, m.span(id, r.plan.Longest()))
		}
		rows, err := r.tx.StoredIn(ctx, spans)
		if err != nil {
			return err
		}
		found := make(map[passage.ID][]passage.Stored, len(wanted))
		for _, row := range rows {
			found[row.Vehicle] = append(found[row.Vehicle], row)
		}
		// Only sets with a passage near an end are read again, with one more month.
		wider := map[passage.ID]months{}
		for id, m := range wanted {
			if wide := m.widened(found[id]); wide != m {
				wider[id] = wide
				continue
			}
			r.sets[id] = &editedSet{vehicle: id, vehicleSet: r.assemble(m, found[id]), since: math.MinInt64}
		}
		wanted = wider
	}
	return nil
}

// widened returns the months extended to all passages that were found.
func (m months) widened(rows []passage.Stored) months {
	for i := range rows {
		m = m.with(oslo.MonthOf(rows[i].At))
	}
	return m
}

// assemble builds a set from stored passages.
func (r *round) assemble(m months, rows []passage.Stored) *vehicleSet {
	s := &vehicleSet{first: m.first, last: m.last}
	type entry struct {
		c  rating.Crossing
		st posted
	}
	list := make([]entry, 0, len(rows))
	for i := range rows {
		row := &rows[i]
		if row.Withdrawn {
			s.withdrawn = append(s.withdrawn, row.ID)
			continue
		}
		// The crossing is resolved in place; an entry without a price is removed again.
		list = append(list, entry{st: postedOf(row)})
		if reason := r.directory.Resolve(r.plan, &row.Record, &list[len(list)-1].c); reason != nil {
			s.unpriced = append(s.unpriced, row.ID)
			list = list[:len(list)-1]
		}
	}
	slices.SortFunc(list, func(a, b entry) int { return cmp.Or(a.c.Compare(b.c), bytes.Compare(a.st.id[:], b.st.id[:])) })
	for _, k := range list {
		s.crossings = append(s.crossings, k.c)
		s.posted = append(s.posted, k.st)
	}
	s.charges = make([]rating.Charge, len(list))
	return s
}

// postedOf returns what is posted for a stored passage.
func postedOf(s *passage.Stored) posted {
	return posted{
		id: s.ID, customer: s.Customer, agreement: s.Agreement, digest: s.Digest, list: int32(s.List), net: int32(s.Net), revision: s.Revision,
	}
}
