package fleet

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"bompass/server/partner/register"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// ImportJob makes the changes of an import, or takes them back.
type ImportJob struct {
	ID   string `json:"id"`
	Undo bool   `json:"undo,omitempty"`
}

// Kind returns the name of the job.
func (ImportJob) Kind() string { return "fleet_import" }

// MaxAttempts is the maximum number of attempts. An attempt goes on where the one before has ended.
func (ImportJob) MaxAttempts() int { return 10 }

// ImportTimeout is the maximum time of one attempt.
const ImportTimeout = 15 * time.Minute

// WorkImport performs a job, row by row. Each row is changed by itself, with keys made from the import and the row, so that
// it is changed once however often the job runs. A row that is refused keeps the reason, and the others go on.
func (s *Service) WorkImport(ctx context.Context, job ImportJob, _ int) error {
	i, err := s.store.Import(ctx, "", job.ID)
	if fault.CodeOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	w := importer{Service: s, of: i, undo: job.Undo}
	if job.Undo {
		reply, err := s.store.Fleet(ctx, i.Customer, s.now(), 0)
		if err != nil {
			return err
		}
		w.lines = map[toll.Plate]api.FleetLine{}
		for _, l := range reply.Lines {
			w.lines[l.Plate] = l
		}
	}
	for _, r := range i.Rows {
		if !w.waits(r) {
			continue
		}
		result := ""
		if err := w.row(ctx, r); err != nil {
			f, known := errors.AsType[*fault.Error](err)
			if !known || f.Code == fault.Internal || ctx.Err() != nil {
				return fmt.Errorf("import %s, line %d: %w", job.ID, r.No, err)
			}
			result = string(f.Code)
		}
		if err := s.store.SaveImportRow(ctx, job, r.No, result); err != nil {
			return err
		}
	}
	return s.store.EndImport(ctx, job, s.now())
}

// importer makes the changes of rows, or takes them back.
type importer struct {
	*Service
	of    Import
	undo  bool
	lines map[toll.Plate]api.FleetLine // as they are before the undoing
}

// waits reports whether a row is still to be done.
func (w importer) waits(r ImportRow) bool {
	if w.undo {
		return r.Done != nil && *r.Done == "" && r.Undone == nil && r.Changes()
	}
	return r.Done == nil && r.Changes()
}

// row makes the changes of a row, or takes them back.
func (w importer) row(ctx context.Context, r ImportRow) error {
	if w.undo {
		return w.takeBack(ctx, r)
	}
	if r.Add != nil {
		if err := w.add(ctx, r); err != nil {
			return err
		}
		var err error
		if r.Vehicle, err = w.store.VehicleOf(ctx, r.Plate); err != nil {
			return err
		}
	} else if r.Agreement != "" {
		err := w.apply(ctx, r, api.FleetChangeRequest{Kind: toll.ChangeTransfer, Tag: r.Tag, Vehicle: untagged(r.Tag, r.Vehicle), Agreement: r.Agreement, Version: r.Version})
		if err != nil {
			return err
		}
	}
	labels := Labels{}
	if r.Centre != nil {
		labels.Centre = &r.Centre.Becomes
	}
	if r.Reference != nil {
		labels.Reference = &r.Reference.Becomes
	}
	return w.label(ctx, r, labels)
}

// untagged returns the vehicle of a request about it, which is empty if its tag names it.
func untagged(tag toll.TagID, vehicle toll.VehicleID) toll.VehicleID {
	if tag != "" {
		return ""
	}
	return vehicle
}

// key returns the key of a row's change of a kind.
func (w importer) key(r ImportRow, kind string) string {
	if w.undo {
		kind += " undo"
	}
	return uuid.NewSHA1(uuid.MustParse(w.of.ID), fmt.Appendf(nil, "%d %s", r.No, kind)).String()
}

// add adds the vehicle of a row to its agreement, with the facts of the register or, if it has none, those of the row.
func (w importer) add(ctx context.Context, r ImportRow) error {
	facts, wrong := r.Add.Facts()
	if wrong != "" {
		return fault.New(fault.FieldMissing).At(wrong)
	}
	v, source := &toll.Vehicle{ID: toll.VehicleID(uuid.NewString()), Plate: r.Plate, Facts: facts}, fromPerson
	l, err := register.LookUp(ctx, w.register, r.Plate)
	if err != nil {
		return err
	}
	if l.Found != nil {
		v.Facts, v.LengthMM, source = l.Found.Facts, l.Found.LengthMM, fromRegister
	}
	req := api.FleetChangeRequest{Kind: toll.ChangeAdd, Agreement: r.Agreement, Terms: toll.TermsInForce()}
	return w.save(ctx, w.request(r, req, v, source), req)
}

// apply makes a change of a vehicle that is on an agreement of the customer.
func (w importer) apply(ctx context.Context, r ImportRow, req api.FleetChangeRequest) error {
	return w.save(ctx, w.request(r, req, nil, ""), req)
}

func (w importer) request(r ImportRow, req api.FleetChangeRequest, to *toll.Vehicle, source string) Request {
	now := w.now()
	return Request{
		Key: w.key(r, string(req.Kind)), Customer: w.of.Customer, Account: w.of.Account, Tag: req.Tag, Vehicle: req.Vehicle, Agreement: req.Agreement,
		Transfer: req.Kind == toll.ChangeTransfer, To: to, Source: source, At: now, Now: now,
	}
}

// save makes a change by the rules of every change. Companies may have any number of vehicles on an agreement.
func (w importer) save(ctx context.Context, r Request, req api.FleetChangeRequest) error {
	_, err := w.store.Change(ctx, r, func(c Current) (Outcome, error) { return decide(req, r, c, 0) })
	return err
}

// label sets labels of the vehicle of a row.
func (w importer) label(ctx context.Context, r ImportRow, l Labels) error {
	if l.Centre == nil && l.Reference == nil {
		return nil
	}
	l.Key, l.Customer, l.Account, l.Vehicles, l.Now = w.key(r, "labels"), w.of.Customer, w.of.Account, []toll.VehicleID{r.Vehicle}, w.now()
	_, err := w.store.SetLabels(ctx, l)
	return err
}

// takeBack takes the changes of a row back, if the vehicle is still as the import left it.
func (w importer) takeBack(ctx context.Context, r ImportRow) error {
	line, there := w.lines[r.Plate]
	if !there || r.Agreement != "" && line.Agreement != r.Agreement {
		return fault.New(fault.ChangedMeanwhile)
	}
	r.Vehicle = line.Vehicle
	labels := Labels{}
	if r.Centre != nil && line.Centre == r.Centre.Becomes {
		labels.Centre = &r.Centre.Was
	}
	if r.Reference != nil && line.Reference == r.Reference.Becomes {
		labels.Reference = &r.Reference.Was
	}
	if err := w.label(ctx, r, labels); err != nil {
		return err
	}
	req := api.FleetChangeRequest{Kind: toll.ChangeTransfer, Tag: line.Tag, Vehicle: untagged(line.Tag, line.Vehicle), Agreement: r.From, Version: line.Version}
	switch {
	case r.Agreement == "":
		return nil
	case r.Add != nil && line.Tag != "": // it has been given a tag since
		return fault.New(fault.ChangedMeanwhile)
	case r.Add != nil:
		req.Kind, req.Agreement = toll.ChangeRemove, ""
	}
	return w.saveLatest(ctx, r, req)
}

// saveLatest makes a change on what is there now: the labels of the row have just changed the version of a vehicle without a
// tag.
func (w importer) saveLatest(ctx context.Context, row ImportRow, req api.FleetChangeRequest) error {
	r := w.request(row, req, nil, "")
	_, err := w.store.Change(ctx, r, func(c Current) (Outcome, error) {
		req.Version = c.Version
		return decide(req, r, c, 0)
	})
	return err
}
