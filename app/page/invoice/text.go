package invoice

import (
	"strings"

	"bompass/shared/ident"
	"bompass/shared/money"
)

// accountText groups the number of a bank account for people.
func accountText(number string) string { return ident.FormatAccount(number) }

// amountText returns an amount as Norwegian banks take it in a field: 1234,50.
func amountText(amount money.Ore) string { return strings.Replace(amount.String(), ".", ",", 1) }
