package legacy

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/shared/ident"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// Kind is the kind of the rows of a file.
type Kind string

// The kinds of files. The headings of a file tell its kind.
const (
	Credentials Kind = "credentials"
	Customers   Kind = "customers"
	Agreements  Kind = "agreements"
	Vehicles    Kind = "vehicles"
	Tags        Kind = "tags"
)

const (
	rowsMax     = 1_000_000
	problemsMax = 20 // of one file, that are reported
	nameMax     = 100
)

// Customer is a customer of the legacy system.
type Customer struct {
	ID           toll.CustomerID
	Kind         toll.CustomerKind
	Name         string
	Email        string // empty when none is registered
	Country      string
	Language     string
	Organisation string      // 16 and ten digits, of companies without a Norwegian number; else empty
	Birth        seal.Sealed // the personal number; empty when it is unknown
	BirthHash    []byte
}

// Agreement is an agreement of the legacy system.
type Agreement struct {
	ID       toll.AgreementID
	Number   string
	Customer toll.CustomerID
	Charger  toll.ChargerID
	toll.Validity
}

// Vehicle is a vehicle on an agreement of the legacy system.
type Vehicle struct {
	toll.Vehicle
	Agreement string // its number
	toll.Validity
}

// Tag is a tag of an agreement of the legacy system, on a vehicle if there is a plate.
type Tag struct {
	ID        toll.TagID
	Agreement string // its number
	Status    string
	Plate     toll.Plate
}

// Row is a row of a file: a Customer, Agreement, Vehicle, Tag or Credential.
type Row struct {
	Line  int
	Value any
}

// Problem is a row that cannot be imported.
type Problem struct {
	Line int
	Err  error
}

// String returns the problem with its line.
func (p Problem) String() string { return fmt.Sprintf("line %d: %v", p.Line, p.Err) }

// Result is the outcome of an import.
type Result struct {
	Added, Unchanged int
	Problems         []Problem // nothing was imported if there are any
}

// id returns the identifier of a row of the legacy system. It is the same in every run, so that a second
// import finds what the first has added.
func id(kind Kind, name string) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte("bompass legacy "+string(kind)+" "+name)).String()
}

// ReadFile returns the kind and the rows of a file. Problems are rows that cannot be parsed; the error is for a
// file that cannot be read at all.
func ReadFile(in io.Reader, keys seal.Keys, at time.Time) (kind Kind, rows []Row, problems []Problem, err error) {
	head, in, err := peekLine(in)
	if err != nil {
		return "", nil, nil, err
	}
	if kind = kindOf(head); kind == Credentials {
		_, err := Read(in, func(line Line, hash Hash) error {
			rows = append(rows, Row{Line: line.at, Value: Seal(keys, line, hash, at)})
			return nil
		})
		return kind, rows, nil, err
	}
	parse, required := parserOf(kind, keys)
	r := csv.NewReader(in)
	r.TrimLeadingSpace = true
	headings, err := r.Read()
	if err != nil {
		return kind, nil, nil, fmt.Errorf("read headings: %w", csvWhy(err))
	}
	for n := range headings {
		headings[n] = strings.ToLower(strings.TrimSpace(headings[n]))
	}
	for _, name := range required {
		if !slices.Contains(headings, name) {
			return kind, nil, nil, fmt.Errorf("a file of %s needs the columns %s; %s is missing", kind, strings.Join(required, ","), name)
		}
	}
	for {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			return kind, rows, problems, nil
		}
		if err != nil {
			return kind, nil, nil, fmt.Errorf("line %d: %w", csvLine(err), csvWhy(err))
		}
		line, _ := r.FieldPos(0)
		record := map[string]string{}
		for n, value := range fields {
			record[headings[n]] = strings.TrimSpace(value)
		}
		value, err := parse(record)
		switch {
		case len(rows) == rowsMax:
			return kind, nil, nil, fmt.Errorf("line %d: a file has at most %d lines; divide it", line, rowsMax)
		case err == nil:
			rows = append(rows, Row{line, value})
		case len(problems) < problemsMax:
			problems = append(problems, Problem{line, err})
		}
	}
}

// peekLine returns the first line of a file, and the file from its beginning without a byte order mark.
func peekLine(in io.Reader) (string, io.Reader, error) {
	r := bufio.NewReaderSize(in, lineBytesMax)
	if mark, err := r.Peek(3); err == nil && string(mark) == "\xef\xbb\xbf" {
		_, _ = r.Discard(len(mark))
	}
	head, err := r.Peek(lineBytesMax)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", nil, fmt.Errorf("read: %w", err)
	}
	first, _, _ := strings.Cut(string(head), "\n")
	return strings.TrimSpace(first), r, nil
}

// kindOf returns the kind of a file from its first line.
func kindOf(head string) Kind {
	columns := strings.Split(strings.ToLower(head), ",")
	for n := range columns {
		columns[n] = strings.TrimSpace(columns[n])
	}
	has := func(name string) bool { return slices.Contains(columns, name) }
	switch {
	case has("hash") || strings.HasPrefix(head, "{"):
		return Credentials
	case has("tag"):
		return Tags
	case has("plate"):
		return Vehicles
	case has("charger"):
		return Agreements
	case has("customer"):
		return Customers
	}
	return Credentials
}

func parserOf(kind Kind, keys seal.Keys) (parse func(map[string]string) (any, error), required []string) {
	switch kind {
	case Customers:
		return func(r map[string]string) (any, error) { return parseCustomer(r, keys) }, []string{"customer", "kind", "name"}
	case Agreements:
		return parseAgreement, []string{"agreement", "customer", "charger", "from"}
	case Vehicles:
		return parseVehicle, []string{"agreement", "country", "plate", "category", "from"}
	case Tags, Credentials:
	}
	return parseTag, []string{"tag", "agreement"}
}

func parseCustomer(r map[string]string, keys seal.Keys) (any, error) {
	ref := r["customer"]
	if ref == "" || len(ref) > numberMax {
		return nil, fmt.Errorf("the customer's number is missing or longer than %d characters", numberMax)
	}
	c := Customer{
		ID: toll.CustomerID(id(Customers, ref)), Kind: toll.CustomerKind(r["kind"]), Name: r["name"], Email: strings.ToLower(r["email"]),
		Country: or(r["country"], "NO"), Language: or(r["language"], "nb"),
	}
	switch {
	case c.Kind != toll.Private && c.Kind != toll.Company:
		return nil, fmt.Errorf("the kind is %q; write private or company", r["kind"])
	case c.Name == "" || len(c.Name) > nameMax:
		return nil, fmt.Errorf("the name is missing or longer than %d bytes", nameMax)
	case c.Email != "" && !access.CheckEmail(c.Email):
		return nil, errors.New("the email address is not valid")
	case len(c.Country) != 2:
		return nil, errors.New("the country is not a code of two letters")
	case !access.KnownLanguage(c.Language):
		return nil, fmt.Errorf("the language is %q; write nb, en, sv or de", c.Language)
	}
	if number := r["organisation"]; number != "" {
		bare, problem := ident.ForeignOrganisation(number)
		if problem != ident.None || c.Kind != toll.Company {
			return nil, errors.New("the organisation number is not 16 and ten digits of a company")
		}
		c.Organisation = bare
	}
	if number := r["personal_number"]; number != "" {
		bare, ok := access.PersonalNumber(number)
		if !ok || c.Kind != toll.Private {
			return nil, errors.New("the personal number is not valid, or the customer is a company") // the number is not repeated
		}
		c.Birth, c.BirthHash = keys.Seal([]byte(bare), string(c.ID)), keys.LookupHash(bare)
	}
	return c, nil
}

func parseAgreement(r map[string]string) (any, error) {
	number, err := agreementNumber(r)
	if err != nil {
		return nil, err
	}
	if r["customer"] == "" || r["charger"] == "" {
		return nil, errors.New("the customer or the toll company is missing")
	}
	validity, err := parseValidity(r)
	return Agreement{
		ID: toll.AgreementID(id(Agreements, number)), Number: number, Customer: toll.CustomerID(id(Customers, r["customer"])),
		Charger: toll.ChargerID(r["charger"]), Validity: validity,
	}, err
}

func parseVehicle(r map[string]string) (any, error) {
	number, err := agreementNumber(r)
	if err != nil {
		return nil, err
	}
	plate, problem := ident.Plate(r["country"], r["plate"])
	if problem != ident.None {
		return nil, errors.New("the registration number is not valid in its country")
	}
	v := Vehicle{Agreement: number}
	v.Vehicle = toll.Vehicle{ID: toll.VehicleID(id(Vehicles, plate.Country+" "+plate.Text)), Plate: plate}
	v.Facts = toll.Facts{Category: strings.ToUpper(r["category"]), Fuel: toll.Fuel(r["fuel"]), PlugIn: r["plug_in"] == "yes"}
	if v.Facts.Category == "" {
		return nil, errors.New("the category is missing")
	}
	for name, to := range map[string]*int{"weight_kg": &v.Facts.WeightKG, "euro": &v.Facts.Euro, "length_mm": &v.LengthMM} {
		if text := r[name]; text != "" {
			if *to, err = strconv.Atoi(text); err != nil || *to < 0 {
				return nil, fmt.Errorf("%s is not a number", name)
			}
		}
	}
	v.Validity, err = parseValidity(r)
	return v, err
}

func parseTag(r map[string]string) (any, error) {
	number, err := agreementNumber(r)
	if err != nil {
		return nil, err
	}
	t := Tag{ID: toll.TagID(r["tag"]), Agreement: number, Status: or(r["status"], "active")}
	if len(t.ID) != 19 || !ident.Luhn(string(t.ID)) {
		return nil, errors.New("the tag's number does not have 19 digits with a right check digit")
	}
	if !slices.Contains([]string{"active", "on-hold", "blocked", "settled"}, t.Status) {
		return nil, fmt.Errorf("the status is %q; write active, on-hold, blocked or settled", t.Status)
	}
	if r["plate"] != "" {
		plate, problem := ident.Plate(or(r["country"], "NO"), r["plate"])
		if problem != ident.None {
			return nil, errors.New("the registration number is not valid in its country")
		}
		t.Plate = plate
	}
	return t, nil
}

func agreementNumber(r map[string]string) (string, error) {
	number, problem := ident.CustomerNumber(r["agreement"])
	if problem != ident.None {
		return "", errors.New("the agreement's number is not seven digits")
	}
	return number, nil
}

// parseValidity reads the days from and to, the first and the last one, in Norwegian time.
func parseValidity(r map[string]string) (v toll.Validity, err error) {
	from, err := oslo.ParseDay(r["from"])
	if err != nil {
		return v, errors.New("the first day is not written as 2020-12-31")
	}
	v.From = from.Start()
	if r["to"] == "" {
		return v, nil
	}
	to, err := oslo.ParseDay(r["to"])
	if err != nil || to < from {
		return v, errors.New("the last day is not written as 2020-12-31, or is before the first")
	}
	v.To = (to + 1).Start()
	return v, nil
}

func or(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}
