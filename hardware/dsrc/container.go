package dsrc

import "bompass/hardware/per"

// Container holds a value of any type of attributes and parameters. The zero value is an absent optional
// container.
type Container struct{ Value Value }

// Value is a value that a container can hold.
type Value interface{ alternative() int }

// Alternatives of a container, its type octet in the encoding.
const (
	inOctetString           = 2
	inTime                  = 15
	inGetStampedRequest     = 17
	inGetStampedResponse    = 18
	inSetStampedRequest     = 19
	inContextMark           = 32
	inContractSerialNumber  = 33
	inContractAuthenticator = 36
	inReceiptAuthenticator  = 45
	inLicencePlate          = 47
	inVehicleClass          = 49
	inVehicleDimensions     = 50
	inVehicleAxles          = 51
	inVehicleWeightLimits   = 52
	inVehicleWeightLaden    = 53
	inVehicleCharacter      = 54
	inVehicleAuthenticator  = 55
	inEquipmentOBUId        = 56
	inEquipmentStatus       = 58
	inDriver                = 59
	inPaymentBalance        = 61
	inPaymentUnit           = 62
	inPaymentSecurityData   = 63
	inPaymentMeans          = 64
	inReceiptData1          = 65
	inReceiptData2          = 66
	inValidity              = 67
	inSetMMI                = 69
	lastAlternative         = 86
)

// IsZero reports whether the container is absent.
func (c Container) IsZero() bool { return c.Value == nil }

func (c Container) writeAs(w *per.Writer, field string) {
	w.Enter(field)
	c.write(w)
	w.Leave()
}

// write dispatches to the groups of value types, each in a file of its own.
func (c Container) write(w *per.Writer) {
	if c.Value == nil {
		w.Unknown("", -1)
		return
	}
	alternative := c.Value.alternative()
	w.Root("", alternative, lastAlternative)
	w.Enter(alternatives[alternative].name)
	if !writeParameter(w, c.Value) && !writeContract(w, c.Value) {
		writeVehicle(w, c.Value)
	}
	w.Leave()
}

func readContainer(r *per.Reader, field string) (c Container) {
	r.Enter(field)
	alternative := r.Root("", lastAlternative)
	r.Enter(alternatives[alternative].name)
	switch {
	case alternative <= inSetStampedRequest, alternative == inSetMMI:
		c.Value = readParameter(r, alternative)
	case alternative >= inLicencePlate && alternative <= inDriver:
		c.Value = readVehicle(r, alternative)
	default:
		c.Value = readContract(r, alternative)
	}
	r.Leave()
	r.Leave()
	return c
}
