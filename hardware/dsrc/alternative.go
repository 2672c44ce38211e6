package dsrc

import (
	"encoding/json"
	"fmt"
)

// alternative is a row of the table of container types: the published name and the parser of the value
// notation.
type alternative struct {
	name  string
	parse func(notation []byte) (Value, error)
}

func holds[T Value](name string) alternative {
	return alternative{name, func(notation []byte) (Value, error) { return parse[T](notation) }}
}

var alternatives = [lastAlternative + 1]alternative{
	inOctetString:           holds[OctetString]("octetstring"),
	inTime:                  holds[UnixTime]("time"),
	inGetStampedRequest:     holds[GetStampedRequest]("gstrq"),
	inGetStampedResponse:    holds[GetStampedResponse]("gstrs"),
	inSetStampedRequest:     holds[SetStampedRequest]("sstrq"),
	inContextMark:           holds[ContextMark]("efccontext"),
	inContractSerialNumber:  holds[ContractSerialNumber]("contser"),
	inContractAuthenticator: holds[ContractAuthenticator]("contauth"),
	inReceiptAuthenticator:  holds[ReceiptAuthenticator]("recauth"),
	inLicencePlate:          holds[LicencePlate]("vehlpn"),
	inVehicleClass:          holds[VehicleClass]("vehclass"),
	inVehicleDimensions:     holds[VehicleDimensions]("vehdims"),
	inVehicleAxles:          holds[VehicleAxles]("vehaxles"),
	inVehicleWeightLimits:   holds[VehicleWeightLimits]("vehwtlims"),
	inVehicleWeightLaden:    holds[VehicleWeightLaden]("vehwtladen"),
	inVehicleCharacter:      holds[VehicleCharacter]("vehspchars"),
	inVehicleAuthenticator:  holds[VehicleAuthenticator]("vehauth"),
	inEquipmentOBUId:        holds[EquipmentOBUId]("equOBUId"),
	inEquipmentStatus:       holds[EquipmentStatus]("equstat"),
	inDriver:                holds[DriverCharacteristics]("dvrchars"),
	inPaymentBalance:        holds[PaymentBalance]("paymbal"),
	inPaymentUnit:           holds[PaymentUnit]("paymunit"),
	inPaymentSecurityData:   holds[PaymentSecurityData]("paysecdata"),
	inPaymentMeans:          holds[PaymentMeans]("paymeans"),
	inReceiptData1:          holds[ReceiptData1]("recdata1"),
	inReceiptData2:          holds[ReceiptData2]("recdata2"),
	inValidity:              holds[ValidityOfContract]("valofcon"),
	inSetMMI:                holds[SetMMIRequest]("setmmirq"),
}

// MarshalJSON writes the container as an object with one member, its alternative's name.
func (c Container) MarshalJSON() ([]byte, error) {
	if c.Value == nil {
		return []byte("null"), nil
	}
	return json.Marshal(map[string]any{alternatives[c.Value.alternative()].name: c.Value})
}

// UnmarshalJSON is the inverse of MarshalJSON.
func (c *Container) UnmarshalJSON(notation []byte) error {
	name, value, err := oneMember(notation)
	if err != nil {
		return err
	}
	for _, a := range alternatives {
		if a.name == name && name != "" {
			c.Value, err = a.parse(value)
			return err
		}
	}
	return fmt.Errorf("container: unknown alternative %q", name)
}
