package person

import (
	"strings"

	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/ident"
	"bompass/shared/text"
)

// norwegianPostal is the number of digits of a Norwegian postal code.
const norwegianPostal = 4

// wrongOrMissing returns the fault of a field without a usable value.
func wrongOrMissing(value string) *fault.Error {
	if strings.TrimSpace(value) == "" {
		return fault.New(fault.FieldMissing)
	}
	return fault.New(fault.FieldWrong)
}

// normalizeDetails checks the input and returns it in its stored form. Mobile number and postal address must be there.
func normalizeDetails(d api.Details) (api.Details, error) {
	var faults fault.List
	faults.Add(normalizeMobile(&d.Mobile))
	for _, phone := range []struct {
		name  string
		field *string
	}{{"phone_private", &d.PhonePrivate}, {"phone_work", &d.PhoneWork}} {
		if *phone.field = strings.TrimSpace(*phone.field); *phone.field != "" {
			faults.Add(normalizePhone(phone.name, phone.field))
		}
	}
	faults = append(faults, normalizeAddress(&d)...)
	if d.Contact = strings.TrimSpace(d.Contact); !isLine(d.Contact) {
		faults.Add(fault.New(fault.FieldWrong).At("contact"))
	}
	return d, faults.Err()
}

// normalizeMobile puts a mobile number into its stored form.
func normalizeMobile(number *string) error {
	if strings.TrimSpace(*number) == "" {
		return fault.New(fault.FieldMissing).At("mobile")
	}
	return normalizePhone("mobile", number)
}

func normalizePhone(name string, number *string) error {
	stored, problem := ident.Phone(*number)
	if problem != ident.None {
		return fault.New(fault.FieldWrong).At(name)
	}
	*number = stored
	return nil
}

// normalizeAddress puts a postal address into its stored form and returns what is wrong with it.
func normalizeAddress(d *api.Details) (faults fault.List) {
	d.Country = strings.ToUpper(d.Country)
	for _, part := range []struct {
		name  string
		field *string
		valid func(string) bool
	}{
		{"street", &d.Street, isLine},
		{"postal_code", &d.PostalCode, func(s string) bool { return isLine(s) && (d.Country != "NO" || isDigits(s, norwegianPostal)) }},
		{"city", &d.City, isLine},
		{"country", &d.Country, isCountryCode},
	} {
		if *part.field = strings.TrimSpace(*part.field); *part.field == "" || !part.valid(*part.field) {
			faults.Add(wrongOrMissing(*part.field).At(part.name))
		}
	}
	return faults
}

// isLine reports whether a text can be one line of an address or a name.
func isLine(s string) bool {
	return text.HasAtMost(s, fieldMax) && text.IsLine(s) && !strings.ContainsAny(s, "<>")
}

func isDigits(s string, n int) bool {
	return len(s) == n && strings.Trim(s, "0123456789") == ""
}

// isCountryCode reports whether a text has the form of an ISO 3166 alpha-2 code.
func isCountryCode(s string) bool {
	return len(s) == 2 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}
