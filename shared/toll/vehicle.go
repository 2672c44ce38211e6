package toll

// Fuel is the fuel of a vehicle, from the vehicle register.
type Fuel string

// The fuels that tariffs distinguish. Any other is FuelUnknown and pays the highest price of its group.
const (
	FuelPetrol   Fuel = "petrol" // also gas, ethanol and ordinary hybrids in light vehicles
	FuelDiesel   Fuel = "diesel"
	FuelElectric Fuel = "electric"
	FuelHydrogen Fuel = "hydrogen"
	FuelGas      Fuel = "gas"
	FuelUnknown  Fuel = ""
)

// Facts are the vehicle register's data that determine the price class.
type Facts struct {
	Category string `json:"category,omitempty"`  // EU category: M1, N1, N2, N3, M2, M3, L3e …; empty when unknown
	WeightKG int    `json:"weight_kg,omitempty"` // permitted total weight; 0 when unknown
	Fuel     Fuel   `json:"fuel,omitempty"`
	PlugIn   bool   `json:"plug_in,omitempty"` // plug-in hybrid, whatever the fuel
	Euro     int    `json:"euro,omitempty"`    // Euro class 1…6; 0 when unknown
}

// Class is the price class: tariff group and environment class together.
type Class uint8

// The price classes. Unknown classes pay the highest price of their group.
const (
	LightPetrol Class = iota
	LightPlugIn
	LightDiesel
	LightElectric
	LightElectricVan
	LightHydrogen
	LightUnknown
	HeavyEuro5 // Euro V and older
	HeavyEuro6
	HeavyPlugIn
	HeavyElectric
	HeavyHydrogen
	HeavyGas
	HeavyUnknown
	Motorcycle
	ClassCount int = iota
)

var classNames = [ClassCount]string{
	"light petrol", "light plug-in", "light diesel", "light electric", "light electric-van", "light hydrogen", "light unknown",
	"heavy euro5", "heavy euro6", "heavy plug-in", "heavy electric", "heavy hydrogen", "heavy gas", "heavy unknown",
	"motorcycle",
}

// String returns the name used in tariff files and on the command line, such as "light diesel".
func (c Class) String() string {
	if int(c) < ClassCount {
		return classNames[c]
	}
	return "unknown class"
}

// ParseClass is the inverse of String.
func ParseClass(s string) (Class, bool) {
	for i, name := range classNames {
		if name == s {
			return Class(i), true
		}
	}
	return 0, false
}

// Light reports whether the class is tariff group 1.
func (c Class) Light() bool { return c <= LightUnknown }

// Heavy reports whether the class is tariff group 2.
func (c Class) Heavy() bool { return c >= HeavyEuro5 && c <= HeavyUnknown }

// ZeroEmission reports whether the class is electric or hydrogen.
func (c Class) ZeroEmission() bool {
	return c == LightElectric || c == LightElectricVan || c == LightHydrogen || c == HeavyElectric || c == HeavyHydrogen
}

// Class derives the price class. carIsLight is whether an M1 over 3,500 kg counts as light; in some schemes that
// requires a valid agreement and tag.
func (f Facts) Class(carIsLight bool) Class {
	if len(f.Category) > 0 && f.Category[0] == 'L' {
		return Motorcycle
	}
	if f.heavy(carIsLight) {
		return f.heavyClass()
	}
	return f.lightClass()
}

// heavy reports whether the vehicle pays as heavy: over 3,500 kg maximum weight. A car (M1) over that weight is
// light if the tariff says so, which can depend on agreement and tag.
func (f Facts) heavy(carIsLight bool) bool {
	if f.Category == "M1" && carIsLight {
		return false
	}
	if f.WeightKG == 0 { // unknown weight: the category decides
		switch f.Category {
		case "N2", "N3", "M2", "M3":
			return true
		}
		return false
	}
	return f.WeightKG > 3500
}

// lightClass returns the class of a light vehicle by its fuel. Electric vans (N1) have their own class.
func (f Facts) lightClass() Class {
	switch {
	case f.Fuel == FuelElectric && f.Category == "N1":
		return LightElectricVan
	case f.Fuel == FuelElectric:
		return LightElectric
	case f.Fuel == FuelHydrogen:
		return LightHydrogen
	case f.PlugIn:
		return LightPlugIn
	case f.Fuel == FuelDiesel:
		return LightDiesel
	case f.Fuel == FuelPetrol, f.Fuel == FuelGas:
		return LightPetrol
	}
	return LightUnknown
}

// heavyClass returns the class of a heavy vehicle by its fuel and Euro class. Euro 5 stands for all lower classes,
// which pay the same.
func (f Facts) heavyClass() Class {
	switch {
	case f.Fuel == FuelElectric:
		return HeavyElectric
	case f.Fuel == FuelHydrogen:
		return HeavyHydrogen
	case f.Fuel == FuelGas:
		return HeavyGas
	case f.PlugIn:
		return HeavyPlugIn
	case f.Euro >= 6:
		return HeavyEuro6
	case f.Euro > 0:
		return HeavyEuro5
	}
	return HeavyUnknown
}
