package bank

import (
	"fmt"
	"strings"

	"bompass/shared/ident"
)

// Format is the format of a bank's files.
type Format string

// The formats.
const (
	OCR   Format = "ocr"
	CAMT  Format = "camt.054"
	BgMax Format = "bgmax"
)

// Accounts is the format in which the bank reports the payments to each account. An account has one: a payment that the bank
// reports in two formats has no number that is the same in both, and would be entered twice.
type Accounts map[string]Format

// ParseAccounts returns the accounts of a setting such as "99991042764=camt.054 12345678903=ocr". The account that invoices are
// paid to is among them; its format is OCR giro if the setting does not name it.
func ParseAccounts(issuer, setting string) (Accounts, error) {
	list := Accounts{}
	for _, field := range strings.FieldsFunc(setting, func(c rune) bool { return c == ' ' || c == ',' }) {
		number, format, _ := strings.Cut(field, "=")
		bare, problem := ident.Account(number)
		if problem != ident.None || format != string(OCR) && format != string(CAMT) {
			return nil, fmt.Errorf("BOMPASS_BANK_FILES has %q; write an account and the format of its files, ocr or camt.054, such as %s=camt.054", field, issuer)
		}
		if was, twice := list[bare]; twice {
			return nil, fmt.Errorf("BOMPASS_BANK_FILES has account %s twice, as %s and %s; the files of an account are of one format", bare, was, format)
		}
		list[bare] = Format(format)
	}
	if list[issuer] == "" {
		list[issuer] = OCR
	}
	return list, nil
}

// check returns an error unless the payments to an account are read from files of a format.
func (a Accounts) check(line int, account string, format Format) error {
	switch want, ok := a[account]; {
	case !ok:
		return &Error{line, "account", account + " is none that invoices are paid to"}
	case want != format:
		return &Error{line, "account", fmt.Sprintf("payments to %s are read from files of the format %s, and this one is %s; with both, they would be entered twice (BOMPASS_BANK_FILES)", account, want, format)}
	}
	return nil
}
