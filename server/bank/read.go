package bank

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"bompass/server/bank/avtalegiro"
	"bompass/server/bank/bgmax"
	"bompass/server/bank/camt054"
	"bompass/server/bank/nets"
	"bompass/server/bank/ocr"
	"bompass/shared/ident"
)

// Error is why a file is not entered that is right in its format.
type Error struct {
	Line   int
	Field  string
	Reason string
}

// Error names the line and the field.
func (e *Error) Error() string { return fmt.Sprintf("line %d, %s: %s", e.Line, e.Field, e.Reason) }

// Refused reports whether an import failed because of the file itself, so that it fails again.
func Refused(err error) bool {
	ours, wrong := &Error{}, &nets.Error{}
	xml, swedish, again := &camt054.Error{}, &bgmax.Error{}, &ReadError{}
	return errors.As(err, &ours) || errors.As(err, &wrong) || errors.As(err, &xml) || errors.As(err, &swedish) || errors.As(err, &again) ||
		errors.Is(err, ErrFormat) || errors.Is(err, ErrSize)
}

// Import reads a file. Nothing of a file is entered if a part of it is wrong; the error then says which line.
func (s *Service) Import(ctx context.Context, name string, data []byte) (Result, error) {
	if len(data) > SizeMax {
		return Result{}, ErrSize
	}
	if avtalegiro.IsMandates(data) {
		m, err := s.readMandates(ctx, name, data)
		return Result{Mandates: &m}, err
	}
	read := s.readOCR
	switch start := bytes.TrimLeft(data[:min(len(data), 100)], "\xef\xbb\xbf \t\r\n"); {
	case bytes.HasPrefix(data, []byte("NY0000")):
	case bytes.HasPrefix(start, []byte("<")):
		read = s.readCAMT
	case bytes.HasPrefix(data, []byte("01BGMAX")):
		read = readBgMax
	default:
		return Result{}, ErrFormat
	}
	f, payments, err := read(data)
	if err != nil {
		return Result{}, err
	}
	f.Name, f.Hash, f.Read = name, sha256.Sum256(data), s.now()
	for i := range payments {
		f.Sum += payments[i].Amount
	}
	return s.store.Import(ctx, f, payments)
}

// readOCR reads a transmission of OCR giro. Its payments are to accounts of the issuer, and have KIDs of its kind.
func (s *Service) readOCR(data []byte) (of File, list []Payment, err error) {
	f, err := ocr.Read(data)
	if err != nil {
		return of, nil, err
	}
	for i := range f.Assignments {
		a := &f.Assignments[i]
		if len(a.Payments) > 0 {
			if err := s.accounts.check(a.Payments[0].Line, a.Account, OCR); err != nil {
				return of, nil, err
			}
		}
		prefix := fmt.Sprintf("ocr:%s:%s/%s/", f.On, f.Number, a.Number)
		for n := range a.Payments {
			p := &a.Payments[n]
			if _, problem := ident.KID(p.KID, ident.KIDMod10); p.KID != "" && problem != ident.None {
				return of, nil, &Error{p.Line, "KID", fmt.Sprintf("%q is wrong: its last digit is not its check digit (modulus 10)", p.KID)}
			}
			amount := p.Amount
			if p.Kind.Reversal() {
				amount = -amount
			}
			list = append(list, Payment{
				Line: p.Line, Reference: prefix + strconv.Itoa(p.Number), KID: p.KID, Amount: amount, On: p.On,
				Statement: p.Statement, Archive: p.Archive, Debtor: p.Debtor, Text: p.Text,
			})
		}
	}
	return File{Format: OCR, Number: f.Number, On: f.On}, list, nil
}

// readCAMT reads a message of camt.054: the payments of entries that are booked, in kroner. What a reversal takes back, and money
// that went out, has no KID here, so that a person looks at it.
func (s *Service) readCAMT(data []byte) (of File, list []Payment, err error) {
	f, err := camt054.Read(bytes.NewReader(data))
	if err != nil {
		return of, nil, err
	}
	seen := map[string]int{}
	for i := range f.Notifications {
		n := &f.Notifications[i]
		account := n.Account
		if bare, norwegian := strings.CutPrefix(account, "NO"); norwegian && len(bare) == 13 {
			account = bare[2:]
		}
		if err := s.accounts.check(n.Line, account, CAMT); err != nil {
			return of, nil, err
		}
		for k := range n.Entries {
			e := &n.Entries[k]
			if e.Status != camt054.Booked {
				continue
			}
			if e.Currency != "NOK" {
				return of, nil, &Error{e.Line, "currency", fmt.Sprintf("is %s; the ledger is in NOK", e.Currency)}
			}
			for m := range e.Payments {
				list = append(list, paymentOf(account, e, &e.Payments[m], seen))
			}
		}
	}
	return File{Format: CAMT, Number: f.ID, On: f.On}, list, nil
}

// readBgMax reads a file of the Swedish bankgiro. The format has no kroner of Norway, and invoices have no others, so that a file with
// payments is refused.
func readBgMax(data []byte) (of File, _ []Payment, err error) {
	f, err := bgmax.Read(data)
	if err != nil {
		return of, nil, err
	}
	for i := range f.Sections {
		if s := &f.Sections[i]; len(s.Payments) > 0 {
			return of, nil, &Error{s.Line, "currency", fmt.Sprintf("is %s, and payments of %s to bankgiro %s are for no invoice; the ledger is in NOK", s.Currency, s.Sum(), s.Bankgiro)}
		}
	}
	return File{Format: BgMax, Number: f.Stamp, On: f.On}, nil, nil
}

// paymentOf returns a payment of an entry. Its reference is made of what the bank says of it in every message that has it, and
// of a number: two payments that are equal in all of it are two.
func paymentOf(account string, e *camt054.Entry, p *camt054.Payment, seen map[string]int) Payment {
	out := Payment{
		Line: p.Line, KID: p.KID, Amount: p.Amount, On: e.Booked, Statement: strings.TrimSpace(e.Reference), Archive: strings.TrimSpace(p.Reference),
		Debtor: p.Account, Text: strings.TrimSpace(p.Debtor + " " + p.Text),
	}
	if out.Archive == "" {
		out.Archive = p.EndToEnd
	}
	if !p.Credit {
		out.Amount = -out.Amount
	}
	if !p.Credit || e.Reversal {
		out.Text = strings.TrimSpace(p.KID + " " + out.Text)
		out.KID = ""
	}
	print := fmt.Sprintf("camt:%s:%s:%s", account, e.Booked, fingerprint(out.Amount.String(), p.KID, out.Statement, out.Archive, p.EndToEnd, p.Account, p.Debtor, p.Text))
	seen[print]++
	out.Reference = print + "/" + strconv.Itoa(seen[print])
	return out
}

// fingerprint returns 80 bits of a hash of texts.
func fingerprint(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:10])
}
