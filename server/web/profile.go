package web

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/shared/api"
	"bompass/shared/fault"
)

// Addresses of the links in letters about a profile.
const (
	emailConfirmPath = "/email/confirm"
	emailUndoPath    = "/email/undo"
	invitationPath   = "/invitation"
)

// invitationKept is how long an invitation's token waits in the browser for its holder to sign in.
const invitationKept = time.Hour

func (s *server) mountProfile() {
	mount(s, api.Profile, func(ctx context.Context, a access.Principal, _ api.Empty) (api.ProfileReply, error) {
		return s.Profile.Profile(ctx, a)
	})
	mount(s, api.SaveProfile, s.Profile.Save)
	mount(s, api.ChangeEmail, func(ctx context.Context, a access.Principal, req api.EmailRequest) (api.Empty, error) {
		if err := s.Desk.AllowRequest(ctx, a, "email"); err != nil {
			return api.Empty{}, err
		}
		if err := s.Desk.AllowMessage(ctx, a, "email", req.Email); err != nil {
			return api.Empty{}, err
		}
		return api.Empty{}, s.Profile.ChangeEmail(ctx, a, req.Email)
	})
	mount(s, api.SendCode, func(ctx context.Context, a access.Principal, req api.CodeRequest) (api.Empty, error) {
		if err := s.Desk.AllowRequest(ctx, a, "code "+req.Channel); err != nil {
			return api.Empty{}, err
		}
		return api.Empty{}, s.Profile.SendCode(ctx, a, req.Channel)
	})
	mount(s, api.ConfirmCode, s.Profile.ConfirmCode)
	mount(s, api.SaveConsents, s.Profile.SaveConsents)
	mount(s, api.Erase, s.Profile.Erase)
	mount(s, api.Export, func(ctx context.Context, a access.Principal, _ api.Empty) (api.ExportReply, error) {
		return s.Profile.Export(ctx, a)
	}, attached)
	s.mountSessions()
	mount(s, api.People, func(ctx context.Context, a access.Principal, _ api.Empty) (api.PeopleReply, error) {
		return s.Profile.People(ctx, a)
	})
	mount(s, api.Invite, func(ctx context.Context, a access.Principal, req api.InviteRequest) (api.Empty, error) {
		if err := s.Desk.AllowMessage(ctx, a, "invitation", req.Email); err != nil {
			return api.Empty{}, err
		}
		return api.Empty{}, s.Profile.Invite(ctx, a, req)
	})
	mount(s, api.RemovePerson, func(ctx context.Context, a access.Principal, req api.PersonRequest) (api.Empty, error) {
		return api.Empty{}, s.Profile.RemovePerson(ctx, a, req.Account)
	})
	mount(s, api.Withdraw, func(ctx context.Context, a access.Principal, req api.InvitationRequest) (api.Empty, error) {
		return api.Empty{}, s.Profile.WithdrawInvitation(ctx, a, req.ID)
	})
}

func (s *server) mountSessions() {
	mount(s, api.Sessions, func(ctx context.Context, a access.Principal, _ api.Empty) (api.SessionsReply, error) {
		return s.Profile.Sessions(ctx, a)
	})
	mount(s, api.EndSession, func(ctx context.Context, a access.Principal, req api.SessionRequest) (api.Empty, error) {
		ended, err := s.Profile.EndSession(ctx, a, req.ID)
		if err == nil {
			s.streams.end(ended)
		}
		return api.Empty{}, err
	})
	mount(s, api.EndSessions, func(ctx context.Context, a access.Principal, _ api.Empty) (api.Empty, error) {
		ended, err := s.Profile.EndSessions(ctx, a)
		for _, hash := range ended {
			s.streams.end(hash)
		}
		return api.Empty{}, err
	}, s.forgetSession)
}

// attached makes an answer a file.
func attached(c *fiber.Ctx) {
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="bompass.json"`)
}

// mountLetters are the pages behind the links of letters about a profile.
func (s *server) mountLetters() {
	for path, w := range map[string]way{
		emailConfirmPath: {form: func(v view) *form {
			return &form{Title: v.T("ways.confirm.title"), Lead: v.T("ways.email.confirm.lead"), Action: emailConfirmPath, Submit: v.T("ways.confirm.submit"), Fields: []field{{Name: "link"}}}
		}, do: func(c *fiber.Ctx, v view) (done, error) {
			err := s.Profile.ConfirmEmail(c.UserContext(), s.link(c))
			return done{Title: v.T("ways.confirmed.title"), Text: v.T("ways.email.confirmed"), Href: "/", Go: v.T("app.missing.home")}, err
		}},
		emailUndoPath: {form: func(v view) *form {
			return &form{Title: v.T("ways.email.undo.title"), Lead: v.T("ways.email.undo.lead"), Action: emailUndoPath, Submit: v.T("ways.email.undo.title"), Danger: true, Fields: []field{{Name: "link"}}}
		}, do: func(c *fiber.Ctx, v view) (done, error) {
			err := s.Profile.UndoEmail(c.UserContext(), s.link(c))
			return done{Title: v.T("ways.email.undone.title"), Text: v.T("ways.email.undone"), Href: forgotPath, Go: v.T("ways.forgot.title")}, err
		}},
	} {
		s.app.Get(path, s.opened(w))
		s.app.Post(path, s.submitted(w))
	}
	s.app.Get(invitationPath, s.invitation)
	s.app.Post(invitationPath, s.inside(s.takeInvitation))
}

// invitation keeps the letter's token while its holder signs in or registers, then asks.
func (s *server) invitation(c *fiber.Ctx) error {
	if token := c.Query("token"); token != "" {
		c.Set(fiber.HeaderReferrerPolicy, unreferred)
		s.keep(c, linkCookie, token, invitationKept)
		return c.Redirect(invitationPath, fiber.StatusSeeOther)
	}
	return s.inside(func(c *fiber.Ctx, _ access.Principal, v view) error {
		v.Form = invitationForm(v)
		return s.pages.send(c, fiber.StatusOK, "form", v)
	})(c)
}

func invitationForm(v view) *form {
	return &form{
		Title: v.T("ways.invitation.title"), Lead: v.T("ways.invitation.lead"), Action: invitationPath, Submit: v.T("ways.invitation.submit"),
		Fields: []field{{Name: "link"}}, Links: []link{{"/", v.T("app.missing.home")}},
	}
}

func (s *server) takeInvitation(c *fiber.Ctx, actor access.Principal, v view) error {
	err := s.Profile.AcceptInvitation(c.UserContext(), actor, s.link(c))
	if err != nil && fault.CodeOf(err) == fault.LinkSpent {
		return s.wrong(c, v, invitationForm(v), err)
	}
	if err != nil {
		return err
	}
	s.forget(c, linkCookie)
	return s.ended(c, v, done{Title: v.T("ways.invitation.taken"), Text: v.T("ways.invitation.next"), Href: "/", Go: v.T("app.missing.home")})
}
