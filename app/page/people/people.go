// Package people is the page of the people who act for a company: their roles and the invitations.
package people

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/page/fleet"
	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/oslo"
	"bompass/shared/role"
	"bompass/shared/site"
	"bompass/shared/toll"
)

type base = frame.Page

type page struct {
	app.Compo
	base

	query   frame.Query[api.PeopleReply]
	draft   api.InviteRequest
	until   string          // as in the field
	search  string          // for a driver's vehicle in a large fleet
	edited  api.RoleRequest // the person whose role is being changed, with the new role; empty account for none
	refused *fault.Error
	listing ui.Listing // of the people and invitations
	sending bool       // a change is on its way
}

// searchedFrom is the number of people and invitations from which they can be searched.
const searchedFrom = 10

// inviteFields are the ids of the invitation's fields, which are their names in the request.
var inviteFields = [...]string{"email", "role", "vehicle", "until"}

// New returns the page.
func New(s *session.Session) app.Composer {
	return &page{base: frame.New(s), draft: api.InviteRequest{Role: role.Accountant}}
}

// OnMount asks for the overview when it is not known: a driver is given one of its vehicles.
func (p *page) OnMount(ctx app.Context) {
	p.Subscribe(ctx, frame.Handlers{})
	if p.Session.Overview() == nil {
		p.RefreshOverview(ctx)
	}
}

// OnNav asks for the people.
func (p *page) OnNav(ctx app.Context) {
	p.Enter(ctx, p.Words().T("people.title"))
	p.query.Load(ctx, &p.base, frame.Request[api.PeopleReply]{Get: p.Session.Client.People})
}

// change makes a change, says that it is done, and shows the people again.
func (p *page) change(ctx app.Context, done string, do func(context.Context) error, then func()) {
	if p.sending {
		return
	}
	p.sending, p.refused = true, nil
	frame.Do(ctx, do, func(ctx app.Context, err error) {
		p.sending = false
		var failed bool
		if p.refused, failed = p.Refusal(err, site.People); p.refused != nil {
			p.FocusErrors(ctx, p.Words().T("people.title"))
		}
		if failed {
			return
		}
		p.Toast(done)
		p.SetTitle(p.Words().T("people.title"))
		then()
		p.query.Reload(ctx)
	})
}

// invite sends the invitation of the form. The last day is included, so the right ends at the beginning of the next
// one.
func (p *page) invite(ctx app.Context) {
	req := p.draft
	if day, err := oslo.ParseDay(p.until); err == nil {
		req.Until = (day + 1).Start()
	}
	if req.Role != role.Driver {
		req.Vehicle = ""
	}
	w := p.Words()
	p.change(ctx, w.T("people.invited"), func(ctx context.Context) error { return p.Session.Client.Invite(ctx, req) }, func() {
		p.draft.Email, p.until = "", ""
		p.MarkClean(w.T("people.invite"))
	})
}

// remove asks whether to remove a person, and does so.
func (p *page) remove(ctx app.Context, person api.PersonLine) {
	w := p.Words()
	p.Confirm(ctx, frame.Confirmation{
		Title: w.T("people.remove.ask", "name", person.Name), Text: w.T("people.remove.means"), Yes: w.T("people.remove"),
		Do: func(ctx app.Context) {
			p.change(ctx, w.T("people.removed"), func(ctx context.Context) error {
				return p.Session.Client.RemovePerson(ctx, api.PersonRequest{Account: person.Account})
			}, p.FocusTitle)
		},
	})
}

// withdraw asks whether to withdraw an invitation, and does so.
func (p *page) withdraw(ctx app.Context, invited api.InvitedLine) {
	w := p.Words()
	p.Confirm(ctx, frame.Confirmation{
		Title: w.T("people.withdraw.ask", "email", invited.Email), Text: w.T("people.withdraw.means"), Yes: w.T("people.withdraw"),
		Do: func(ctx app.Context) {
			p.change(ctx, w.T("people.withdrawn"), func(ctx context.Context) error { return p.Session.Client.Withdraw(ctx, invited.ID) }, p.FocusTitle)
		},
	})
}

// Render shows the people who act for the customer, the invitations, and the form for another one.
func (p *page) Render() app.UI {
	title := p.Words().T("people.title")
	return frame.Show(&p.base, site.People, title, &p.query, func(reply api.PeopleReply) []app.UI {
		return []app.UI{
			ui.Title(title), p.OtherError(p.refused, inviteFields[:]...),
			app.Elem("section").Class("bp-card bp-list").Aria("labelledby", ui.TitleID).Body(p.list(reply)...),
			p.inviteForm(),
		}
	})
}

// list shows the people and invitations, with a search when there are many.
func (p *page) list(reply api.PeopleReply) []app.UI {
	if len(reply.People)+len(reply.Invited) < searchedFrom {
		return p.lines(reply)
	}
	w, found := p.Words(), api.PeopleReply{}
	for _, person := range reply.People {
		if p.listing.Matches(person.Name, person.Email, w.T("role."+string(person.Role))) || person.Account == p.edited.Account {
			found.People = append(found.People, person)
		}
	}
	for _, i := range reply.Invited {
		if p.listing.Matches(i.Email, w.T("role."+string(i.Role))) {
			found.Invited = append(found.Invited, i)
		}
	}
	lines := p.lines(found)
	first, end := p.listing.Bounds(len(lines))
	texts := fleet.ListingTexts(w, p.listing, len(lines))
	texts.Search, texts.Hint, texts.Found = w.T("people.search"), w.T("people.search.hint"), w.N("people.found", len(lines))
	list := append([]app.UI{ui.ListingControls("people", &p.listing, texts, nil)}, lines[first:end]...)
	return append(list, ui.ListingPager("people", &p.listing, len(lines), texts))
}

// lines lists the people who act for the company, then the invitations that are not accepted yet.
func (p *page) lines(reply api.PeopleReply) (list []app.UI) {
	w := p.Words()
	for _, person := range reply.People {
		notes := []string{person.Email, i18n.Sentence(w.T("role." + string(person.Role)))}
		if !person.Until.IsZero() {
			// The end is exclusive, so the last day is the one before it.
			notes[1] += ", " + w.T("people.until", "date", w.Day(oslo.DayOf(person.Until.Add(-1))))
		}
		var end app.UI
		switch {
		case person.Here:
			end = ui.Badge("success", w.T("people.you"))
		case person.Role != role.Owner && person.Account == p.edited.Account:
			end = p.roleForm(person)
		case person.Role != role.Owner:
			change := ui.Button("tertiary", w.T("people.change"), ui.On("change/"+string(person.Account), func(app.Context) {
				p.edited = api.RoleRequest{Account: person.Account, Role: person.Role, Vehicle: person.Vehicle}
			})).Aria("label", w.T("people.change")+": "+person.Name)
			remove := ui.Button("tertiary", w.T("people.remove"), ui.On("remove/"+string(person.Account), func(ctx app.Context) { p.remove(ctx, person) })).
				Aria("label", w.T("people.remove")+": "+person.Name)
			end = app.Elem("div").Class("bp-buttons").Body(remove, change)
		}
		list = append(list, ui.Entry(person.Name, notes, end))
	}
	for _, i := range reply.Invited {
		list = append(list, ui.Entry(i.Email, []string{w.T("people.waiting", "role", w.T("role."+string(i.Role)), "date", w.Day(oslo.DayOf(i.Ends)))},
			ui.Button("tertiary", w.T("people.withdraw"), ui.On("withdraw/"+i.ID, func(ctx app.Context) { p.withdraw(ctx, i) })).
				Aria("label", w.T("people.withdraw")+": "+i.Email)))
	}
	return list
}

func (p *page) field(id, label, hint string) ui.Field {
	return p.WithError(p.refused, ui.Field{ID: id, Label: label, Hint: hint})
}

// inviteForm invites another person.
func (p *page) inviteForm() app.UI {
	w := p.Words()
	roles := p.roles()
	body := []app.UI{
		p.ErrorSummary(p.refused, inviteFields[:]...),
		p.field("email", w.T("people.email"), "").Text(p.draft.Email, ui.Input{Kind: "email"}, ui.Change("email", func(_ app.Context, v string) { p.draft.Email = v })),
		p.field("role", w.T("people.role"), "").Select(string(p.draft.Role), roles, ui.Change("role", func(_ app.Context, v string) { p.draft.Role = role.Role(v) })),
	}
	if p.draft.Role == role.Driver {
		body = append(body, fleet.Picker{
			Field: p.field("vehicle", w.T("people.vehicle"), ""), Words: w, Options: p.vehicles(), Chosen: string(p.draft.Vehicle), Search: &p.search,
			Focus: p.Session.Window.Focus, Choose: func(_ app.Context, v string) { p.draft.Vehicle = toll.VehicleID(v) },
		}.UI())
	}
	body = append(body, p.field("until", w.T("people.until.last"), w.T("people.until.hint")).Date(p.until, ui.Change("until", func(_ app.Context, v string) { p.until = v })),
		ui.SubmitButton(w.T("people.invite")))
	return ui.Card("invite", w.T("people.invite"), ui.StackedForm(w.T("people.invite"), ui.Submit("invite", p.invite), body...))
}

// roles lists the roles that can be given to someone.
func (p *page) roles() (options []ui.Option) {
	for _, r := range role.GrantableRoles() {
		options = append(options, ui.Option{Value: string(r), Text: i18n.Sentence(p.Words().T("role." + string(r)))})
	}
	return options
}

// roleForm changes the role of a person.
func (p *page) roleForm(person api.PersonLine) app.UI {
	w := p.Words()
	fields := []app.UI{ui.Field{ID: "new-role", Label: w.T("people.role")}.Select(string(p.edited.Role), p.roles(),
		ui.Change("new-role", func(_ app.Context, v string) { p.edited.Role = role.Role(v) }))}
	if p.edited.Role == role.Driver {
		fields = append(fields, fleet.Picker{
			Field: ui.Field{ID: "new-vehicle", Label: w.T("people.vehicle")}, Words: w, Options: p.vehicles(), Chosen: string(p.edited.Vehicle), Search: &p.search,
			Focus: p.Session.Window.Focus, Choose: func(_ app.Context, v string) { p.edited.Vehicle = toll.VehicleID(v) },
		}.UI())
	}
	fields = append(fields, app.Elem("div").Class("bp-buttons").Body(
		ui.SubmitButton(w.T("profile.save")),
		ui.Button("secondary", w.T("app.keep"), ui.On("keep", func(app.Context) {
			p.edited = api.RoleRequest{}
			p.FocusTitle()
		}))))
	return ui.StackedForm(w.T("people.change")+": "+person.Name, ui.Submit("role/"+string(person.Account), p.changeRole), fields...)
}

// changeRole sends the new role.
func (p *page) changeRole(ctx app.Context) {
	req := p.edited
	if req.Role != role.Driver {
		req.Vehicle = ""
	}
	p.change(ctx, p.Words().T("people.changed"), func(ctx context.Context) error { return p.Session.Client.ChangeRole(ctx, req) }, func() {
		p.edited = api.RoleRequest{}
		p.MarkClean()
		p.FocusTitle()
	})
}

// vehicles lists the vehicles that a driver may be given, after an empty choice.
func (p *page) vehicles() []ui.Option {
	options := []ui.Option{{}}
	if latest := p.Session.Overview(); latest != nil {
		for _, a := range latest.Agreements {
			for _, v := range a.Vehicles {
				options = append(options, ui.Option{Value: string(v.ID), Text: v.Plate.String()})
			}
		}
	}
	return options
}
