package portal

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/web/kit"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/site"
)

// Addresses of the links in emails about a change of email address.
const (
	emailConfirmPath = "/email/confirm"
	emailUndoPath    = "/email/undo"
	forgotPath       = "/password/forgot"
)

func (h *Handlers) mountPerson(app *fiber.App) {
	kit.JSON(app, h.Kit, api.Profile, func(ctx context.Context, a access.Principal, _ api.Empty) (api.ProfileReply, error) {
		return h.Person.Profile(ctx, a)
	})
	kit.JSON(app, h.Kit, api.SaveProfile, h.Person.Save)
	kit.JSON(app, h.Kit, api.ChangeEmail, func(ctx context.Context, a access.Principal, req api.EmailRequest) (api.Empty, error) {
		if err := h.Access.AllowRequest(ctx, a, "email"); err != nil {
			return api.Empty{}, err
		}
		if err := h.Access.AllowMessage(ctx, a, "email", req.Email); err != nil {
			return api.Empty{}, err
		}
		return api.Empty{}, h.Person.ChangeEmail(ctx, a, req.Email)
	})
	kit.JSON(app, h.Kit, api.KeepEmail, func(ctx context.Context, a access.Principal, _ api.Empty) (api.ProfileReply, error) {
		return h.Person.WithdrawEmail(ctx, a)
	})
	kit.JSON(app, h.Kit, api.SendCode, func(ctx context.Context, a access.Principal, req api.CodeRequest) (api.Empty, error) {
		if err := h.Access.AllowRequest(ctx, a, "code "+req.Channel); err != nil {
			return api.Empty{}, err
		}
		return api.Empty{}, h.Person.SendCode(ctx, a, req.Channel)
	})
	kit.JSON(app, h.Kit, api.ConfirmCode, h.Person.ConfirmCode)
	kit.JSON(app, h.Kit, api.SaveConsents, h.Person.SaveConsents)
	kit.JSON(app, h.Kit, api.Erase, func(ctx context.Context, a access.Principal, req api.ErasureRequest) (api.ProfileReply, error) {
		if err := h.Privacy.RequestErasure(ctx, a, req); err != nil {
			return api.ProfileReply{}, err
		}
		return h.Person.Profile(ctx, a)
	})
}

// mountPersonPages adds the pages behind the links of emails about a change of email address.
func (h *Handlers) mountPersonPages(app *fiber.App) {
	undo := kit.Flow{Form: emailUndoForm, Submit: h.undoEmail}
	app.Get(emailUndoPath, h.ShowLinkedFlow(undo))
	app.Post(emailUndoPath, h.SubmitFlow(undo))
	app.Get(emailConfirmPath, h.linkedPage(emailConfirmPath, "email.confirm.title", "email.confirm.signin", h.emailConfirmPage))
	app.Post(emailConfirmPath, h.SignedIn(h.confirmEmail))
}

// linkedPage returns the handler of the page behind an email's link that only a signed-in person can confirm. The
// link's token is kept in the browser while the person signs in or registers. Until then the page has the way to sign
// in, and to withdraw the link.
func (h *Handlers) linkedPage(path, title, text string, show kit.SignedInHandler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		h.SavePreferences(c)
		if h.TakeLink(c, kit.LinkMaxAge) {
			return c.Redirect(path, fiber.StatusSeeOther)
		}
		_, err := h.CurrentActor(c)
		if err != nil && fault.CodeOf(err) == fault.SignedOut {
			return h.SendSignInFirst(c, title, text)
		}
		return h.SignedIn(show)(c)
	}
}

// emailConfirmPage asks to confirm a change of address, or says that it was withdrawn.
func (h *Handlers) emailConfirmPage(c *fiber.Ctx, _ access.Principal, v *kit.Page) error {
	withdrawn, err := h.Person.EmailWithdrawn(c.UserContext(), h.Link(c))
	if err != nil {
		return err
	}
	if !withdrawn {
		return h.SendForm(c, v, emailConfirmForm(v))
	}
	h.ClearLink(c)
	return h.SendDone(c, v, kit.Done{
		Title: v.T("email.withdrawn.title"), Text: v.T("email.withdrawn"), Href: site.Profile, Go: v.T("profile.title"),
	})
}

func emailConfirmForm(v *kit.Page) *kit.Form {
	return &kit.Form{
		Title: v.T("email.confirm.title"), Lead: v.T("email.confirm.lead"), Action: emailConfirmPath, Submit: v.T("email.confirm.submit"),
		Fields: []kit.Field{{Name: "link"}}, Decline: v.T("decline.submit"),
	}
}

func (h *Handlers) confirmEmail(c *fiber.Ctx, actor access.Principal, v *kit.Page) error {
	err := h.Person.ConfirmEmail(c.UserContext(), actor, h.Link(c))
	if err != nil && fault.CodeOf(err) == fault.LinkSpent {
		return h.SendFormError(c, v, emailConfirmForm(v), err)
	}
	if err != nil {
		return err
	}
	h.ClearLink(c)
	return h.SendDone(c, v, kit.Done{Title: v.T("email.confirmed.title"), Text: v.T("email.confirmed"), Href: site.Overview, Go: v.T("app.missing.home")})
}

func emailUndoForm(v *kit.Page) *kit.Form {
	return &kit.Form{
		Title: v.T("email.undo.title"), Lead: v.T("email.undo.lead"), Action: emailUndoPath, Submit: v.T("email.undo.title"),
		Danger: true, Fields: []kit.Field{{Name: "link"}},
	}
}

func (h *Handlers) undoEmail(c *fiber.Ctx, v *kit.Page) (kit.Done, error) {
	err := h.Person.UndoEmail(c.UserContext(), h.Link(c))
	return kit.Done{Title: v.T("email.undone.title"), Text: v.T("email.undone"), Href: forgotPath, Go: v.T("forgot.title")}, err
}
