package register

import (
	"context"

	"bompass/shared/fault"
	"bompass/shared/ident"
	"bompass/shared/toll"
)

// Lookup is what a register says about a plate.
type Lookup struct {
	Found  *Vehicle
	Silent bool        // the register did not answer
	Meant  *toll.Plate // another plate, which the register has, if it does not have this one
}

// LookUp asks a register for a plate. If the register does not have it, LookUp asks for plates that differ by a usual
// mistake of typing. A register that does not answer is not an error: a person can state the facts instead.
func LookUp(ctx context.Context, s Source, plate toll.Plate) (Lookup, error) {
	v, err := s.Vehicle(ctx, plate)
	switch code := fault.CodeOf(err); {
	case err == nil:
		return Lookup{Found: &v}, nil
	case code == fault.NotFound:
		return Lookup{Meant: meant(ctx, s, plate)}, nil
	case code == fault.PartnerDown || code == fault.PartnerUnset:
		return Lookup{Silent: true}, nil
	}
	return Lookup{}, err
}

// meant returns a plate that the register has and that differs from the one typed by a usual mistake. It returns nil if
// there is none, or if the register does not say.
func meant(ctx context.Context, s Source, typed toll.Plate) *toll.Plate {
	for _, plate := range ident.Mistyped(typed) {
		if _, err := s.Vehicle(ctx, plate); err == nil {
			return &plate
		}
	}
	return nil
}

// CheckPlate returns a plate as it is stored, or the fault of the field of the request that is missing or wrong.
func CheckPlate(country, written string) (toll.Plate, error) {
	plate, problem := ident.Plate(country, written)
	switch {
	case country == "":
		return plate, fault.New(fault.FieldMissing).At("country")
	case problem == ident.Missing:
		return plate, fault.New(fault.FieldMissing).At("plate")
	case problem != ident.None || len(plate.Country) != 2 || plate.Country[0] < 'A' || plate.Country[0] > 'Z' || plate.Country[1] < 'A' || plate.Country[1] > 'Z':
		return plate, fault.New(fault.FieldWrong).At("plate")
	}
	return plate, nil
}
