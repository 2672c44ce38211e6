package bank

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"bompass/server/bank/avtalegiro"
	"bompass/shared/money"
	"bompass/shared/oslo"
)

// AvtaleGiro is the format of files of mandates.
const AvtaleGiro Format = "avtalegiro"

// Mandates is what a file says of mandates, the last of each KID.
type Mandates struct {
	Valid    map[string]bool // by KID: whether the bank sends the payer a notice of each claim
	Ended    []string        // KIDs
	Complete bool            // all others have ended
}

// MandateResult counts what became of a file of mandates.
type MandateResult struct {
	Valid   int
	Ended   int
	Unknown []string // KIDs that no invoice of an agreement has
}

// Claiming says which invoices are claimed, by the days on which they are due.
type Claiming struct {
	Account    string   // that the invoices are paid to
	WithNotice oslo.Day // the first, of payers whose bank sends a notice
	Without    oslo.Day // the first, of all others
	Delete     oslo.Day // the first on which a claim can still be taken back
	At         time.Time
}

// Debit is a claim of an invoice.
type Debit struct {
	Invoice   string // number
	Agreement string // number
	KID       string // of the mandate
	Notice    bool
	Due       oslo.Day
	Amount    money.Ore
}

// Order is a file for the bank.
type Order struct {
	ID   int64 // number of the transmission
	Name string
	Data []byte
}

// DebitStore stores mandates and claims of direct debit.
type DebitStore interface {
	// SetMandates stores what a file says of mandates, or returns a *ReadError for a file that is there.
	SetMandates(ctx context.Context, f File, m Mandates) (MandateResult, error)
	// Claim stores claims of invoices that are to be drawn, each once, and takes back those of which another amount is outstanding
	// than was claimed, together with the file that build returns for them. Without any, it stores nothing.
	Claim(ctx context.Context, c Claiming, build func(number int64, claims, deletions []Debit) Order) error
	// Unwritten returns the files that were not written for the bank yet, the oldest first.
	Unwritten(ctx context.Context) ([]Order, error)
	// SetWritten records that a file was written.
	SetWritten(ctx context.Context, number int64, at time.Time) error
}

// readMandates reads a file of mandates, and stores what it says.
func (s *Service) readMandates(ctx context.Context, name string, data []byte) (MandateResult, error) {
	f, err := avtalegiro.ReadMandates(data)
	if err != nil {
		return MandateResult{}, err
	}
	m := Mandates{Valid: map[string]bool{}, Complete: true}
	last := map[string]avtalegiro.Mandate{}
	for i := range f.Accounts {
		a := &f.Accounts[i]
		if _, ours := s.accounts[a.Account]; !ours {
			return MandateResult{}, &Error{a.Line, "account", a.Account + " is none that invoices are paid to"}
		}
		for _, d := range a.Mandates {
			last[d.KID] = d
			m.Complete = m.Complete && d.Change == avtalegiro.Listed
		}
	}
	for kid, d := range last {
		if d.Change == avtalegiro.Ended {
			m.Ended = append(m.Ended, kid)
		} else {
			m.Valid[kid] = d.Notice
		}
	}
	m.Complete = m.Complete && len(last) > 0
	of := File{Name: name, Hash: sha256.Sum256(data), Format: AvtaleGiro, Number: f.Number, On: f.On, Read: s.now()}
	if of.On == 0 {
		of.On = oslo.DayOf(of.Read)
	}
	return s.store.SetMandates(ctx, of, m)
}

// Creditor is the issuer as a payee of direct debit.
type Creditor struct {
	Unit    string // number of the customer unit at the banks' payment service, eight digits
	Account string
}

// Export claims the invoices of agreements with a mandate, and gives write each file for the bank that was not written yet. A file
// that could not be written comes again, with the same name and contents. It returns the number of files.
func (s *Service) Export(ctx context.Context, c Creditor, write func(name string, data []byte) error) (files int, err error) {
	today := oslo.DayOf(s.now())
	claiming := Claiming{
		Account: c.Account, At: s.now(), WithNotice: bankDay(today, avtalegiro.DaysWithNotice), Without: bankDay(today, avtalegiro.DaysWithout), Delete: bankDay(today, avtalegiro.DaysToDelete),
	}
	if err := s.store.Claim(ctx, claiming, c.order); err != nil {
		return 0, err
	}
	list, err := s.store.Unwritten(ctx)
	if err != nil {
		return 0, err
	}
	for _, o := range list {
		if err := write(o.Name, o.Data); err != nil {
			return files, fmt.Errorf("write %s: %w", o.Name, err)
		}
		if err := s.store.SetWritten(ctx, o.ID, s.now()); err != nil {
			return files, err
		}
		files++
	}
	return files, nil
}

// bankDay returns the nth day after another one on which banks are open.
func bankDay(from oslo.Day, n int) oslo.Day {
	for ; n > 0; n-- {
		for from++; from.Weekday() == time.Saturday || from.Weekday() == time.Sunday || oslo.Holiday(from); from++ {
		}
	}
	return from
}

// order returns the file of claims and deletions. It says the agreement's number where the payer's name may stand.
func (c Creditor) order(number int64, claims, deletions []Debit) Order {
	f := avtalegiro.ClaimFile{Sender: c.Unit, Number: fmt.Sprintf("%07d", number), Account: c.Account}
	for i := range claims {
		f.Claims = append(f.Claims, claims[i].claim())
	}
	for i := range deletions {
		f.Deletions = append(f.Deletions, deletions[i].claim())
	}
	return Order{ID: number, Name: "avtalegiro-" + f.Number + ".txt", Data: avtalegiro.WriteClaims(&f)}
}

func (d *Debit) claim() avtalegiro.Claim {
	return avtalegiro.Claim{Notice: d.Notice, Due: d.Due, Amount: d.Amount, KID: d.KID, Name: d.Agreement, Text: "Faktura " + d.Invoice}
}
