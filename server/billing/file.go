package billing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/invoice"
	"bompass/shared/toll"
)

// File is a document as a file.
type File struct {
	Kind     invoice.Kind
	Number   string
	Language string // of the customer
	Company  bool   // the customer is one
	Body     []byte
}

// Name returns the name that a browser proposes, in the customer's language.
func (f *File) Name(form invoice.Form) string {
	w := i18n.For(f.Language)
	name := w.T("pdf.file."+string(f.Kind)) + "-" + f.Number
	if form == invoice.FormDetailed {
		name += "-" + w.T("pdf.file.lines")
	}
	return name + form.Ending()
}

// Render writes a document as a file. It returns ErrNoIssuer where none is set.
type Render func(Electronic, invoice.Form) ([]byte, error)

// ErrNoIssuer is returned by what names the business that sends invoices, where none is set.
var ErrNoIssuer = errors.New("invoices name the business that sends them: set BOMPASS_ISSUER_NAME and the settings beside it")

// FileStore keeps files of documents.
type FileStore interface {
	// File returns a file of a customer's document. Its Body is nil if none is kept yet; found is false if the customer has no
	// document with the number.
	File(ctx context.Context, customer toll.CustomerID, number string, form invoice.Form) (f File, found bool, err error)
	// Electronic returns a document with what a file of it names beside.
	Electronic(ctx context.Context, number string) (Electronic, error)
	// KeepFile keeps a file of a document, and returns the one that is kept: the first.
	KeepFile(ctx context.Context, id string, form invoice.Form, body []byte, at time.Time) ([]byte, error)
}

// Files writes documents as files when they are first wanted, and keeps them: whoever opens an invoice again gets the same
// bytes, whatever names, addresses and programs have become. It is safe for concurrent use.
type Files struct {
	store  FileStore
	render Render
	now    func() time.Time
}

// NewFiles returns a Files.
func NewFiles(store FileStore, render Render, now func() time.Time) *Files {
	return &Files{store: store, render: render, now: now}
}

// File returns a file of a customer's document with its name.
func (f *Files) File(ctx context.Context, customer toll.CustomerID, number string, form invoice.Form) (name string, body []byte, err error) {
	if !slices.Contains([]invoice.Form{invoice.FormPDF, invoice.FormDetailed, invoice.FormEHF}, form) {
		return "", nil, fault.New(fault.NotFound).At("form")
	}
	file, found, err := f.store.File(ctx, customer, number, form)
	switch {
	case err != nil:
		return "", nil, fmt.Errorf("file of invoice: %w", err)
	case !found || form == invoice.FormEHF && !file.Company || form != invoice.FormPDF && file.Kind == invoice.KindReminder:
		return "", nil, fault.New(fault.NotFound).At("number")
	case file.Body == nil:
		if file.Body, err = f.keep(ctx, number, form); err != nil {
			return "", nil, err
		}
	}
	return file.Name(form), file.Body, nil
}

// keep writes a file and keeps it.
func (f *Files) keep(ctx context.Context, number string, form invoice.Form) ([]byte, error) {
	e, err := f.store.Electronic(ctx, number)
	if err != nil {
		return nil, err
	}
	body, err := f.render(e, form)
	if errors.Is(err, ErrNoIssuer) {
		return nil, fault.New(fault.PartnerUnset, "variable", "BOMPASS_ISSUER_NAME")
	}
	if err != nil {
		return nil, err
	}
	return f.store.KeepFile(ctx, e.ID, form, body, f.now())
}
