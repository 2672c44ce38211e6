package config

import "bompass/shared/ident"

// Issuer is the business that sends invoices, as its documents name it.
type Issuer struct {
	Name         string // BOMPASS_ISSUER_NAME
	Organisation string // BOMPASS_ISSUER_ORGANISATION: number of nine digits
	Street       string // BOMPASS_ISSUER_STREET
	PostalCode   string // BOMPASS_ISSUER_POSTAL_CODE
	City         string // BOMPASS_ISSUER_CITY
	VAT          bool   // BOMPASS_ISSUER_VAT: registered for VAT; yes or no
}

// issuer reads the settings of the issuer. They are all set or none; in development there is one.
func (r *reader) issuer(mode Mode) Issuer {
	i := Issuer{
		Name: r.text("BOMPASS_ISSUER_NAME", ""), Organisation: r.text("BOMPASS_ISSUER_ORGANISATION", ""), Street: r.text("BOMPASS_ISSUER_STREET", ""),
		PostalCode: r.text("BOMPASS_ISSUER_POSTAL_CODE", ""), City: r.text("BOMPASS_ISSUER_CITY", ""),
	}
	switch vat := r.text("BOMPASS_ISSUER_VAT", "yes"); vat {
	case "yes", "no":
		i.VAT = vat == "yes"
	default:
		r.addProblem("BOMPASS_ISSUER_VAT", vat, "write yes or no")
	}
	values := map[string]string{
		"BOMPASS_ISSUER_NAME": i.Name, "BOMPASS_ISSUER_ORGANISATION": i.Organisation, "BOMPASS_ISSUER_STREET": i.Street,
		"BOMPASS_ISSUER_POSTAL_CODE": i.PostalCode, "BOMPASS_ISSUER_CITY": i.City,
	}
	missing := 0
	for _, value := range values {
		if value == "" {
			missing++
		}
	}
	switch {
	case missing == len(values) && mode == Development:
		return Issuer{"Bompass Utsteder AS", "310000019", "Bomveien 1", "0150", "Oslo", true}
	case missing == len(values):
		return Issuer{}
	}
	for name, value := range values {
		if value == "" {
			r.addProblem(name, value, "invoices name the business that sends them; set all of BOMPASS_ISSUER_NAME, _ORGANISATION, _STREET, _POSTAL_CODE and _CITY")
		}
	}
	bare, problem := ident.Organisation(i.Organisation)
	if i.Organisation != "" && problem != ident.None {
		r.addProblem("BOMPASS_ISSUER_ORGANISATION", i.Organisation, "write the nine digits of an organisation number")
	}
	i.Organisation = bare
	return i
}
