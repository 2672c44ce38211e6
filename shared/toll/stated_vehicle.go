package toll

// TermsKind is one of the two sets of terms of an agreement, or the terms of a payment.
type TermsKind string

// The sets of terms.
const (
	TermsGeneral TermsKind = "general" // of every toll company
	TermsSpecial TermsKind = "special" // of agreement and tag
	TermsCard    TermsKind = "card"    // of paying by card, accepted with each payment
)

// Terms lists the sets of an agreement in the order they are shown.
func Terms() []TermsKind { return []TermsKind{TermsGeneral, TermsSpecial} }

// TermsVersion returns the version of the text that applies today.
func TermsVersion(kind TermsKind) int {
	switch kind {
	case TermsGeneral, TermsCard:
		return 1
	case TermsSpecial:
		return 2 // names the deposit
	}
	return 0
}

// TermsInForce returns the version of every set that applies today.
func TermsInForce() map[TermsKind]int {
	all := map[TermsKind]int{}
	for _, kind := range Terms() {
		all[kind] = TermsVersion(kind)
	}
	return all
}

// VehicleKind is the kind of a vehicle that a person states when no register has data on it.
type VehicleKind string

// The kinds offered.
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

// StatedPlugIn is the answer "plug-in hybrid" to the question of the fuel.
const StatedPlugIn = "plug-in"

// StatedOther is the answer "other" to the question of the fuel.
const StatedOther = "unknown"

// StatedFuels returns the fuels that can be stated, in the order in which they are offered.
func StatedFuels() []string {
	return []string{string(FuelPetrol), string(FuelDiesel), StatedPlugIn, string(FuelElectric), string(FuelHydrogen), string(FuelGas), StatedOther}
}

// StatedVehicle is what a person states about a vehicle that no register has data on. Motorcycles have no fuel,
// and only heavy vehicles with a combustion engine have an emission class.
type StatedVehicle struct {
	Kind VehicleKind `json:"kind"`
	Fuel string      `json:"fuel,omitempty"`
	Euro int         `json:"euro,omitempty"` // 1…6; 0 is "I do not know"
}

// AsksFuel reports whether the price depends on the fuel.
func (s StatedVehicle) AsksFuel() bool { return s.Kind != "" && s.Kind != KindMotorcycle }

// AsksEuro reports whether the price depends on the emission class.
func (s StatedVehicle) AsksEuro() bool {
	return s.Kind == KindHeavy && (s.Fuel == string(FuelPetrol) || s.Fuel == string(FuelDiesel) || s.Fuel == StatedOther)
}

// Facts returns the facts that determine the price class, or the name of the field that is missing or wrong.
func (s StatedVehicle) Facts() (f Facts, wrong string) {
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
