package sie

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Groups of accounts of the ledger whose names have a part of their own.
const (
	receivable = "receivable"
	revenue    = "revenue"
)

// Account is an account of the books that a file goes to.
type Account struct {
	Ledger string // account of the ledger, such as vat:2500, or a group of them, such as revenue
	Number string // in the books
	Name   string
}

// Chart says which account of the books each account of the ledger is. An account's own line goes before its group's.
type Chart []Account

// Standard returns the chart after the Norwegian standard (NS 4102).
func Standard() Chart {
	return Chart{
		{receivable, "1500", "Kundefordringer"},
		{"clearing:card", "1570", "Kortinnbetalinger"},
		{"bank", "1920", "Bankinnskudd"},
		{"vat:2500", "2701", "Utgående merverdiavgift 25 %"},
		{"vat:1200", "2703", "Utgående merverdiavgift 12 %"},
		{"unplaced", "2980", "Innbetalinger uten faktura"},
		{"deposit", "2990", "Depositum for brikker"},
		{revenue, "3100", "Bompenger og fergebilletter"},
		{"fee:interest", "8050", "Forsinkelsesrenter"},
		{"fee", "3990", "Gebyrer"},
	}
}

// ReadChart reads a chart of one's own: a line for each account with the ledger's name, the number in the books and a text,
// apart by blanks. Accounts that it leaves out are those of the standard.
func ReadChart(r io.Reader) (Chart, error) {
	chart := Chart{}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		fields := strings.Fields(text)
		if len(fields) < 3 || strings.Trim(fields[1], "0123456789") != "" {
			return nil, fmt.Errorf("line %d is %q; write the ledger's account, the number and a text, such as: revenue:fjellinjen 3110 Fjellinjen", n, text)
		}
		name := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(strings.TrimPrefix(text, fields[0])), fields[1]))
		chart = append(chart, Account{fields[0], fields[1], name})
	}
	return append(chart, Standard()...), lines.Err()
}

func (c Chart) find(group, rest string) (Account, bool) {
	for _, wanted := range []string{group + ":" + rest, group} {
		if i := slices.IndexFunc(c, func(a Account) bool { return a.Ledger == wanted }); i >= 0 {
			return c[i], true
		}
	}
	return Account{}, false
}

// accounts returns the accounts by number, each once.
func (c Chart) accounts() []Account {
	list := slices.Clone(c)
	slices.SortStableFunc(list, func(a, b Account) int { return cmp.Compare(a.Number, b.Number) })
	return slices.CompactFunc(list, func(a, b Account) bool { return a.Number == b.Number })
}
