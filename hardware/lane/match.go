package lane

import "math"

// forbidden is a cost above that of any valid assignment; it is finite so that sums stay finite.
const forbidden = 1e6

// match returns the cheapest assignment of a group: for each tag the index of its plate, or -1. A pair is
// joined only when every assignment without it costs at least Margin more; otherwise it is in doubt.
func (j *Joiner) match(g group) (joined []int, doubt []Doubt) {
	joined, doubt = make([]int, len(g.tags)), make([]Doubt, len(g.tags))
	for i := range joined {
		joined[i] = -1
	}
	if len(g.tags) == 0 || len(g.plates) == 0 {
		return joined, doubt
	}
	costs := j.costs(g)
	best, price := assign(costs)
	for i := range g.tags {
		k := best[i]
		if k >= len(g.plates) { // unmatched is best, but perhaps not clearly
			if j.mayHavePlate(costs, i, len(g.plates), price) {
				doubt[i] = Ambiguous
			}
			continue
		}
		kept := costs[i][k]
		costs[i][k] = forbidden
		_, other := assign(costs)
		costs[i][k] = kept
		switch {
		case !j.clock.fitted && textCost(g.tags[i].plate, g.plates[k].plate) != textEqual:
			doubt[i] = Unfitted
		case other-price < j.rules.Margin:
			doubt[i] = Ambiguous
		default:
			joined[i] = k
		}
	}
	return joined, doubt
}

// mayHavePlate reports whether a tag that is best left unmatched might as well have a plate.
func (j *Joiner) mayHavePlate(costs [][]float64, i, plates int, price float64) bool {
	own := plates + i
	kept := costs[i][own]
	costs[i][own] = forbidden
	_, other := assign(costs)
	costs[i][own] = kept
	return other-price < j.rules.Margin
}

// costs returns a square cost matrix: rows are tags and a placeholder for every plate, columns are plates
// and a placeholder for every tag.
func (j *Joiner) costs(g group) [][]float64 {
	n, m := len(g.tags), len(g.plates)
	costs := make([][]float64, n+m)
	for i := range costs {
		costs[i] = make([]float64, n+m)
		for k := range costs[i] {
			switch {
			case i < n && k < m:
				costs[i][k] = min(j.cost(g.tags[i], g.plates[k]), forbidden)
			case i < n && k-m == i, k < m && i-n == k:
				costs[i][k] = j.rules.UnmatchedCost
			case i < n || k < m:
				costs[i][k] = forbidden
			}
		}
	}
	return costs
}

// assign solves the assignment problem by shortest augmenting paths (Kuhn-Munkres). It returns the column of
// every row and the total cost.
func assign(costs [][]float64) (column []int, total float64) {
	n := len(costs)
	rowPrice, colPrice := make([]float64, n+1), make([]float64, n+1)
	rowOf, way := make([]int, n+1), make([]int, n+1) // by column; 0 for none
	for row := 1; row <= n; row++ {
		rowOf[0] = row
		at := augment(costs, rowPrice, colPrice, rowOf, way)
		for at != 0 {
			rowOf[at] = rowOf[way[at]]
			at = way[at]
		}
	}
	column = make([]int, n)
	for k := 1; k <= n; k++ {
		column[rowOf[k]-1] = k - 1
		total += costs[rowOf[k]-1][k-1]
	}
	return column, total
}

// augment finds a free column at the least cost for the row of column 0 and stores the path to it in way.
func augment(costs [][]float64, rowPrice, colPrice []float64, rowOf, way []int) int {
	n, at := len(costs), 0
	least, seen := make([]float64, n+1), make([]bool, n+1)
	for k := range least {
		least[k] = math.Inf(1)
	}
	for rowOf[at] != 0 {
		seen[at] = true
		row, next, delta := rowOf[at], 0, math.Inf(1)
		for k := 1; k <= n; k++ {
			if seen[k] {
				continue
			}
			// Reduced costs are never negative, which makes this Dijkstra's algorithm.
			if c := costs[row-1][k-1] - rowPrice[row] - colPrice[k]; c < least[k] {
				least[k], way[k] = c, at
			}
			if least[k] < delta {
				delta, next = least[k], k
			}
		}
		for k := range least {
			if seen[k] {
				rowPrice[rowOf[k]] += delta
				colPrice[k] -= delta
			} else {
				least[k] -= delta
			}
		}
		at = next
	}
	return at
}
