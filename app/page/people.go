package page

import (
	"context"
	"errors"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/oslo"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// people shows who acts for the customer and invites others.
type people struct {
	app.Compo
	f frame

	reply   *api.PeopleReply
	draft   api.InviteRequest
	until   string // as in the field
	wrong   error
	refused *fault.Error
}

// inviteFields are the ids of the invitation's fields, which are their names in the request.
var inviteFields = [...]string{"email", "role", "vehicle", "until"}

func newPeople(s *session.Session) *people {
	return &people{f: frame{s: s}, draft: api.InviteRequest{Role: role.Accountant}}
}

// OnMount begins to listen for who is here, and learns the vehicles that a driver may be given.
func (p *people) OnMount(ctx app.Context) {
	p.f.mount(ctx, listener{})
	if p.f.s.Latest() == nil {
		load(ctx, p.f.s.Client.Overview, func(_ app.Context, reply api.OverviewReply, err error) {
			if err == nil {
				p.f.s.Remember(reply)
			}
		})
	}
}

// OnDismount stops listening.
func (p *people) OnDismount() { p.f.dismount() }

// OnAppUpdate offers the new version.
func (p *people) OnAppUpdate(app.Context) { p.f.s.Outdate() }

// OnNav names the page and asks for the people.
func (p *people) OnNav(ctx app.Context) {
	p.f.arrive(ctx, p.f.words().T("people.title"))
	p.ask(ctx)
}

func (p *people) ask(ctx app.Context) {
	p.wrong = nil
	load(ctx, p.f.s.Client.People, func(_ app.Context, reply api.PeopleReply, err error) {
		if err != nil {
			if !p.f.s.SignedOut(err) {
				p.wrong = err
			}
			return
		}
		p.reply = &reply
	})
}

// do changes something, says so, and shows who is left.
func (p *people) do(ctx app.Context, done string, change func(context.Context) error, then func()) {
	p.refused = nil
	load(ctx, func(ctx context.Context) (struct{}, error) { return struct{}{}, change(ctx) }, func(ctx app.Context, _ struct{}, err error) {
		if p.f.proves(err, peoplePath) {
			return
		}
		if known, ok := errors.AsType[*fault.Error](err); ok {
			p.refused = known
			p.f.blame(ctx, p.f.words().T("people.title"))
			return
		}
		if err != nil {
			text, _ := p.f.trouble(err)
			p.f.done(text)
			return
		}
		p.f.done(done)
		p.f.name(p.f.words().T("people.title"))
		then()
		p.ask(ctx)
	})
}

func (p *people) invite(ctx app.Context) {
	req := p.draft
	if day, err := oslo.ParseDay(p.until); err == nil {
		req.Until = (day + 1).Start()
	}
	if req.Role != role.Driver {
		req.Vehicle = ""
	}
	w := p.f.words()
	p.do(ctx, w.T("people.invited"), func(ctx context.Context) error { return p.f.s.Client.Invite(ctx, req) }, func() {
		p.draft.Email, p.until = "", ""
		p.f.settle(w.T("people.invite"))
	})
}

// remove takes a person's role away, once it has been said what that means.
func (p *people) remove(ctx app.Context, person api.PersonLine) {
	w := p.f.words()
	p.f.confirm(ctx, question{
		title: w.T("people.remove.ask", "name", person.Name), text: w.T("people.remove.means"), yes: w.T("people.remove"),
		do: func(ctx app.Context) {
			p.do(ctx, w.T("people.removed"), func(ctx context.Context) error {
				return p.f.s.Client.RemovePerson(ctx, api.PersonRequest{Account: person.Account})
			}, p.f.back)
		},
	})
}

// withdraw takes an invitation back, once it has been said what that means.
func (p *people) withdraw(ctx app.Context, invited api.InvitedLine) {
	w := p.f.words()
	p.f.confirm(ctx, question{
		title: w.T("people.withdraw.ask", "email", invited.Email), text: w.T("people.withdraw.means"), yes: w.T("people.withdraw"),
		do: func(ctx app.Context) {
			p.do(ctx, w.T("people.withdrawn"), func(ctx context.Context) error { return p.f.s.Client.Withdraw(ctx, invited.ID) }, p.f.back)
		},
	})
}

// Render shows who acts for the customer, who is invited, and the form for one more.
func (p *people) Render() app.UI {
	w := p.f.words()
	if p.f.s.Neutral() {
		return p.f.render(peoplePath, ui.Title(w.T("people.title")))
	}
	title := ui.Title(w.T("people.title"))
	switch {
	case p.wrong != nil:
		return p.f.render(peoplePath, title, p.f.failed(p.wrong, p.ask))
	case p.reply == nil:
		return p.f.render(peoplePath, title, ui.Loading(w.T("app.loading")))
	}
	return p.f.render(peoplePath, title,
		p.f.refusal(p.refused, inviteFields[:]...),
		app.Elem("section").Class("bp-card bp-list").Aria("labelledby", ui.TitleID).Body(p.lines()...),
		p.form(),
	)
}

func (p *people) lines() (list []app.UI) {
	w := p.f.words()
	for _, person := range p.reply.People {
		notes := []string{person.Email, i18n.Sentence(w.T("role." + string(person.Role)))}
		if !person.Until.IsZero() {
			notes[1] += ", " + w.T("people.until", "date", w.Day(oslo.DayOf(person.Until.Add(-1))))
		}
		var end app.UI
		switch {
		case person.Here:
			end = ui.Badge("success", w.T("people.you"))
		case person.Role != role.Owner:
			end = ui.Button("tertiary", w.T("people.remove"), ui.On("remove/"+string(person.Account), func(ctx app.Context) { p.remove(ctx, person) })).
				Aria("label", w.T("people.remove")+": "+person.Name)
		}
		list = append(list, ui.Entry(person.Name, notes, end))
	}
	for _, i := range p.reply.Invited {
		list = append(list, ui.Entry(i.Email, []string{w.T("people.waiting", "role", w.T("role."+string(i.Role)), "date", w.Day(oslo.DayOf(i.Ends)))},
			ui.Button("tertiary", w.T("people.withdraw"), ui.On("withdraw/"+i.ID, func(ctx app.Context) { p.withdraw(ctx, i) })).
				Aria("label", w.T("people.withdraw")+": "+i.Email)))
	}
	return list
}

func (p *people) field(id, label, hint string) ui.Field {
	return p.f.blamed(p.refused, ui.Field{ID: id, Label: label, Hint: hint})
}

func (p *people) form() app.UI {
	w := p.f.words()
	var roles []ui.Option
	for _, offered := range role.GrantableRoles() {
		roles = append(roles, ui.Option{Value: string(offered), Text: i18n.Sentence(w.T("role." + string(offered)))})
	}
	body := []app.UI{
		p.field("email", w.T("people.email"), "").Text(p.draft.Email, ui.Input{Kind: "email", Max: 254}, ui.Change("email", func(_ app.Context, v string) { p.draft.Email = v })),
		p.field("role", w.T("people.role"), "").Select(string(p.draft.Role), roles, ui.Change("role", func(_ app.Context, v string) { p.draft.Role = role.Role(v) })),
	}
	if p.draft.Role == role.Driver {
		body = append(body, p.field("vehicle", w.T("people.vehicle"), "").Select(string(p.draft.Vehicle), p.vehicles(), ui.Change("vehicle", p.drive)))
	}
	body = append(body, p.field("until", w.T("people.until.last"), w.T("people.until.hint")).Day(p.until, ui.Change("until", func(_ app.Context, v string) { p.until = v })),
		p.f.mistakes(p.refused, inviteFields[:]...), ui.Send(w.T("people.invite")))
	return app.Elem("section").Class("bp-card bp-card-text").Aria("labelledby", "invite").Body(
		ui.Heading("invite", w.T("people.invite")), ui.Question(w.T("people.invite"), ui.Submit("invite", p.invite), body...))
}

func (p *people) drive(_ app.Context, id string) { p.draft.Vehicle = toll.VehicleID(id) }

// vehicles are those a driver may be given.
func (p *people) vehicles() []ui.Option {
	options := []ui.Option{{}}
	if latest := p.f.s.Latest(); latest != nil {
		for _, a := range latest.Agreements {
			for _, v := range a.Vehicles {
				options = append(options, ui.Option{Value: string(v.ID), Text: v.Plate.String()})
			}
		}
	}
	return options
}
