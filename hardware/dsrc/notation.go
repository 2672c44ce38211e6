package dsrc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"bompass/hardware/per"
)

// The value notation is JSON: octet strings in hexadecimal, bit strings as b and bits, a choice as an object
// with one member, absent optional fields left out.

// Types returns the names of the types that DecodeType and EncodeType accept.
func Types() []string {
	names := make([]string, 0, len(types))
	for name := range types {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// DecodeType decodes octets as a type and returns its value notation. Invalid octets are a *per.Error.
func DecodeType(name string, octets []byte) ([]byte, error) {
	t, ok := types[name]
	if !ok {
		return nil, fmt.Errorf("unknown type %q", name)
	}
	return t.decode(octets)
}

// EncodeType encodes the value notation of a type.
func EncodeType(name string, notation []byte) ([]byte, error) {
	t, ok := types[name]
	if !ok {
		return nil, fmt.Errorf("unknown type %q", name)
	}
	return t.encode(notation)
}

type typeCodec struct {
	decode func(octets []byte) (notation []byte, err error)
	encode func(notation []byte) (octets []byte, err error)
}

var types = map[string]typeCodec{
	"TApdu":                          codec(readMessage, message.write),
	"Container":                      codec(readWholeContainer, Container.write),
	"Attribute":                      codec(readAttribute, Attribute.write),
	"EfcContextMark":                 codec(readContextMark, ContextMark.write),
	"Provider":                       codec(readProvider, Provider.write),
	"PaymentMeans":                   codec(readPaymentMeans, PaymentMeans.write),
	"SignedValue":                    codec(readPaymentBalance, PaymentBalance.write),
	"DateCompact":                    codec(readDate, DateCompact.write),
	"TimeCompact":                    codec(readTime, TimeCompact.write),
	"DateAndTime":                    codec(readDateAndTime, DateAndTime.write),
	"Lpn":                            codec(readLicencePlate, LicencePlate.write),
	"VehicleDimensions":              codec(readVehicleDimensions, VehicleDimensions.write),
	"VehicleAxles":                   codec(readVehicleAxles, VehicleAxles.write),
	"VehicleWeightLimits":            codec(readVehicleWeightLimits, VehicleWeightLimits.write),
	"VehicleSpecificCharacteristics": codec(readVehicleCharacter, VehicleCharacter.write),
	"ReceiptData":                    codec(readReceiptData, ReceiptData.write),
}

func codec[T any](read func(*per.Reader) T, write func(T, *per.Writer)) typeCodec {
	return typeCodec{
		decode: func(octets []byte) ([]byte, error) {
			r := per.NewReader(octets)
			v := read(&r)
			r.End()
			if err := r.Err(); err != nil {
				return nil, err
			}
			return json.Marshal(v)
		},
		encode: func(notation []byte) ([]byte, error) {
			v, err := parse[T](notation)
			if err != nil {
				return nil, err
			}
			w := per.NewWriter(nil)
			write(v, &w)
			return w.Result()
		},
	}
}

// parse parses notation strictly: an unknown member is an error.
func parse[T any](notation []byte) (v T, err error) {
	d := json.NewDecoder(bytes.NewReader(notation))
	d.DisallowUnknownFields()
	err = d.Decode(&v)
	return v, err
}

// message is the notation of a choice among messages.
type message struct{ PDU }

func (m message) write(w *per.Writer) { writePDU(w, m.PDU) }

func readMessage(r *per.Reader) message { return message{readPDU(r)} }

func readWholeContainer(r *per.Reader) Container { return readContainer(r, "") }

// MarshalJSON writes the message as an object with one member, its name.
func (m message) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{pduNames[m.index()]: m.PDU})
}

// UnmarshalJSON is the inverse of MarshalJSON.
func (m *message) UnmarshalJSON(notation []byte) (err error) {
	name, value, err := oneMember(notation)
	if err != nil {
		return err
	}
	parsers := [pduCount]func([]byte) (PDU, error){
		parsePDU[ActionRequest], parsePDU[ActionResponse], parsePDU[EventReportRequest], parsePDU[EventReportResponse],
		parsePDU[SetRequest], parsePDU[SetResponse], parsePDU[GetRequest], parsePDU[GetResponse], parsePDU[BST], parsePDU[VST],
	}
	i := slices.Index(pduNames[:], name)
	if i < 0 {
		return fmt.Errorf("unknown message %q", name)
	}
	m.PDU, err = parsers[i](value)
	return err
}

func parsePDU[T PDU](notation []byte) (PDU, error) { return parse[T](notation) }

// MarshalJSON writes the value or null.
func (o Optional[T]) MarshalJSON() ([]byte, error) {
	if !o.Present {
		return []byte("null"), nil
	}
	return json.Marshal(o.Value)
}

// UnmarshalJSON reads a present value.
func (o *Optional[T]) UnmarshalJSON(notation []byte) error {
	o.Present = true
	return json.Unmarshal(notation, &o.Value)
}

// MarshalJSON writes the balance as a choice by its sign.
func (v PaymentBalance) MarshalJSON() ([]byte, error) {
	if v < 0 {
		return fmt.Appendf(nil, `{"negative":%d}`, v), nil
	}
	return fmt.Appendf(nil, `{"positive":%d}`, v), nil
}

// UnmarshalJSON is the inverse of MarshalJSON.
func (v *PaymentBalance) UnmarshalJSON(notation []byte) error {
	name, value, err := oneMember(notation)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(value, (*int32)(v)); err != nil {
		return err
	}
	if sign := *v < 0; name != "negative" && name != "positive" || sign != (name == "negative") {
		return fmt.Errorf("balance: %s is not %d", name, *v)
	}
	return nil
}

// oneMember returns the member of an object with exactly one.
func oneMember(notation []byte) (name string, value json.RawMessage, err error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(notation, &members); err != nil {
		return "", nil, err
	}
	if len(members) != 1 {
		return "", nil, fmt.Errorf("choice: want one member, got %d", len(members))
	}
	for name, value = range members {
	}
	return name, value, nil
}
