package dun

import (
	"time"

	"bompass/shared/money"
	"bompass/shared/oslo"
)

// interestRate is the late interest of a half-year.
type interestRate struct {
	from, until  oslo.Day
	hundredths   int       // of a percent a year
	compensation money.Ore // to a business
	regulation   string
}

// interestRates has a row for each half-year. The Ministry of Finance sets the next one in December and June; until its row
// is here, interest of those days cannot be computed.
var interestRates = []interestRate{
	{day(2023, 7, 1), day(2024, 1, 1), 11_75, 460_00, "FOR-2023-06-22-1075"},
	{day(2024, 1, 1), day(2024, 7, 1), 12_50, 470_00, "FOR-2023-12-14-2043"},
	{day(2024, 7, 1), day(2025, 1, 1), 12_50, 460_00, "FOR-2024-06-26-1320"},
	{day(2025, 1, 1), day(2025, 7, 1), 12_50, 470_00, "FOR-2024-12-19-3279"},
	{day(2025, 7, 1), day(2026, 1, 1), 12_25, 460_00, "FOR-2025-06-23-1321"},
	{day(2026, 1, 1), day(2026, 7, 1), 12_00, 460_00, "FOR-2025-12-18-2658"},
	{day(2026, 7, 1), day(2027, 1, 1), 12_25, 430_00, "FOR-2026-06-25-1372"},
}

// collectionRate is the collection rate (inkassosats) that fees are a share of.
type collectionRate struct {
	from, until oslo.Day
	rate        money.Ore
	regulation  string
}

// A new act on debt collection (LOV-2026-05-22-19) may be in force from 2027-01-01. Its letters and fees are not known yet, so
// the tables end there.
var regimeEnds = day(2027, 1, 1)

var collectionRates = []collectionRate{
	{day(2019, 1, 1), day(2026, 1, 1), 700_00, "inkassoforskriften § 1-1, 2019"},
	{day(2026, 1, 1), regimeEnds, 750_00, "FOR-2025-12-19-2709"},
}

func day(year int, month time.Month, d int) oslo.Day { return oslo.Date(year, month, d) }
