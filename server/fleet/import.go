package fleet

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"bompass/server/access"
	"bompass/server/sheet"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Limits of imports.
const (
	ImportRowsMax  = 10_000
	ImportBytesMax = 2 << 20
	UndoMax        = 24 * time.Hour // from the confirmation on
	importKept     = 48 * time.Hour
	importNameMax  = 100
)

// Problem is what is wrong with a row: a code of the catalogues below "import.wrong." and the value that it is about.
type Problem struct {
	Code  string `json:"code"`
	Value string `json:"value,omitempty"`
}

// LabelChange is a label before and after an import.
type LabelChange struct {
	Was     string `json:"was"`
	Becomes string `json:"becomes"`
}

// ImportRow is a row of a file, with what it changes. A row without a change and without a problem is as the file says
// already.
type ImportRow struct {
	No        int                 `json:"no"` // its line in the file
	Plate     toll.Plate          `json:"plate,omitzero"`
	Vehicle   toll.VehicleID      `json:"vehicle,omitempty"`
	Tag       toll.TagID          `json:"tag,omitempty"`
	Version   int64               `json:"version,omitempty"`
	Problem   *Problem            `json:"problem,omitempty"`
	Add       *toll.StatedVehicle `json:"add,omitempty"`       // a new vehicle, which joins Agreement
	Agreement string              `json:"agreement,omitempty"` // number of the one that the vehicle joins or goes to
	From      string              `json:"from,omitempty"`      // number of the one that it leaves
	Centre    *LabelChange        `json:"centre,omitempty"`
	Reference *LabelChange        `json:"reference,omitempty"`

	Done   *string `json:"-"` // nil before it is done; then empty, or the code of the fault that refused it
	Undone *string `json:"-"`
}

// Changes reports whether the row changes something.
func (r ImportRow) Changes() bool {
	return r.Problem == nil && (r.Add != nil || r.Agreement != "" || r.Centre != nil || r.Reference != nil)
}

// Import is a file of vehicles that was imported or tried.
type Import struct {
	ID        string
	Customer  toll.CustomerID
	Account   toll.AccountID
	At        time.Time
	Name      string
	Confirmed time.Time // zero before that
	Done      time.Time
	Undo      time.Time // asked for
	Undone    time.Time
	Rows      []ImportRow
}

// UndoUntil returns the instant until which the import can be undone.
func (i Import) UndoUntil() time.Time { return i.Confirmed.Add(UndoMax) }

// ImportStore stores imports.
type ImportStore interface {
	// PlatesTaken returns which of the plates are on an agreement of another customer.
	PlatesTaken(ctx context.Context, customer toll.CustomerID, plates []toll.Plate) (map[toll.Plate]bool, error)
	// AddImport adds an import that has been tried. It deletes the customer's other ones that were not confirmed, and all
	// that began before an instant.
	AddImport(ctx context.Context, i Import, before time.Time) error
	// Import returns an import with its rows, or fault.NotFound. An empty customer is any.
	Import(ctx context.Context, customer toll.CustomerID, id string) (Import, error)
	// Imports returns the customer's confirmed imports without their rows, the latest first.
	Imports(ctx context.Context, customer toll.CustomerID) ([]Import, error)
	// StartImport records that an import is confirmed, or is to be undone, and adds the job, unless that was done before.
	StartImport(ctx context.Context, customer toll.CustomerID, job ImportJob, at time.Time) error
}

// ImportResults stores what has become of imports.
type ImportResults interface {
	// SaveImportRow records the result of a row.
	SaveImportRow(ctx context.Context, job ImportJob, no int, result string) error
	// EndImport records that all rows are done, or undone.
	EndImport(ctx context.Context, job ImportJob, at time.Time) error
	// VehicleOf returns the id of the vehicle that has a plate.
	VehicleOf(ctx context.Context, plate toll.Plate) (toll.VehicleID, error)
}

// TryImport reads a file of vehicles and stores what it would change. It returns the id of the import. Nothing is changed.
func (s *Service) TryImport(ctx context.Context, actor access.Principal, name string, file []byte) (string, error) {
	if actor.Kind != toll.Company {
		return "", fault.New(fault.Refused)
	}
	table, err := sheet.Read(file, ImportRowsMax+1)
	if err != nil {
		return "", readFault(err)
	}
	reply, err := s.store.Fleet(ctx, actor.Customer, s.now(), 0)
	if err != nil {
		return "", err
	}
	rows, err := newPlanner(reply).plan(table)
	if err != nil {
		return "", err
	}
	if err := s.refuseTaken(ctx, actor.Customer, rows); err != nil {
		return "", err
	}
	if letters := []rune(name); len(letters) > importNameMax {
		name = string(letters[:importNameMax])
	}
	i := Import{ID: uuid.NewString(), Customer: actor.Customer, Account: actor.Account, At: s.now(), Name: name, Rows: rows}
	if err := s.store.AddImport(ctx, i, s.now().Add(-importKept)); err != nil {
		return "", fmt.Errorf("import: %w", err)
	}
	return i.ID, nil
}

// refuseTaken marks the rows whose new vehicle is on an agreement of another customer.
func (s *Service) refuseTaken(ctx context.Context, customer toll.CustomerID, rows []ImportRow) error {
	var plates []toll.Plate
	for _, r := range rows {
		if r.Add != nil {
			plates = append(plates, r.Plate)
		}
	}
	taken, err := s.store.PlatesTaken(ctx, customer, plates)
	if err != nil {
		return err
	}
	for i, r := range rows {
		if r.Add != nil && taken[r.Plate] {
			rows[i] = ImportRow{No: r.No, Plate: r.Plate, Problem: &Problem{Code: "taken", Value: r.Plate.String()}}
		}
	}
	return nil
}

// Import returns an import of the actor's customer.
func (s *Service) Import(ctx context.Context, actor access.Principal, id string) (Import, error) {
	if uuid.Validate(id) != nil {
		return Import{}, fault.New(fault.NotFound)
	}
	return s.store.Import(ctx, actor.Customer, id)
}

// Imports returns the confirmed imports of the actor's customer, the latest first.
func (s *Service) Imports(ctx context.Context, actor access.Principal) ([]Import, error) {
	return s.store.Imports(ctx, actor.Customer)
}

// ConfirmImport makes the changes of an import, in the background. accepted is whether the terms were accepted, which an
// import that adds vehicles needs.
func (s *Service) ConfirmImport(ctx context.Context, actor access.Principal, id string, accepted bool) error {
	i, err := s.Import(ctx, actor, id)
	if err != nil {
		return err
	}
	for _, r := range i.Rows {
		if r.Add != nil && !accepted {
			return fault.New(fault.TermsNeeded).At("terms")
		}
	}
	return s.store.StartImport(ctx, actor.Customer, ImportJob{ID: id}, s.now())
}

// UndoImport takes the changes of an import back, in the background: each vehicle that is still as the import left it.
func (s *Service) UndoImport(ctx context.Context, actor access.Principal, id string) error {
	i, err := s.Import(ctx, actor, id)
	if err != nil {
		return err
	}
	if i.Done.IsZero() || s.now().After(i.UndoUntil()) {
		return fault.New(fault.NotFound)
	}
	return s.store.StartImport(ctx, actor.Customer, ImportJob{ID: id, Undo: true}, s.now())
}
