package portal

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/web/kit"
	"bompass/shared/api"
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
	for path, flow := range map[string]kit.Flow{
		emailConfirmPath: {Form: emailConfirmForm, Submit: h.confirmEmail},
		emailUndoPath:    {Form: emailUndoForm, Submit: h.undoEmail},
	} {
		app.Get(path, h.ShowLinkedFlow(flow))
		app.Post(path, h.SubmitFlow(flow))
	}
}

func emailConfirmForm(v *kit.Page) *kit.Form {
	return &kit.Form{
		Title: v.T("register.confirm.title"), Lead: v.T("email.confirm.lead"), Action: emailConfirmPath, Submit: v.T("register.confirm.submit"),
		Fields: []kit.Field{{Name: "link"}},
	}
}

func (h *Handlers) confirmEmail(c *fiber.Ctx, v *kit.Page) (kit.Done, error) {
	err := h.Person.ConfirmEmail(c.UserContext(), h.Link(c))
	return kit.Done{Title: v.T("register.confirmed.title"), Text: v.T("email.confirmed"), Href: site.Overview, Go: v.T("app.missing.home")}, err
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
