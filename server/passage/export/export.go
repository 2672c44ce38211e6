// Package export writes a customer's passages as files: a spreadsheet, text for spreadsheets and for programs, JSON and PDF.
package export

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"bompass/server/document/pdf"
	"bompass/server/sheet"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// The formats that are not a table of package sheet.
const (
	formatJSON = "json"
	formatPDF  = "pdf"
)

// Source lists passages.
type Source interface {
	// Walk calls each with all of a customer's passages that a request selects, newest first, some at a time. It returns the
	// fault TooLarge for more than limit.
	Walk(ctx context.Context, customer toll.CustomerID, req api.PassageListRequest, limit int, each func([]api.PassageLine) error) error
}

// Service writes files. It is safe for concurrent use.
type Service struct {
	source Source
	now    func() time.Time
}

// NewService returns a Service.
func NewService(source Source, now func() time.Time) *Service { return &Service{source, now} }

// Reader is whom a file is for.
type Reader struct {
	Customer toll.CustomerID
	Name     string // of the customer
	Person   string
	Language string
}

// File is a file of passages.
type File struct {
	Name, Type string
	Body       []byte
}

// Write returns the passages that a request selects as a file in one of api.PassageFormats. Rows are read some at a time.
func (s *Service) Write(ctx context.Context, r Reader, req api.PassageListRequest, format string) (File, error) {
	w := i18n.For(r.Language)
	e := &writer{w: w, reader: r, req: req, at: s.now(), walk: func(each func([]api.PassageLine) error) error {
		return s.source.Walk(ctx, r.Customer, req, api.PassageExportMax, each)
	}}
	var out bytes.Buffer
	f := File{Name: w.T("sheet.passages.file") + "-" + e.subject() + "." + format}
	var err error
	switch format {
	case formatJSON:
		f.Type, err = "application/json", e.json(&out)
	case formatPDF:
		f.Type, err = "application/pdf", e.pdf(&out)
	case string(sheet.XLSX), string(sheet.CSV):
		f.Type, err = sheet.Format(format).MediaType(), sheet.Format(format).Write(&out, e.table(), r.Language)
	case string(sheet.Plain):
		f.Name, f.Type = f.Name[:len(f.Name)-len(format)]+"csv", sheet.Plain.MediaType()
		err = sheet.Plain.Write(&out, e.plain(), "")
	default:
		return f, fault.New(fault.FieldWrong).At("format")
	}
	if err != nil {
		if wrong, ok := errors.AsType[*fault.Error](err); ok {
			return f, wrong
		}
		return f, fmt.Errorf("export passages of %s: %w", r.Customer, err)
	}
	f.Body = out.Bytes()
	return f, nil
}

// writer writes one file.
type writer struct {
	w      *i18n.Words
	reader Reader
	req    api.PassageListRequest
	at     time.Time
	walk   func(each func([]api.PassageLine) error) error
}

// subject returns what the passages are of, for the name of the file.
func (e *writer) subject() string {
	if e.req.Invoice != "" {
		return e.w.T("pdf.file.invoice") + "-" + e.req.Invoice
	}
	return e.req.From.String() + "-" + e.req.To.String()
}

// title returns what the passages are of, for people.
func (e *writer) title() string {
	if e.req.Invoice != "" {
		return e.w.T("passages.of.invoice", "number", e.req.Invoice)
	}
	return e.w.T("passages.table", "from", e.w.Day(e.req.From), "to", e.w.Day(e.req.To))
}

// json writes the passages as an array of the contract's lines.
func (e *writer) json(out io.Writer) error {
	separator := "[\n"
	err := e.walk(func(lines []api.PassageLine) error {
		for i := range lines {
			line, err := json.Marshal(&lines[i])
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(out, "%s%s", separator, line); err != nil {
				return err
			}
			separator = ",\n"
		}
		return nil
	})
	if err != nil {
		return err
	}
	if separator[0] == '[' {
		_, err = io.WriteString(out, "[]\n")
		return err
	}
	_, err = io.WriteString(out, "\n]\n")
	return err
}

// pdf writes the passages as a table to be read.
func (e *writer) pdf(out io.Writer) error {
	list := pdf.List{Title: e.title(), Author: e.reader.Name, At: e.at, Language: e.w.Lang()}
	var sum money.Ore
	err := e.walk(func(lines []api.PassageLine) error {
		for i := range lines {
			l := &lines[i]
			row := pdf.ListRow{At: e.w.Instant(l.At), Place: l.Name, Company: l.Charger, Vehicle: l.Plate.String(), Amount: e.w.T("passages.pending")}
			if l.Priced {
				row.Amount = e.w.Kroner(l.Net)
				sum += l.Net
			}
			list.Rows = append(list.Rows, row)
		}
		return nil
	})
	if err != nil {
		return err
	}
	list.Sum = e.w.Kroner(sum)
	body, err := pdf.WriteList(list)
	if err != nil {
		return err
	}
	_, err = out.Write(body)
	return err
}

// day returns the Norwegian day of a passage.
func day(l *api.PassageLine) oslo.Day { return oslo.DayOf(l.At) }
