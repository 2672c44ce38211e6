package billing

import (
	"errors"

	"bompass/shared/money"
	"bompass/shared/oslo"
)

// Payment is money that reached the issuer's account for an invoice.
type Payment struct {
	KID       string
	Amount    money.Ore
	On        oslo.Day
	Reference string // the bank's; a payment with the reference of another is the same one
}

// ErrUnknownKID is returned for a payment that names no invoice.
var ErrUnknownKID = errors.New("no invoice has the KID")
