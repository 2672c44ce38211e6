package web

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/access/factor"
	"bompass/shared/fault"
	"bompass/shared/oslo"
)

// Addresses of what a person signs in with. They are plain forms, so that a person whose program does
// not start can still close a door.
const (
	securityPath      = "/security"
	provePath         = "/prove"
	appPath           = "/security/app"
	codesPath         = "/security/codes"
	passwordPath      = "/security/password"
	removePasskeyPath = "/security/passkey/remove"
)

func (s *server) mountSecurity() {
	s.app.Get(securityPath, s.inside(s.securityPage))
	s.app.Get(provePath, s.inside(s.provePage))
	s.app.Post(provePath, s.inside(s.prove))
	s.app.Get(appPath, s.inside(s.appPage))
	s.app.Post(appPath, s.inside(s.confirmApp))
	s.app.Post(codesPath, s.inside(s.newCodes))
	s.app.Get(passwordPath, s.inside(s.passwordPage))
	s.app.Post(passwordPath, s.inside(s.changePassword))
	s.app.Post(removePasskeyPath, s.inside(s.removePasskey))
	s.app.Get(exportPath, s.inside(s.exportPage))
}

// inside lets signed-in people through and sends everybody else to sign in. What is sent must come from
// a form of theirs. A change that needs a factor shown again leads there and back.
func (s *server) inside(do func(*fiber.Ctx, access.Principal, view) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		actor, err := s.Desk.Authenticate(c.UserContext(), s.session(c))
		if err != nil && fault.CodeOf(err) == fault.SignedOut {
			return c.Redirect(withNext(loginPath, c.Path()), fiber.StatusSeeOther)
		}
		if err != nil {
			return err
		}
		if !safe(c.Method()) {
			if err := s.ownSite(c); err != nil {
				return err
			}
			if len(c.Request().Body()) > formBytesMax {
				return tooLarge(formBytesMax)
			}
			if !actor.CSRFMatches(c.FormValue("csrf")) {
				return crossSite()
			}
		}
		err = do(c, actor, s.insideView(actor))
		if err != nil && fault.CodeOf(err) == fault.StepUp {
			return c.Redirect(provePath+"?next="+url.QueryEscape(backFrom(c.Path())), fiber.StatusSeeOther)
		}
		return err
	}
}

// backFrom is the page to come back to: a form that was sent has one of its own or is on the first.
func backFrom(path string) string {
	if path == appPath || path == passwordPath || path == exportPath || path == welcomePath {
		return path
	}
	return securityPath
}

func (s *server) insideView(actor access.Principal) view {
	v := s.viewIn(actor.Language)
	v.CSRF, v.Inside, v.Title = actor.CSRF, true, v.T("ways.security.title")
	return v
}

// ring is what the page shows of an account's factors.
type ring struct {
	factor.List
	Low  bool
	Keys []ringKey
}

type ringKey struct{ ID, Name, Added, Used string }

func (s *server) securityPage(c *fiber.Ctx, actor access.Principal, v view) error {
	return s.showSecurity(c, actor, v, fiber.StatusOK)
}

func (s *server) showSecurity(c *fiber.Ctx, actor access.Principal, v view, status int) error {
	keyring, err := s.Locksmith.Factors(c.UserContext(), actor)
	if err != nil {
		return err
	}
	v.Ring = &ring{List: keyring, Low: keyring.RecoveryCodes <= factor.RecoveryLow}
	for _, k := range keyring.Passkeys {
		key := ringKey{ID: base64.RawURLEncoding.EncodeToString(k.ID), Name: k.Name, Added: v.Day(oslo.DayOf(k.Added))}
		if !k.Used.IsZero() {
			key.Used = v.Instant(k.Used)
		}
		v.Ring.Keys = append(v.Ring.Keys, key)
	}
	lost, err := s.Locksmith.LostFactorClaim(c.UserContext(), actor)
	if err != nil {
		return err
	}
	if lost != nil {
		v.Lost = &lostView{Asked: true, Day: v.Day(oslo.DayOf(lost.Opens)), At: v.Clock(lost.Opens)}
	}
	if err := s.offerConnections(c, actor, &v); err != nil {
		return err
	}
	v.Passkey = addPasskeyPath
	v.Fresh = s.Desk.RequireStepUp(actor) == nil
	return s.pages.send(c, status, "security", v)
}

func proveForm(v view) *form {
	return &form{Title: v.T("ways.prove.title"), Lead: v.T("ways.prove.lead"), Action: provePath, Submit: v.T("ways.prove.submit"), Fields: []field{codeField(v)}}
}

// provePage asks a signed-in person for a factor again, portal.md D5.
func (s *server) provePage(c *fiber.Ctx, actor access.Principal, v view) error {
	keyring, err := s.Locksmith.Factors(c.UserContext(), actor)
	if err != nil {
		return err
	}
	v.Title, v.Form, v.Next = v.T("ways.prove.title"), proveForm(v), safeNext(c.Query("next"))
	if len(keyring.Passkeys) > 0 {
		v.Passkey = provePasskeyPath
	}
	if err := s.offerProof(c, actor, &v); err != nil {
		return err
	}
	return s.pages.send(c, fiber.StatusOK, "prove", v)
}

func (s *server) prove(c *fiber.Ctx, actor access.Principal, v view) error {
	v.Next = safeNext(c.FormValue("next"))
	token, err := s.Locksmith.StepUp(c.UserContext(), actor, s.visitor(c), c.FormValue("code"))
	if err != nil {
		v.Title = v.T("ways.prove.title")
		return s.wrong(c, v, proveForm(v), err)
	}
	s.renew(c, actor, token)
	return c.Redirect(v.Next, fiber.StatusSeeOther)
}

func (s *server) appPage(c *fiber.Ctx, actor access.Principal, v view) error {
	return s.showApp(c, actor, v, nil)
}

func (s *server) showApp(c *fiber.Ctx, actor access.Principal, v view, wrong error) error {
	offered, err := s.Locksmith.StartTOTPSetup(c.UserContext(), actor)
	if err != nil {
		return err
	}
	drawn, err := picture(offered.URL)
	if err != nil {
		return err
	}
	v.Title, v.Offer = v.T("ways.enrol.title"), &offer{Secret: offered.Secret, Picture: drawn}
	v.Form = &form{Action: appPath, Submit: v.T("ways.enrol.submit"), Fields: []field{codeField(v)}, Links: []link{{securityPath, v.T("login.back")}}}
	if wrong != nil {
		return s.offerWrong(c, v, wrong)
	}
	return s.pages.send(c, fiber.StatusOK, "enrol", v)
}

func (s *server) confirmApp(c *fiber.Ctx, actor access.Principal, v view) error {
	codes, err := s.Locksmith.FinishTOTPSetup(c.UserContext(), actor, c.FormValue("code"))
	switch {
	case err != nil && fault.CodeOf(err) == fault.CodeWrong:
		return s.showApp(c, actor, v, err)
	case err != nil:
		return err
	case codes != nil:
		return s.showCodes(c, codes, securityPath)
	}
	return c.Redirect(securityPath, fiber.StatusSeeOther)
}

func (s *server) newCodes(c *fiber.Ctx, actor access.Principal, _ view) error {
	codes, err := s.Locksmith.ReplaceRecoveryCodes(c.UserContext(), actor)
	if err != nil {
		return err
	}
	return s.showCodes(c, codes, securityPath)
}

func (s *server) passwordForm(v view) *form {
	return &form{
		Title: v.T("ways.password.title"), Lead: v.T("ways.password.inside"), Action: passwordPath, Submit: v.T("ways.password.submit"),
		Fields: []field{newPasswordField(v)}, Links: []link{{securityPath, v.T("login.back")}},
	}
}

func (s *server) passwordPage(c *fiber.Ctx, actor access.Principal, v view) error {
	if err := s.Desk.RequireStepUp(actor); err != nil {
		return err
	}
	v.Form = s.passwordForm(v)
	return s.pages.send(c, fiber.StatusOK, "form", v)
}

func (s *server) changePassword(c *fiber.Ctx, actor access.Principal, v view) error {
	err := s.Registrar.ChangePassword(c.UserContext(), actor, c.FormValue("password"))
	if err != nil && fault.CodeOf(err) == fault.StepUp {
		return err
	}
	if err != nil {
		return s.wrong(c, v, s.passwordForm(v), err)
	}
	return s.ended(c, v, done{Title: v.T("ways.password.done.title"), Text: v.T("ways.password.inside.done"), Href: securityPath, Go: v.T("ways.security.title")})
}

func (s *server) removePasskey(c *fiber.Ctx, actor access.Principal, v view) error {
	id, err := base64.RawURLEncoding.DecodeString(c.FormValue("id"))
	if err != nil {
		return fault.New(fault.NotFound)
	}
	err = s.Locksmith.RemovePasskey(c.UserContext(), actor, id)
	if err != nil && fault.CodeOf(err) == fault.LastFactor {
		known, status := s.explain(c, err)
		v.Failure, v.FailureAt = v.Fault(&known), "passkeys"
		return s.showSecurity(c, actor, v, status)
	}
	if err != nil {
		return err
	}
	return c.Redirect(securityPath, fiber.StatusSeeOther)
}

// jsonPath writes a path inside a JSON text.
func jsonPath(path string) string {
	quoted, err := json.Marshal(path)
	if err != nil {
		return "/"
	}
	return strings.Trim(string(quoted), `"`)
}
