// Package dsrc encodes and decodes the messages between a beacon and a tag: the application layer of CEN
// DSRC (EN 12834, ISO 15628) with the toll functions and attributes of EN ISO 14906.
//
// The package is pure: no keys, no radio, no order of messages. Decoded octet strings are slices of the
// input. Field names in errors and in the value notation are those of the published ASN.1 types.
package dsrc

import "bompass/hardware/per"

// PDU is a message: BST, VST, GetRequest, GetResponse, SetRequest, SetResponse, ActionRequest,
// ActionResponse, EventReportRequest or EventReportResponse, each by value.
type PDU interface{ index() int }

// Message types, the first four bits of a message.
const (
	actionRequest = iota
	actionResponse
	eventReportRequest
	eventReportResponse
	setRequest
	setResponse
	getRequest
	getResponse
	initialisationRequest
	initialisationResponse
	pduCount
)

var pduNames = [pduCount]string{
	"actionRequest", "actionResponse", "eventReportRequest", "eventReportResponse", "setRequest", "setResponse",
	"getRequest", "getResponse", "initialisationRequest", "initialisationResponse",
}

// Append appends a message, without its fragmentation octet, to dst. A value out of range is a *per.Error
// with the name of its field. Append does not allocate while dst has capacity.
func Append(dst []byte, p PDU) ([]byte, error) {
	w := per.NewWriter(dst)
	writePDU(&w, p)
	return w.Result()
}

// Decode decodes a whole message, without its fragmentation octet. Invalid, missing or trailing octets are a
// *per.Error with the name of the field.
func Decode(b []byte) (PDU, error) {
	r := per.NewReader(b)
	p := readPDU(&r)
	r.End()
	if err := r.Err(); err != nil {
		return nil, err
	}
	return p, nil
}

// Decode decodes a VST into p and reuses its slices. It is faster than the function Decode when the answer
// can only be a VST. After an error p is undefined.
func (p *VST) Decode(b []byte) error {
	r := per.NewReader(b)
	if expect(&r, initialisationResponse) {
		p.read(&r)
	}
	r.End()
	return r.Err()
}

// Decode decodes a GET.response into p and reuses its slices. It is faster than the function Decode when the
// answer can only be a GET.response. After an error p is undefined.
func (p *GetResponse) Decode(b []byte) error {
	r := per.NewReader(b)
	if expect(&r, getResponse) {
		p.read(&r)
	}
	r.End()
	return r.Err()
}

// expect reads the message type and reports whether it is index.
func expect(r *per.Reader, index int) bool {
	if got := int(r.Bits("TApdu", 4)); got != index {
		r.Unknown("TApdu", got)
		return false
	}
	r.Enter(pduNames[index])
	return true
}

func writePDU(w *per.Writer, p PDU) {
	if p == nil {
		w.Unknown("TApdu", -1)
		return
	}
	// T-APDUs is a CHOICE of sixteen alternatives without extension, so its index has four bits in the PER encoding.
	w.Bits(uint64(p.index()), 4)
	w.Enter(pduNames[p.index()])
	switch p := p.(type) {
	case ActionRequest:
		p.write(w)
	case ActionResponse:
		p.write(w)
	case EventReportRequest:
		p.write(w)
	case EventReportResponse:
		p.write(w)
	case SetRequest:
		p.write(w)
	case SetResponse:
		p.write(w)
	case GetRequest:
		p.write(w)
	case GetResponse:
		p.write(w)
	case BST:
		p.write(w)
	case VST:
		p.write(w)
	}
	w.Leave()
}

func readPDU(r *per.Reader) (p PDU) {
	index := int(r.Bits("TApdu", 4))
	if index >= pduCount {
		r.Unknown("TApdu", index)
		return nil
	}
	r.Enter(pduNames[index])
	switch index {
	case actionRequest:
		p = readActionRequest(r)
	case actionResponse:
		p = readActionResponse(r)
	case eventReportRequest:
		p = readEventReportRequest(r)
	case eventReportResponse:
		p = readEventReportResponse(r)
	case setRequest:
		p = readSetRequest(r)
	case setResponse:
		p = readSetResponse(r)
	case getRequest:
		p = readGetRequest(r)
	case getResponse:
		v := GetResponse{}
		v.read(r)
		p = v
	case initialisationRequest:
		p = readBST(r)
	case initialisationResponse:
		v := VST{}
		v.read(r)
		p = v
	}
	r.Leave()
	return p
}
