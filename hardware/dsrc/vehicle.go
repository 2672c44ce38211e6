package dsrc

import "bompass/hardware/per"

// LicencePlate is the plate a tag was issued for. Alphabet 0 is ISO 8859-1.
type LicencePlate struct {
	Country  Country `json:"countryCode"`
	Alphabet int     `json:"alphabetIndicator"`
	Number   Octets  `json:"licencePlateNumber"`
}

// VehicleClass is the class in the issuer's own scheme.
type VehicleClass int

// VehicleDimensions are in decimetres.
type VehicleDimensions struct {
	Length int `json:"vehicleLengthOverall"`
	Height int `json:"vehicleHeightOverall"`
	Width  int `json:"vehicleWidthOverall"`
}

// VehicleAxles holds the number of axles and the tyre type.
type VehicleAxles struct {
	FirstAxleHeight int `json:"vehicleFirstAxleHeight"`
	TyreType        int `json:"tyreType"`
	Trailer         int `json:"trailerAxles"`
	Tractor         int `json:"tractorAxles"`
}

// VehicleWeightLimits are in steps of 10 kg.
type VehicleWeightLimits struct {
	MaxLaden     int `json:"vehicleMaxLadenWeight"`
	TrainMaximum int `json:"vehicleTrainMaximumWeight"`
	Unladen      int `json:"vehicleWeightUnladen"`
}

// VehicleWeightLaden is the weight on this trip in steps of 10 kg.
type VehicleWeightLaden int

// VehicleCharacter describes the engine: Euro class, CO2 class and issuer-specific codes.
type VehicleCharacter struct {
	Euro        int `json:"euroValue"`
	CO2         int `json:"copValue"`
	Engine      int `json:"engineCharacteristics"`
	Descriptive int `json:"descriptiveCharacteristics"`
	Future      int `json:"futureCharacteristics"`
}

// VehicleAuthenticator authenticates the vehicle's data.
type VehicleAuthenticator struct{ Octets }

// EquipmentOBUId is the manufacturer's number of the tag.
type EquipmentOBUId struct{ Octets }

// EquipmentStatus holds sixteen flags of the tag, among them low battery and tampering.
type EquipmentStatus uint16

// DriverCharacteristics holds the driver's class and the purpose of the trip.
type DriverCharacteristics struct {
	Class   int `json:"driverClass"`
	Purpose int `json:"tripPurpose"`
}

func (LicencePlate) alternative() int          { return inLicencePlate }
func (VehicleClass) alternative() int          { return inVehicleClass }
func (VehicleDimensions) alternative() int     { return inVehicleDimensions }
func (VehicleAxles) alternative() int          { return inVehicleAxles }
func (VehicleWeightLimits) alternative() int   { return inVehicleWeightLimits }
func (VehicleWeightLaden) alternative() int    { return inVehicleWeightLaden }
func (VehicleCharacter) alternative() int      { return inVehicleCharacter }
func (VehicleAuthenticator) alternative() int  { return inVehicleAuthenticator }
func (EquipmentOBUId) alternative() int        { return inEquipmentOBUId }
func (EquipmentStatus) alternative() int       { return inEquipmentStatus }
func (DriverCharacteristics) alternative() int { return inDriver }

func writeVehicle(w *per.Writer, v Value) {
	switch v := v.(type) {
	case LicencePlate:
		v.write(w)
	case VehicleClass:
		w.Int("", int(v), 0, 255)
	case VehicleDimensions:
		v.write(w)
	case VehicleAxles:
		v.write(w)
	case VehicleWeightLimits:
		v.write(w)
	case VehicleWeightLaden:
		w.Int("", int(v), 0, 1<<16-1)
	case VehicleCharacter:
		v.write(w)
	case VehicleAuthenticator:
		w.Octets("", v.Octets)
	case EquipmentOBUId:
		w.Octets("", v.Octets)
	case EquipmentStatus:
		w.Bits(uint64(v), 16)
	case DriverCharacteristics:
		w.Int("driverClass", v.Class, 0, 255)
		w.Int("tripPurpose", v.Purpose, 0, 255)
	}
}

func readVehicle(r *per.Reader, alternative int) Value {
	switch alternative {
	case inLicencePlate:
		return readLicencePlate(r)
	case inVehicleClass:
		return VehicleClass(r.Int("", 0, 255))
	case inVehicleDimensions:
		return readVehicleDimensions(r)
	case inVehicleAxles:
		return readVehicleAxles(r)
	case inVehicleWeightLimits:
		return readVehicleWeightLimits(r)
	case inVehicleWeightLaden:
		return VehicleWeightLaden(r.Int("", 0, 1<<16-1))
	case inVehicleCharacter:
		return readVehicleCharacter(r)
	case inVehicleAuthenticator:
		return VehicleAuthenticator{r.Octets("")}
	case inEquipmentOBUId:
		return EquipmentOBUId{r.Octets("")}
	case inEquipmentStatus:
		return EquipmentStatus(r.Bits("", 16))
	case inDriver:
		return DriverCharacteristics{Class: r.Int("driverClass", 0, 255), Purpose: r.Int("tripPurpose", 0, 255)}
	}
	r.Unknown("", alternative)
	return nil
}

func (v LicencePlate) write(w *per.Writer) {
	w.Int("countryCode", int(v.Country), 0, countryMax)
	w.Int("alphabetIndicator", v.Alphabet, 0, 32)
	w.Octets("licencePlateNumber", v.Number)
}

func readLicencePlate(r *per.Reader) (v LicencePlate) {
	v.Country = Country(r.Int("countryCode", 0, countryMax))
	v.Alphabet = r.Int("alphabetIndicator", 0, 32)
	v.Number = r.Octets("licencePlateNumber")
	return v
}

func (v VehicleDimensions) write(w *per.Writer) {
	w.Int("vehicleLengthOverall", v.Length, 0, 255)
	w.Int("vehicleHeightOverall", v.Height, 0, 255)
	w.Int("vehicleWidthOverall", v.Width, 0, 255)
}

func readVehicleDimensions(r *per.Reader) (v VehicleDimensions) {
	v.Length = r.Int("vehicleLengthOverall", 0, 255)
	v.Height = r.Int("vehicleHeightOverall", 0, 255)
	v.Width = r.Int("vehicleWidthOverall", 0, 255)
	return v
}

func (v VehicleAxles) write(w *per.Writer) {
	w.Int("vehicleFirstAxleHeight", v.FirstAxleHeight, 0, 255)
	w.Int("tyreType", v.TyreType, 0, 3)
	w.Int("trailerAxles", v.Trailer, 0, 7)
	w.Int("tractorAxles", v.Tractor, 0, 7)
}

func readVehicleAxles(r *per.Reader) (v VehicleAxles) {
	v.FirstAxleHeight = r.Int("vehicleFirstAxleHeight", 0, 255)
	v.TyreType = r.Int("tyreType", 0, 3)
	v.Trailer = r.Int("trailerAxles", 0, 7)
	v.Tractor = r.Int("tractorAxles", 0, 7)
	return v
}

func (v VehicleWeightLimits) write(w *per.Writer) {
	w.Int("vehicleMaxLadenWeight", v.MaxLaden, 0, 1<<16-1)
	w.Int("vehicleTrainMaximumWeight", v.TrainMaximum, 0, 1<<16-1)
	w.Int("vehicleWeightUnladen", v.Unladen, 0, 1<<16-1)
}

func readVehicleWeightLimits(r *per.Reader) (v VehicleWeightLimits) {
	v.MaxLaden = r.Int("vehicleMaxLadenWeight", 0, 1<<16-1)
	v.TrainMaximum = r.Int("vehicleTrainMaximumWeight", 0, 1<<16-1)
	v.Unladen = r.Int("vehicleWeightUnladen", 0, 1<<16-1)
	return v
}

func (v VehicleCharacter) write(w *per.Writer) {
	w.Int("euroValue", v.Euro, 0, 15)
	w.Int("copValue", v.CO2, 0, 8)
	w.Int("engineCharacteristics", v.Engine, 0, 255)
	w.Int("descriptiveCharacteristics", v.Descriptive, 0, 255)
	w.Int("futureCharacteristics", v.Future, 0, 255)
}

func readVehicleCharacter(r *per.Reader) (v VehicleCharacter) {
	v.Euro = r.Int("euroValue", 0, 15)
	v.CO2 = r.Int("copValue", 0, 8)
	v.Engine = r.Int("engineCharacteristics", 0, 255)
	v.Descriptive = r.Int("descriptiveCharacteristics", 0, 255)
	v.Future = r.Int("futureCharacteristics", 0, 255)
	return v
}
