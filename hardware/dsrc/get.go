package dsrc

import "bompass/hardware/per"

// GetRequest is GET.request. A nil list is absent, an empty one present; their encodings differ.
type GetRequest struct {
	Fill        Fill1         `json:"fill"`
	EID         int           `json:"eid"`
	Credentials Octets        `json:"accessCredentials,omitzero"`
	IID         Optional[int] `json:"iid,omitzero"`
	Attributes  []int         `json:"attrIdList,omitzero"`
}

// GetResponse is GET.response: the requested attributes, or a status with the reason of a refusal.
type GetResponse struct {
	Fill       Fill1         `json:"fill"`
	EID        int           `json:"eid"`
	IID        Optional[int] `json:"iid,omitzero"`
	Attributes []Attribute   `json:"attributelist,omitzero"`
	Return     Optional[int] `json:"ret,omitzero"`
}

func (GetRequest) index() int  { return getRequest }
func (GetResponse) index() int { return getResponse }

func (p GetRequest) write(w *per.Writer) {
	w.Bool(p.Credentials != nil)
	w.Bool(p.IID.Present)
	w.Bool(p.Attributes != nil)
	w.Int("fill", int(p.Fill), 0, 1)
	w.Root("eid", p.EID, eidMax)
	writeCredentials(w, p.Credentials)
	writeOptional(w, "iid", p.IID, eidMax)
	if p.Attributes != nil {
		writeInts(w, "attrIdList", p.Attributes)
	}
}

func readGetRequest(r *per.Reader) (p GetRequest) {
	credentials, iid, list := r.Bool("accessCredentials"), r.Bool("iid"), r.Bool("attrIdList")
	p.Fill = Fill1(r.Bits("fill", 1))
	p.EID = r.Root("eid", eidMax)
	p.Credentials = readCredentials(r, credentials)
	p.IID = readOptional(r, "iid", iid, eidMax)
	if list {
		p.Attributes = readInts(r, "attrIdList")
	}
	return p
}

func (p GetResponse) write(w *per.Writer) {
	w.Bool(p.IID.Present)
	w.Bool(p.Attributes != nil)
	w.Bool(p.Return.Present)
	w.Int("fill", int(p.Fill), 0, 1)
	w.Root("eid", p.EID, eidMax)
	writeOptional(w, "iid", p.IID, eidMax)
	if p.Attributes != nil {
		writeAttributes(w, "attributelist", p.Attributes)
	}
	writeOptional(w, "ret", p.Return, statusMax)
}

// read decodes into p and reuses its list of attributes.
func (p *GetResponse) read(r *per.Reader) {
	iid, list, status := r.Bool("iid"), r.Bool("attributelist"), r.Bool("ret")
	p.Fill = Fill1(r.Bits("fill", 1))
	p.EID = r.Root("eid", eidMax)
	p.IID = readOptional(r, "iid", iid, eidMax)
	if list {
		p.Attributes = readAttributesInto(r, "attributelist", p.Attributes)
	} else {
		p.Attributes = nil
	}
	p.Return = readOptional(r, "ret", status, statusMax)
}
