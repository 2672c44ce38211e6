package dsrc

import "bompass/hardware/per"

// OctetString is an opaque value: a private attribute, an echo, or the parameter of a toll application in a
// VST.
type OctetString struct{ Octets }

// UnixTime is seconds since 1970.
type UnixTime uint32

// SetMMIRequest is the signal that a tag is asked to give.
type SetMMIRequest int

// GetStampedRequest requests attributes with an authenticator.
type GetStampedRequest struct {
	Attributes []int  `json:"attributeIdList"`
	Nonce      Octets `json:"nonce"`
	KeyRef     int    `json:"keyRef"`
}

// GetStampedResponse holds attributes and their authenticator. The authenticator covers octets, not values,
// so Received keeps the list as decoded; it is not encoded.
type GetStampedResponse struct {
	Attributes    []Attribute `json:"attributeList"`
	Authenticator Octets      `json:"authenticator"`
	Received      Octets      `json:"-"`
}

// SetStampedRequest writes attributes and requests an authenticator over them.
type SetStampedRequest struct {
	Attributes []Attribute `json:"attributeList"`
	Nonce      Octets      `json:"nonce"`
	KeyRef     int         `json:"keyRef"`
}

func (OctetString) alternative() int        { return inOctetString }
func (UnixTime) alternative() int           { return inTime }
func (SetMMIRequest) alternative() int      { return inSetMMI }
func (GetStampedRequest) alternative() int  { return inGetStampedRequest }
func (GetStampedResponse) alternative() int { return inGetStampedResponse }
func (SetStampedRequest) alternative() int  { return inSetStampedRequest }

func writeParameter(w *per.Writer, v Value) bool {
	switch v := v.(type) {
	case OctetString:
		w.Octets("", v.Octets)
	case UnixTime:
		w.Bits(uint64(v), 32)
	case SetMMIRequest:
		w.Int("", int(v), 0, 255)
	case GetStampedRequest:
		writeInts(w, "attributeIdList", v.Attributes)
		w.Octets("nonce", v.Nonce)
		w.Int("keyRef", v.KeyRef, 0, 255)
	case GetStampedResponse:
		writeAttributes(w, "attributeList", v.Attributes)
		w.Octets("authenticator", v.Authenticator)
	case SetStampedRequest:
		writeAttributes(w, "attributeList", v.Attributes)
		w.Octets("nonce", v.Nonce)
		w.Int("keyRef", v.KeyRef, 0, 255)
	default:
		return false
	}
	return true
}

func readParameter(r *per.Reader, alternative int) Value {
	switch alternative {
	case inOctetString:
		return OctetString{r.Octets("")}
	case inTime:
		return UnixTime(r.Bits("", 32))
	case inSetMMI:
		return SetMMIRequest(r.Int("", 0, 255))
	case inGetStampedRequest:
		return GetStampedRequest{Attributes: readInts(r, "attributeIdList"), Nonce: r.Octets("nonce"), KeyRef: r.Int("keyRef", 0, 255)}
	case inGetStampedResponse:
		return readGetStampedResponse(r)
	case inSetStampedRequest:
		return SetStampedRequest{Attributes: readAttributes(r, "attributeList"), Nonce: r.Octets("nonce"), KeyRef: r.Int("keyRef", 0, 255)}
	}
	r.Unknown("", alternative)
	return nil
}

func readGetStampedResponse(r *per.Reader) (v GetStampedResponse) {
	place := r.Position()
	v.Attributes = readAttributes(r, "attributeList")
	v.Received = r.OctetsFrom(place)
	v.Authenticator = r.Octets("authenticator")
	return v
}
