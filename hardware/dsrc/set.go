package dsrc

import "bompass/hardware/per"

// SetRequest is SET.request: it writes attributes into a tag. Without Confirm the tag does not answer.
type SetRequest struct {
	Fill        Fill1         `json:"fill"`
	Confirm     bool          `json:"mode"`
	EID         int           `json:"eid"`
	Credentials Octets        `json:"accessCredentials,omitzero"`
	Attributes  []Attribute   `json:"attrList"`
	IID         Optional[int] `json:"iid,omitzero"`
}

// SetResponse is SET.response; an absent status means success.
type SetResponse struct {
	Fill   Fill2         `json:"fill"`
	EID    int           `json:"eid"`
	IID    Optional[int] `json:"iid,omitzero"`
	Return Optional[int] `json:"ret,omitzero"`
}

func (SetRequest) index() int  { return setRequest }
func (SetResponse) index() int { return setResponse }

func (p SetRequest) write(w *per.Writer) {
	w.Bool(p.Credentials != nil)
	w.Bool(p.IID.Present)
	w.Int("fill", int(p.Fill), 0, 1)
	w.Bool(p.Confirm)
	w.Root("eid", p.EID, eidMax)
	writeCredentials(w, p.Credentials)
	writeAttributes(w, "attrList", p.Attributes)
	writeOptional(w, "iid", p.IID, eidMax)
}

func readSetRequest(r *per.Reader) (p SetRequest) {
	credentials, iid := r.Bool("accessCredentials"), r.Bool("iid")
	p.Fill = Fill1(r.Bits("fill", 1))
	p.Confirm = r.Bool("mode")
	p.EID = r.Root("eid", eidMax)
	p.Credentials = readCredentials(r, credentials)
	p.Attributes = readAttributes(r, "attrList")
	p.IID = readOptional(r, "iid", iid, eidMax)
	return p
}

func (p SetResponse) write(w *per.Writer) { outcome(p).write(w) }

func readSetResponse(r *per.Reader) SetResponse { return SetResponse(readOutcome(r)) }

// outcome is the common form of responses that consist of a status.
type outcome struct {
	Fill   Fill2         `json:"fill"`
	EID    int           `json:"eid"`
	IID    Optional[int] `json:"iid,omitzero"`
	Return Optional[int] `json:"ret,omitzero"`
}

func (p outcome) write(w *per.Writer) {
	w.Bool(p.IID.Present)
	w.Bool(p.Return.Present)
	w.Int("fill", int(p.Fill), 0, 3)
	w.Root("eid", p.EID, eidMax)
	writeOptional(w, "iid", p.IID, eidMax)
	writeOptional(w, "ret", p.Return, statusMax)
}

func readOutcome(r *per.Reader) (p outcome) {
	iid, status := r.Bool("iid"), r.Bool("ret")
	p.Fill = Fill2(r.Bits("fill", 2))
	p.EID = r.Root("eid", eidMax)
	p.IID = readOptional(r, "iid", iid, eidMax)
	p.Return = readOptional(r, "ret", status, statusMax)
	return p
}
