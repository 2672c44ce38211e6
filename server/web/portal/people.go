package portal

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/web/kit"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/site"
)

func (h *Handlers) mountPeople(app *fiber.App) {
	kit.JSON(app, h.Kit, api.People, func(ctx context.Context, a access.Principal, _ api.Empty) (api.PeopleReply, error) {
		reply, err := h.Person.People(ctx, a)
		for i := range reply.People {
			reply.People[i].Name = kit.DisplayName(i18n.For(a.Language), reply.People[i].Name)
		}
		return reply, err
	})
	kit.JSON(app, h.Kit, api.Invite, func(ctx context.Context, a access.Principal, req api.InviteRequest) (api.Empty, error) {
		if err := h.Access.AllowMessage(ctx, a, "invitation", req.Email); err != nil {
			return api.Empty{}, err
		}
		return api.Empty{}, h.Person.Invite(ctx, a, req)
	})
	kit.JSON(app, h.Kit, api.RemovePerson, func(ctx context.Context, a access.Principal, req api.PersonRequest) (api.Empty, error) {
		return api.Empty{}, h.Person.RemovePerson(ctx, a, req.Account)
	})
	kit.JSON(app, h.Kit, api.ChangeRole, func(ctx context.Context, a access.Principal, req api.RoleRequest) (api.Empty, error) {
		return api.Empty{}, h.Person.ChangeRole(ctx, a, req)
	})
	kit.JSON(app, h.Kit, api.Withdraw, func(ctx context.Context, a access.Principal, req api.InvitationRequest) (api.Empty, error) {
		return api.Empty{}, h.Person.WithdrawInvitation(ctx, a, req.ID)
	})
}

func (h *Handlers) mountPeoplePages(app *fiber.App) {
	app.Get(site.Invitation, h.linkedPage(site.Invitation, "invitation.title", "invitation.signin", func(c *fiber.Ctx, _ access.Principal, v *kit.Page) error {
		return h.SendForm(c, v, invitationForm(v))
	}))
	app.Post(site.Invitation, h.SignedIn(h.takeInvitation))
}

func invitationForm(v *kit.Page) *kit.Form {
	return &kit.Form{
		Title: v.T("invitation.title"), Lead: v.T("invitation.lead"), Action: site.Invitation, Submit: v.T("invitation.submit"),
		Fields: []kit.Field{{Name: "link"}}, Links: []kit.Link{{Href: site.Overview, Text: v.T("app.missing.home")}}, Decline: v.T("decline.submit"),
	}
}

func (h *Handlers) takeInvitation(c *fiber.Ctx, actor access.Principal, v *kit.Page) error {
	err := h.Person.AcceptInvitation(c.UserContext(), actor, h.Link(c))
	if err != nil && fault.CodeOf(err) == fault.LinkSpent {
		return h.SendFormError(c, v, invitationForm(v), err)
	}
	if err != nil {
		return err
	}
	h.ClearLink(c)
	return h.SendDone(c, v, kit.Done{Title: v.T("invitation.taken"), Text: v.T("invitation.next"), Href: site.Overview, Go: v.T("app.missing.home")})
}
