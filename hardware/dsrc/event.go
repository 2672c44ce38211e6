package dsrc

import "bompass/hardware/per"

// EventRelease is the event type that ends a transaction.
const EventRelease = 0

// EventReportRequest is EVENT-REPORT.request: it reports an event to a tag.
type EventReportRequest struct {
	Confirm     bool          `json:"mode"`
	EID         int           `json:"eid"`
	Type        int           `json:"eventType"`
	Credentials Octets        `json:"accessCredentials,omitzero"`
	Parameter   Container     `json:"eventParameter,omitzero"`
	IID         Optional[int] `json:"iid,omitzero"`
}

// EventReportResponse is EVENT-REPORT.response, sent when the request has its mode bit set.
type EventReportResponse struct {
	Fill   Fill2         `json:"fill"`
	EID    int           `json:"eid"`
	IID    Optional[int] `json:"iid,omitzero"`
	Return Optional[int] `json:"ret,omitzero"`
}

func (EventReportRequest) index() int  { return eventReportRequest }
func (EventReportResponse) index() int { return eventReportResponse }

// Release returns the message that ends a transaction.
func Release() EventReportRequest { return EventReportRequest{Type: EventRelease} }

func (p EventReportRequest) write(w *per.Writer) {
	w.Bool(p.Credentials != nil)
	w.Bool(!p.Parameter.IsZero())
	w.Bool(p.IID.Present)
	w.Bool(p.Confirm)
	w.Root("eid", p.EID, eidMax)
	w.Root("eventType", p.Type, typeMax)
	writeCredentials(w, p.Credentials)
	if !p.Parameter.IsZero() {
		p.Parameter.writeAs(w, "eventParameter")
	}
	writeOptional(w, "iid", p.IID, eidMax)
}

func readEventReportRequest(r *per.Reader) (p EventReportRequest) {
	credentials, parameter, iid := r.Bool("accessCredentials"), r.Bool("eventParameter"), r.Bool("iid")
	p.Confirm = r.Bool("mode")
	p.EID = r.Root("eid", eidMax)
	p.Type = r.Root("eventType", typeMax)
	p.Credentials = readCredentials(r, credentials)
	if parameter {
		p.Parameter = readContainer(r, "eventParameter")
	}
	p.IID = readOptional(r, "iid", iid, eidMax)
	return p
}

func (p EventReportResponse) write(w *per.Writer) { outcome(p).write(w) }

func readEventReportResponse(r *per.Reader) EventReportResponse {
	return EventReportResponse(readOutcome(r))
}
