package change

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// NewRemove returns the page on which a vehicle is removed from its agreement, S1.41–S1.47, S2.71–S2.73.
func NewRemove(s *session.Session) app.Composer {
	return newChange(s, subject{
		path: site.RemoveVehicle, title: "change.remove", save: func(*changePage) string { return "change.remove.save" },
		offers: func(l api.FleetLine) bool { return l.Vehicle != "" && l.Status != toll.TagBlocked },
		ask:    (*changePage).askRemove, then: (*changePage).thenRemove, next: (*changePage).nextRemove,
		complete: func(p *changePage, req *api.FleetChangeRequest) {
			req.Kind, req.Reason, req.End = p.fate, p.reason, p.end && p.isLast()
			if req.Tag == "" {
				req.Kind = toll.ChangeRemove
			}
		},
	})
}

// fates lists what can become of the tag of the vehicle that is removed.
func (p *changePage) fates() []toll.ChangeKind {
	if p.reason == toll.ReasonStolen {
		return []toll.ChangeKind{toll.ChangeLost, toll.ChangeHold}
	}
	return []toll.ChangeKind{toll.ChangeHold, toll.ChangeSettle}
}

// isLast reports whether nothing is left on the agreement when the vehicle has gone, so that it can end.
func (p *changePage) isLast() bool {
	chosen := p.line()
	if chosen == nil || chosen.Tag != "" && p.fate != toll.ChangeSettle {
		return false
	}
	for _, l := range p.query.Answer().Lines {
		if l.Agreement == chosen.Agreement && id(l) != id(*chosen) {
			return false
		}
	}
	return true
}

func (p *changePage) askRemove() []app.UI {
	w, line := p.Words(), p.line()
	var reasons, fates []ui.Option
	for _, reason := range toll.RemoveReasons() {
		reasons = append(reasons, ui.Option{Value: string(reason), Text: w.T("change.reason." + string(reason))})
	}
	body := []app.UI{
		ui.Lead(w.T("change.remove.lead")), p.choice(w.T("change.remove.vehicle")),
		p.field("reason", w.T("change.remove.why"), "").Radios(string(p.reason), reasons, choose((*string)(&p.reason))),
	}
	var fate, end app.UI
	if line != nil && line.Tag != "" {
		for _, fate := range p.fates() {
			fates = append(fates, ui.Option{Value: string(fate), Text: w.T("change.fate." + string(fate))})
		}
		fate = p.field("fate", w.T("change.fate"), "").Radios(string(p.fate), fates, choose((*string)(&p.fate)))
	}
	if p.isLast() {
		end = p.field("end", w.T("change.end"), w.T("change.end.hint", "number", line.Agreement)).
			Checkbox(p.end, ui.Toggle("change/end", func(_ app.Context, on bool) { p.end = on }))
	}
	return append(body, slot(fate), p.whenFields(), slot(end))
}

// nextRemove goes on when the reason and, for a vehicle with a tag, what becomes of the tag are chosen.
func (p *changePage) nextRemove(ctx app.Context) {
	var faults fault.List
	if p.reason == toll.ReasonNone {
		faults.Add(fault.New(fault.FieldMissing).At("reason"))
	}
	fates := p.fates()
	if p.line().Tag != "" && p.fate != fates[0] && p.fate != fates[1] {
		faults.Add(fault.New(fault.FieldMissing).At("fate"))
	}
	if err := faults.Err(); err != nil {
		p.refuse(ctx, err)
		return
	}
	p.try(ctx)
}

func (p *changePage) thenRemove() []app.UI {
	return []app.UI{p.consequences(outcome(p.Words(), p.tried.FleetEvent))}
}

// leaves says what happens with the passages of the vehicle that a tag is taken from.
func leaves(w *i18n.Words, e api.FleetEvent) string {
	key := "change.then.leaves"
	if e.Kept {
		key = "change.then.stays"
	}
	return w.T(key, "plate", e.From.String(), "at", w.Instant(e.Effective))
}

// refund says which deposit is paid back; nothing if there is none.
func refund(w *i18n.Words, e api.FleetEvent) []string {
	if e.Returned == 0 {
		return nil
	}
	return []string{w.T("change.then.returned", "amount", w.Kroner(e.Returned))}
}

// outcome says what a change has done, for a receipt, or will do.
func outcome(w *i18n.Words, e api.FleetEvent) (points []string) {
	if e.From != nil {
		points = append(points, leaves(w, e))
	}
	tag := func(key string) { points = append(points, w.T(key, "tag", string(e.Tag))) }
	switch e.Kind {
	case toll.ChangeHold:
		tag("change.then.hold")
	case toll.ChangeSettle:
		tag("change.then.settle")
		if e.Awaits {
			points = append(points, w.T("change.then.awaits", "amount", w.Kroner(e.Returned)))
			break
		}
		points = append(points, refund(w, e)...)
		points = append(points, w.T("change.then.waste"))
	case toll.ChangeFacts:
		if e.Was != e.Became {
			points = append(points, w.T("change.then.facts", "before", w.Class(e.Was), "after", w.Class(e.Became), "at", w.Instant(e.Effective)))
		}
	case toll.ChangeReceive:
		points = append(points, refund(w, e)...)
	case toll.ChangeLost:
		tag("change.then.lost")
	case toll.ChangeReopen:
		if e.To != nil {
			points = append(points, w.T("change.then.back", "tag", string(e.Tag), "plate", e.To.String()))
		} else {
			tag("change.then.hold")
		}
	case toll.ChangeMove, toll.ChangeRemove, toll.ChangeAdd, toll.ChangeSend, toll.ChangeTransfer, toll.ChangeCentre, toll.ChangeReference, toll.ChangeOrder:
	}
	switch e.Reason {
	case toll.ReasonSold:
		points = append(points, w.T("change.then.sold"))
	case toll.ReasonStolen, toll.ReasonLost:
		points = append(points, w.T("change.then.police"))
	case toll.ReasonNone, toll.ReasonScrapped, toll.ReasonOther:
	}
	if e.Ended {
		points = append(points, w.T("change.then.ended", "number", e.Agreement))
	}
	return points
}
