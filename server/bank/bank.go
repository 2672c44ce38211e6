// Package bank takes the payments of a bank's files. Each is entered in the ledger once: for the invoice that its KID names,
// or as money that no invoice is known for, which stands on a list until a person places it.
package bank

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"bompass/shared/money"
	"bompass/shared/oslo"
)

// SizeMax is the maximum size of a file: four million payments.
const SizeMax = 1 << 30

// File is a file of payments as it is stored.
type File struct {
	Name   string
	Hash   [sha256.Size]byte
	Format Format
	Number string // of the transmission or message
	On     oslo.Day
	Sum    money.Ore
	Read   time.Time
}

// Payment is a payment of a file.
type Payment struct {
	Line      int    // of the file, from 1; several payments may have one
	Reference string // that no other payment has, also in another file
	KID       string
	Amount    money.Ore // negative if the money went back to the payer
	On        oslo.Day
	Statement string // what leads to the line of the statement
	Archive   string // the bank's reference
	Debtor    string // the payer's account; empty if the file does not say
	Text      string
}

// Reason is why a payment stands on no invoice.
type Reason string

// The reasons.
const (
	Unknown  Reason = "unknown"  // no invoice has the KID
	TooMuch  Reason = "too-much" // more than is outstanding
	Negative Reason = "negative" // money went back to the payer
)

// Result counts what a file held.
type Result struct {
	Payments int
	Sum      money.Ore
	Known    int       // that another file had; they were entered then
	Placed   int       // on the invoices of their KIDs
	Unplaced int       // that wait for a person
	Waiting  money.Ore // sum of those

	Mandates *MandateResult // of a file of mandates, which has no payments
}

// Errors of an import.
var (
	ErrFormat = errors.New("is no file of payments: OCR giro begins with NY000010, BgMax with 01BGMAX, and camt.054 is XML")
	ErrSize   = errors.New("is larger than 1 GiB")
)

// ReadError is returned for a file that has been read already, or for another one with the same number of transmission.
type ReadError struct {
	File File
	Same bool // the contents are the same
}

// Error says when the file was read.
func (e *ReadError) Error() string {
	if e.Same {
		return fmt.Sprintf("was read on %s as %s; nothing was entered again", oslo.DayOf(e.File.Read), e.File.Name)
	}
	return fmt.Sprintf("has the number %s of %s, which was read on %s with other contents; ask the bank which one counts",
		e.File.Number, e.File.On, oslo.DayOf(e.File.Read))
}

// Store stores payments.
type Store interface {
	// Import stores a file with those of its payments that no other file had, places those whose KID names an invoice that at least so much is outstanding of,
	// and enters all in the ledger, in one transaction. It returns a *ReadError for a file that is there.
	Import(ctx context.Context, f File, payments []Payment) (Result, error)
	DebitStore
	// Unplaced returns payments that stand on no invoice, the oldest first, with what they may be for.
	Unplaced(ctx context.Context) ([]Unplaced, error)
	// Place enters an unplaced payment for an invoice. It returns ErrNoPayment, ErrNoInvoice or ErrPlaced.
	Place(ctx context.Context, reference, number string, at time.Time) error
	// Return takes a payment from the invoice that it was entered for, by a counter-entry. It returns ErrNoPayment, or
	// ErrNotPlaced.
	Return(ctx context.Context, reference string, at time.Time) error
}

// Errors of placing.
var (
	ErrNoPayment = errors.New("no payment has the reference")
	ErrNoInvoice = errors.New("no invoice has the number")
	ErrPlaced    = errors.New("the payment is on an invoice; take it from there first")
	ErrNotPlaced = errors.New("the payment is on no invoice")
)

// Unplaced is a payment without an invoice.
type Unplaced struct {
	Payment
	Reason    Reason
	Proposals []Proposal
}

// Proposal is an invoice that a payment may be for.
type Proposal struct {
	Number      string
	KID         string
	Outstanding money.Ore
	Why         string // "kid": one digit differs, or two neighbours are swapped; "amount": it is of the amount, and none of it is paid
}

// Service reads files of payments. It is safe for concurrent use.
type Service struct {
	store    Store
	accounts Accounts
	now      func() time.Time
}

// NewService returns a Service for payments to the issuer's accounts.
func NewService(store Store, accounts Accounts, now func() time.Time) *Service {
	return &Service{store: store, accounts: accounts, now: now}
}

// Unplaced returns payments that stand on no invoice, the oldest first.
func (s *Service) Unplaced(ctx context.Context) ([]Unplaced, error) { return s.store.Unplaced(ctx) }

// Place enters an unplaced payment for an invoice.
func (s *Service) Place(ctx context.Context, reference, number string) error {
	return s.store.Place(ctx, reference, number, s.now())
}

// Return takes a payment from its invoice, onto the list of those without one.
func (s *Service) Return(ctx context.Context, reference string) error {
	return s.store.Return(ctx, reference, s.now())
}
