// Package casework is customer service in writing: a customer opens a case, the toll company asks and answers, both add files,
// and each side learns when the other has written. What a case is and what moves it is in shared/casework.
package casework

import (
	"context"
	"slices"
	"strings"
	"time"

	"bompass/server/access"
	"bompass/server/attachment"
	"bompass/shared/casework"
	"bompass/shared/fault"
	"bompass/shared/oslo"
	"bompass/shared/role"
	"bompass/shared/text"
	"bompass/shared/toll"
)

// Case is a case without its messages.
type Case struct {
	ID       int64 // the number that people quote
	Customer toll.CustomerID
	Account  toll.AccountID // who opened it
	Charger  toll.ChargerID
	Topic    casework.Topic
	Title    string
	About    string // what it is about, in words; empty for nothing certain
	State    casework.State
	Opened   time.Time
	Changed  time.Time
	AnswerBy oslo.Day // while the toll company answers next; otherwise 0
	TakenBy  string   // who of the toll company works on it; empty for nobody yet
}

// Message is a message of a case, or something else that was done with it.
type Message struct {
	ID      int64
	Account toll.AccountID // of the customer who wrote; empty for the toll company
	Name    string         // of whoever wrote; empty for a person who is not there any more
	Act     casework.Act
	Text    string
	At      time.Time
	Files   []File
}

// File is a file of a message, without its content.
type File struct {
	ID   int64
	Name string
	Type string // application/pdf, image/jpeg or image/png
	Size int
}

// Full is a case with its messages, the earliest first.
type Full struct {
	Case
	Messages []Message
}

// NewCase is a case that a customer opens.
type NewCase struct {
	Once    string // made with the form: the form sent twice opens one case
	Charger toll.ChargerID
	Topic   casework.Topic
	Title   string
	About   string
	Text    string
	Files   []attachment.File
}

// NewMessage is what somebody does with a case.
type NewMessage struct {
	Case    int64
	Once    string
	Account toll.AccountID // of a customer; empty for the toll company
	Staff   string         // of the toll company; empty for a customer
	Act     casework.Act
	Text    string
	Files   []attachment.File
	At      time.Time
}

// Reader is who reads cases: a person for a customer. One who may not see all of the customer's sees the person's own.
type Reader struct {
	Customer toll.CustomerID
	Account  toll.AccountID
	All      bool
}

// CustomerStore stores cases for customers.
type CustomerStore interface {
	// Cases returns the cases that a reader may see, the last changed first.
	Cases(ctx context.Context, r Reader) ([]Case, error)
	// Case returns one of them; fault.NotFound for another one.
	Case(ctx context.Context, r Reader, id int64) (Full, error)
	// File returns a file of one of them; fault.NotFound for another one.
	File(ctx context.Context, r Reader, id, file int64) (File, []byte, error)
	// OpenCase stores a case with its first message, and returns its number. The same Once returns the same number.
	OpenCase(ctx context.Context, r Reader, c NewCase, at time.Time) (int64, error)
	// AddMessage stores a message of a customer in a case that the reader may see. The error is fault.ChangedMeanwhile if the
	// act is not possible in the case's state. The same Once is stored once.
	AddMessage(ctx context.Context, r Reader, m NewMessage) error
}

// StaffStore stores cases for the toll company.
type StaffStore interface {
	// Waiting returns the cases that wait for the toll company, those to be answered first at the top.
	Waiting(ctx context.Context) ([]Case, error)
	// Any returns any case; fault.NotFound if there is none.
	Any(ctx context.Context, id int64) (Full, error)
	// AnyFile returns a file of any case; fault.NotFound if there is none.
	AnyFile(ctx context.Context, file int64) (File, []byte, error)
	// Reply stores an act of the toll company, and in the same transaction a TellJob unless the act is Take. The error is
	// fault.ChangedMeanwhile if the act is not possible in the case's state.
	Reply(ctx context.Context, m NewMessage) error
}

// Store stores cases.
type Store interface {
	CustomerStore
	StaffStore
}

// Service opens, answers and ends cases. It is safe for concurrent use.
type Service struct {
	store Store
	scan  *attachment.Scanner
	now   func() time.Time
}

// NewService returns a Service. Scan may be nil: files are then not scanned for viruses.
func NewService(store Store, scan *attachment.Scanner, now func() time.Time) *Service {
	return &Service{store: store, scan: scan, now: now}
}

// readerOf returns whose cases an actor reads. Whoever may change something for the customer reads all of its cases.
func readerOf(actor access.Principal) Reader {
	return Reader{Customer: actor.Customer, Account: actor.Account, All: actor.Role.May(role.Change)}
}

// List returns the cases that the actor may see, the last changed first.
func (s *Service) List(ctx context.Context, actor access.Principal) ([]Case, error) {
	return s.store.Cases(ctx, readerOf(actor))
}

// Case returns one of the cases that the actor may see.
func (s *Service) Case(ctx context.Context, actor access.Principal, id int64) (Full, error) {
	return s.store.Case(ctx, readerOf(actor), id)
}

// File returns a file of one of the cases that the actor may see.
func (s *Service) File(ctx context.Context, actor access.Principal, id, file int64) (File, []byte, error) {
	return s.store.File(ctx, readerOf(actor), id, file)
}

// Open opens a case and returns its number. The faults are those of the fields charger, topic, title, text and files.
func (s *Service) Open(ctx context.Context, actor access.Principal, c NewCase) (int64, error) {
	var faults fault.List
	if c.Charger == "" {
		faults.Add(fault.New(fault.FieldMissing).At("charger"))
	}
	if !slices.Contains(casework.Topics(), c.Topic) {
		faults.Add(fault.New(fault.FieldMissing).At("topic"))
	}
	if c.Title = strings.TrimSpace(c.Title); c.Title == "" {
		faults.Add(fault.New(fault.FieldMissing).At("title"))
	} else if !text.IsLine(c.Title) || !text.HasAtMost(c.Title, casework.TitleMax) {
		faults.Add(fault.New(fault.FieldWrong).At("title"))
	}
	var err error
	c.Text, err = message(c.Text)
	faults.Add(err)
	c.Files, err = s.check(ctx, c.Files)
	if faults.Add(err); err != nil && fault.CodeOf(err) == fault.Internal {
		return 0, err
	}
	if err := faults.Err(); err != nil {
		return 0, err
	}
	return s.store.OpenCase(ctx, readerOf(actor), c, s.now())
}

// Write adds a message of the actor to a case.
func (s *Service) Write(ctx context.Context, actor access.Principal, m NewMessage) error {
	var faults fault.List
	var err error
	m.Text, err = message(m.Text)
	faults.Add(err)
	m.Files, err = s.check(ctx, m.Files)
	if faults.Add(err); err != nil && fault.CodeOf(err) == fault.Internal {
		return err
	}
	if err := faults.Err(); err != nil {
		return err
	}
	m.Account, m.Staff, m.Act, m.At = actor.Account, "", casework.Write, s.now()
	return s.store.AddMessage(ctx, readerOf(actor), m)
}

// Withdraw ends a case whose customer needs no answer any more.
func (s *Service) Withdraw(ctx context.Context, actor access.Principal, id int64, once string) error {
	m := NewMessage{Case: id, Once: once, Account: actor.Account, Act: casework.Withdraw, At: s.now()}
	return s.store.AddMessage(ctx, readerOf(actor), m)
}

// Waiting returns the cases that wait for the toll company, those to be answered first at the top.
func (s *Service) Waiting(ctx context.Context) ([]Case, error) { return s.store.Waiting(ctx) }

// Any returns any case, for the toll company.
func (s *Service) Any(ctx context.Context, id int64) (Full, error) { return s.store.Any(ctx, id) }

// AnyFile returns a file of any case, for the toll company.
func (s *Service) AnyFile(ctx context.Context, file int64) (File, []byte, error) {
	return s.store.AnyFile(ctx, file)
}

// Reply takes, asks or answers as somebody of the toll company. Whoever opened the case gets a mail that something was written,
// without what.
func (s *Service) Reply(ctx context.Context, m NewMessage) error {
	if m.Staff = strings.TrimSpace(m.Staff); m.Staff == "" || !text.IsLine(m.Staff) {
		return fault.New(fault.FieldMissing).At("staff")
	}
	var err error
	if m.Act != casework.Take {
		if m.Text, err = message(m.Text); err != nil {
			return err
		}
	}
	if m.Files, err = s.check(ctx, m.Files); err != nil {
		return err
	}
	m.Account, m.At = "", s.now()
	return s.store.Reply(ctx, m)
}

// message returns the text of a message as it is stored, or a fault of the field text.
func message(written string) (string, error) {
	lines := strings.Split(strings.ReplaceAll(strings.TrimSpace(written), "\r\n", "\n"), "\n")
	stored := strings.Join(lines, "\n")
	switch {
	case stored == "":
		return "", fault.New(fault.FieldMissing).At("text")
	case !text.HasAtMost(stored, casework.TextMax), slices.ContainsFunc(lines, func(l string) bool { return !text.IsLine(strings.ReplaceAll(l, "\t", " ")) }):
		return "", fault.New(fault.FieldWrong).At("text")
	}
	return stored, nil
}

// check returns the files as they are stored, or a fault of the field files.
func (s *Service) check(ctx context.Context, files []attachment.File) ([]attachment.File, error) {
	if len(files) > casework.FilesMax {
		return nil, fault.New(fault.FilesTooMany).At("files")
	}
	checked := make([]attachment.File, 0, len(files))
	for _, f := range files {
		clean, err := attachment.Clean(ctx, f, s.scan)
		if err != nil {
			return nil, err
		}
		checked = append(checked, clean)
	}
	return checked, nil
}
