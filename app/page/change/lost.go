package change

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// NewLost returns the page on which a tag is reported as lost or stolen, and opened again when it is found.
func NewLost(s *session.Session) app.Composer {
	return newChange(s, subject{
		path: site.LostTag, title: "change.lost", ask: (*changePage).askLost, then: (*changePage).thenLost, next: (*changePage).nextLost,
		offers: func(l api.FleetLine) bool {
			return l.Tag != "" && (toll.CheckTagChange(l.Status, toll.ChangeLost) == nil || toll.CheckTagChange(l.Status, toll.ChangeReopen) == nil)
		},
		save: func(p *changePage) string {
			if p.tried.Kind == toll.ChangeReopen {
				return "change.reopen.save"
			}
			return "change.lost.save"
		},
		complete: func(p *changePage, req *api.FleetChangeRequest) {
			req.Kind, req.Reason, req.Keep = toll.ChangeLost, p.reason, true
			if p.isLost() {
				req.Kind, req.Reason = toll.ChangeReopen, toll.ReasonNone
			}
		},
	})
}

// isLost reports whether the tag that is chosen has been reported already.
func (p *changePage) isLost() bool {
	l := p.line()
	return l != nil && l.Status == toll.TagLost
}

func (p *changePage) askLost() []app.UI {
	w := p.Words()
	body := []app.UI{ui.Lead(w.T("change.lost.lead")), p.choice(w.T("change.lost.tag"))}
	if p.isLost() {
		return append(body, app.Elem("p").Text(w.T("change.reopen.lead")))
	}
	return append(body, p.field("reason", w.T("change.lost.why"), "").Radios(string(p.reason), []ui.Option{
		{Value: string(toll.ReasonLost), Text: w.T("change.reason.lost")}, {Value: string(toll.ReasonStolen), Text: w.T("change.reason.stolen")},
	}, choose((*string)(&p.reason))))
}

func (p *changePage) nextLost(ctx app.Context) {
	if p.reason == toll.ReasonNone && !p.isLost() {
		p.refuse(ctx, fault.New(fault.FieldMissing).At("reason"))
		return
	}
	p.try(ctx)
}

func (p *changePage) thenLost() []app.UI {
	return []app.UI{p.consequences(outcome(p.Words(), p.tried.FleetEvent))}
}
