package dsrc

import "bompass/hardware/per"

// Attribute identifiers. Those from 95 on are private to an issuer and hold octet strings.
const (
	AttrContextMark           = 0
	AttrContractSerialNumber  = 1
	AttrContractAuthenticator = 4
	AttrLicencePlate          = 16
	AttrVehicleClass          = 17
	AttrVehicleDimensions     = 18
	AttrVehicleAxles          = 19
	AttrVehicleWeightLimits   = 20
	AttrVehicleCharacter      = 22
	AttrVehicleAuthenticator  = 23
	AttrEquipmentOBUId        = 24
	AttrEquipmentStatus       = 26
	AttrPaymentMeans          = 32
	AttrReceiptData1          = 33
	AttrReceiptData2          = 34
	attributeMax              = 127
)

// Attribute is an attribute of a tag's data, EN ISO 14906.
type Attribute struct {
	ID    int       `json:"attributeId"`
	Value Container `json:"attributeValue"`
}

// attributeBits is the minimum size of an attribute: its id and the type of its container.
const attributeBits = 16

func writeAttributes(w *per.Writer, field string, list []Attribute) {
	w.Count(field, len(list))
	for i := range list {
		w.EnterItem(field, i)
		list[i].write(w)
		w.Leave()
	}
}

func readAttributes(r *per.Reader, field string) []Attribute {
	return readAttributesInto(r, field, nil)
}

func readAttributesInto(r *per.Reader, field string, list []Attribute) []Attribute {
	list = sized(list, r.Count(field, attributeBits))
	for i := range list {
		r.EnterItem(field, i)
		list[i] = readAttribute(r)
		r.Leave()
	}
	return list
}

func (a Attribute) write(w *per.Writer) {
	w.Root("attributeId", a.ID, attributeMax)
	a.Value.writeAs(w, "attributeValue")
}

func readAttribute(r *per.Reader) (a Attribute) {
	a.ID = r.Root("attributeId", attributeMax)
	a.Value = readContainer(r, "attributeValue")
	return a
}

// AppendAttributes appends a list of attributes to dst as it is encoded in a message. Authenticators are
// computed over these octets.
func AppendAttributes(dst []byte, list []Attribute) ([]byte, error) {
	w := per.NewWriter(dst)
	writeAttributes(&w, "attributeList", list)
	return w.Result()
}
