package dsrc

import "bompass/hardware/per"

// Action types of the toll functions, EN ISO 14906.
const (
	GetStamped = 0
	SetStamped = 1
	SetMMI     = 10
	Echo       = 15
	typeMax    = 127
)

// Signals of SET_MMI.
const (
	SignalOK      SetMMIRequest = 0
	SignalNotOK   SetMMIRequest = 1
	SignalContact SetMMIRequest = 2 // contact the operator
	SignalNone    SetMMIRequest = 255
)

// ActionRequest is ACTION.request: it asks a tag to sign attributes, give a signal, or echo.
type ActionRequest struct {
	Confirm     bool          `json:"mode"`
	EID         int           `json:"eid"`
	Type        int           `json:"actionType"`
	Credentials Octets        `json:"accessCredentials,omitzero"`
	Parameter   Container     `json:"actionParameter,omitzero"`
	IID         Optional[int] `json:"iid,omitzero"`
}

// ActionResponse is ACTION.response.
type ActionResponse struct {
	Fill      Fill1         `json:"fill"`
	EID       int           `json:"eid"`
	IID       Optional[int] `json:"iid,omitzero"`
	Parameter Container     `json:"responseParameter,omitzero"`
	Return    Optional[int] `json:"ret,omitzero"`
}

func (ActionRequest) index() int  { return actionRequest }
func (ActionResponse) index() int { return actionResponse }

func (p ActionRequest) write(w *per.Writer) {
	w.Bool(p.Credentials != nil)
	w.Bool(!p.Parameter.IsZero())
	w.Bool(p.IID.Present)
	w.Bool(p.Confirm)
	w.Root("eid", p.EID, eidMax)
	w.Root("actionType", p.Type, typeMax)
	writeCredentials(w, p.Credentials)
	if !p.Parameter.IsZero() {
		p.Parameter.writeAs(w, "actionParameter")
	}
	writeOptional(w, "iid", p.IID, eidMax)
}

func readActionRequest(r *per.Reader) (p ActionRequest) {
	credentials, parameter, iid := r.Bool("accessCredentials"), r.Bool("actionParameter"), r.Bool("iid")
	p.Confirm = r.Bool("mode")
	p.EID = r.Root("eid", eidMax)
	p.Type = r.Root("actionType", typeMax)
	p.Credentials = readCredentials(r, credentials)
	if parameter {
		p.Parameter = readContainer(r, "actionParameter")
	}
	p.IID = readOptional(r, "iid", iid, eidMax)
	return p
}

func (p ActionResponse) write(w *per.Writer) {
	w.Bool(p.IID.Present)
	w.Bool(!p.Parameter.IsZero())
	w.Bool(p.Return.Present)
	w.Int("fill", int(p.Fill), 0, 1)
	w.Root("eid", p.EID, eidMax)
	writeOptional(w, "iid", p.IID, eidMax)
	if !p.Parameter.IsZero() {
		p.Parameter.writeAs(w, "responseParameter")
	}
	writeOptional(w, "ret", p.Return, statusMax)
}

func readActionResponse(r *per.Reader) (p ActionResponse) {
	iid, parameter, status := r.Bool("iid"), r.Bool("responseParameter"), r.Bool("ret")
	p.Fill = Fill1(r.Bits("fill", 1))
	p.EID = r.Root("eid", eidMax)
	p.IID = readOptional(r, "iid", iid, eidMax)
	if parameter {
		p.Parameter = readContainer(r, "responseParameter")
	}
	p.Return = readOptional(r, "ret", status, statusMax)
	return p
}
