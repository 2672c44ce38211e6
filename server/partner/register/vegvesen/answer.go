package vegvesen

import (
	"errors"
	"strings"
	"unicode/utf8"

	"bompass/server/partner/register"
	"bompass/shared/toll"
)

// answer is the part of the register's answer that is read.
type answer struct {
	List []item `json:"kjoretoydataListe"`
}

// code is a value of one of the register's code lists.
type code struct {
	Value string `json:"kodeVerdi"`
	Name  string `json:"kodeNavn"`
}

// item is one vehicle of the answer, with the fields that are used.
type item struct {
	ID struct {
		Plate string `json:"kjennemerke"`
	} `json:"kjoretoyId"`
	First struct {
		Norway string `json:"registrertForstegangNorgeDato"`
	} `json:"forstegangsregistrering"`
	Approval struct {
		First struct {
			Date string `json:"forstegangRegistrertDato"`
		} `json:"forstegangsGodkjenning"`
		Technical struct {
			Kind struct {
				Code code `json:"tekniskKode"`
			} `json:"kjoretoyklassifisering"`
			Data data `json:"tekniskeData"`
		} `json:"tekniskGodkjenning"`
	} `json:"godkjenning"`
}

// data is the technical data of a vehicle. Weights are in kilograms, lengths in millimetres.
type data struct {
	General struct {
		Make []struct {
			Name string `json:"merke"`
		} `json:"merke"`
		Model []string `json:"handelsbetegnelse"`
	} `json:"generelt"`
	Weights struct {
		Total int `json:"tillattTotalvekt"`
	} `json:"vekter"`
	Size struct {
		Length int `json:"lengde"`
	} `json:"dimensjoner"`
	Drive struct {
		Hybrid code `json:"hybridKategori"`
		Motors []struct {
			Fuels []struct {
				Code code `json:"drivstoffKode"`
			} `json:"drivstoff"`
		} `json:"motor"`
	} `json:"motorOgDrivverk"`
	Environment struct {
		Euro code `json:"euroKlasse"`
	} `json:"miljodata"`
}

// vehicle converts an item. A vehicle without a category is an error, since its price cannot be determined.
func (i item) vehicle() (v register.Vehicle, err error) {
	d := i.Approval.Technical.Data
	v.Facts.Category = strings.ToUpper(i.Approval.Technical.Kind.Code.Value)
	if v.Facts.Category == "" {
		return v, down(errors.New("no category"))
	}
	if len(d.General.Make) > 0 {
		v.Make = short(d.General.Make[0].Name)
	}
	if len(d.General.Model) > 0 {
		v.Model = short(d.General.Model[0])
	}
	// The first registration anywhere, or else the first one in Norway, is the vehicle's year.
	for _, date := range []string{i.Approval.First.Date, i.First.Norway} {
		if v.Since == "" && len(date) >= 4 {
			v.Since = date[:4]
		}
	}
	v.LengthMM, v.Facts.WeightKG = max(d.Size.Length, 0), max(d.Weights.Total, 0)
	v.Facts.Fuel, v.Facts.PlugIn = d.fuel(), d.Drive.Hybrid.Value == "LADBAR"
	v.Facts.Euro = euro(d.Environment.Euro)
	return v, nil
}

// fuel returns the fuel that the vehicle burns: a hybrid counts as petrol or diesel.
func (d data) fuel() (fuel toll.Fuel) {
	fuels := map[string]toll.Fuel{"1": toll.FuelPetrol, "2": toll.FuelDiesel, "4": toll.FuelGas, "5": toll.FuelElectric, "6": toll.FuelHydrogen}
	for _, motor := range d.Drive.Motors {
		for _, f := range motor.Fuels {
			switch known := fuels[f.Code.Value]; {
			case fuel == toll.FuelUnknown:
				fuel = known
			case fuel == toll.FuelElectric && known != toll.FuelUnknown:
				fuel = known
			}
		}
	}
	return fuel
}

// euro parses the class in a name such as "Euro 6d" or "EURO VI".
func euro(c code) int {
	name := strings.ToUpper(c.Name)
	_, class, found := strings.Cut(name, "EURO")
	if !found {
		return 0
	}
	class = strings.TrimLeft(class, " -")
	for n, roman := range []string{"VI", "IV", "V", "III", "II", "I"} { // longer numerals first
		if strings.HasPrefix(class, roman) {
			return []int{6, 4, 5, 3, 2, 1}[n]
		}
	}
	if class != "" && class[0] >= '1' && class[0] <= '6' {
		return int(class[0] - '0')
	}
	return 0
}

// short returns a text without surrounding blanks, cut to textMax characters.
func short(text string) string {
	text = strings.TrimSpace(text)
	for utf8.RuneCountInString(text) > textMax {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return text
}
