package toll

// TermsKind is one of the two sets of terms that an agreement rests on, S2.33.
type TermsKind string

// The sets of terms.
const (
	TermsGeneral TermsKind = "general" // of every toll company
	TermsSpecial TermsKind = "special" // of agreement and tag
)

// Terms lists the sets in the order they are shown.
func Terms() []TermsKind { return []TermsKind{TermsGeneral, TermsSpecial} }

// TermsVersion is the version of the words that are accepted today.
func TermsVersion(kind TermsKind) int {
	switch kind {
	case TermsGeneral, TermsSpecial:
		return 1
	}
	return 0
}

// VehicleKind is what a person calls a vehicle that no register tells of.
type VehicleKind string

// The kinds that people can tell apart.
const (
	KindCar        VehicleKind = "car"
	KindVan        VehicleKind = "van"   // up to 3,500 kg
	KindHeavy      VehicleKind = "heavy" // lorry or bus
	KindMotorcycle VehicleKind = "motorcycle"
)

// VehicleKinds lists the kinds in the order they are offered.
func VehicleKinds() []VehicleKind {
	return []VehicleKind{KindCar, KindVan, KindHeavy, KindMotorcycle}
}

// StatedPlugIn is stated in the place of a fuel for what is charged from the mains and burns fuel too.
const StatedPlugIn = "plug-in"

// StatedOther is stated in the place of a fuel that none of the others is.
const StatedOther = "unknown"

// StatedFuels lists what can be stated as fuel, in the order it is offered.
func StatedFuels() []string {
	return []string{string(FuelPetrol), string(FuelDiesel), StatedPlugIn, string(FuelElectric), string(FuelHydrogen), string(FuelGas), StatedOther}
}

// Stated is what a person says of a vehicle that no register tells of. Motorcycles state no fuel, and
// only heavy vehicles with an engine of their own state an emission class.
type Stated struct {
	Kind VehicleKind `json:"kind"`
	Fuel string      `json:"fuel,omitempty"`
	Euro int         `json:"euro,omitempty"` // 1…6; 0 is "I do not know"
}

// AsksFuel tells whether the kind is priced by its fuel.
func (s Stated) AsksFuel() bool { return s.Kind != "" && s.Kind != KindMotorcycle }

// AsksEuro tells whether the emission class decides the price.
func (s Stated) AsksEuro() bool {
	return s.Kind == KindHeavy && (s.Fuel == string(FuelPetrol) || s.Fuel == string(FuelDiesel) || s.Fuel == StatedOther)
}

// Facts are what prices are worked out from; the field that is missing or wrong is named when there are
// none.
func (s Stated) Facts() (f Facts, wrong string) {
	categories := map[VehicleKind]string{KindCar: "M1", KindVan: "N1", KindHeavy: "N3", KindMotorcycle: "L3e"}
	if f.Category = categories[s.Kind]; f.Category == "" {
		return Facts{}, "kind"
	}
	if s.AsksFuel() {
		known := false
		for _, fuel := range StatedFuels() {
			known = known || fuel == s.Fuel
		}
		switch {
		case !known:
			return Facts{}, "fuel"
		case s.Fuel == StatedPlugIn:
			f.PlugIn = true
		case s.Fuel != StatedOther:
			f.Fuel = Fuel(s.Fuel)
		}
	}
	if s.AsksEuro() {
		if s.Euro < 0 || s.Euro > 6 {
			return Facts{}, "euro"
		}
		f.Euro = s.Euro
	}
	return f, ""
}
