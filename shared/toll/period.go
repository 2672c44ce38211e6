package toll

import (
	"strconv"

	"bompass/shared/fault"
	"bompass/shared/oslo"
)

// PeriodDaysMax is the maximum length in days of a passage query, unless it is exactly one calendar month.
const PeriodDaysMax = 30

// CheckPeriod checks the period of a passage query, from the first to the last day inclusive: at most 30 days, or
// exactly one calendar month.
func CheckPeriod(first, last oslo.Day) error {
	days := int(last-first) + 1
	switch {
	case first == 0 || last == 0:
		return fault.New(fault.PeriodMissing).At("from")
	case days <= 0:
		return fault.New(fault.PeriodReversed).At("to")
	case days <= PeriodDaysMax:
		return nil
	case first == first.Month().First() && last == first.Month().Last():
		return nil
	}
	return fault.New(fault.PeriodTooLong, "days", strconv.Itoa(days)).At("to")
}
