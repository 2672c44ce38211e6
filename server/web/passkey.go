package web

import (
	_ "embed"
	"time"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/access/factor"
	"bompass/server/access/seal"
	"bompass/shared/fault"
	"bompass/shared/role"
)

//go:embed page/passkey.js
var passkeyScript string

// Where the passkey script asks and answers; the question is at the path with /options after it.
const (
	passkeyScriptPath = "/passkey.js"
	loginPasskeyPath  = "/login/passkey"
	provePasskeyPath  = "/prove/passkey"
	addPasskeyPath    = "/security/passkey"
	keyCookie         = "key" // whose challenge stands open
)

func (s *server) mountPasskey() {
	s.app.Get(passkeyScriptPath, fixed("text/javascript; charset=utf-8", passkeyScript))
	s.app.Post(loginPasskeyPath+"/options", s.askLogin)
	s.app.Post(loginPasskeyPath, s.openLogin)
	s.app.Post(provePasskeyPath+"/options", s.signedScript(func(c *fiber.Ctx, actor access.Principal) ([]byte, error) {
		return s.Locksmith.StartPasskeyStepUp(c.UserContext(), actor)
	}))
	s.app.Post(provePasskeyPath, s.signedScript(func(c *fiber.Ctx, actor access.Principal) ([]byte, error) {
		token, err := s.Locksmith.StepUpWithPasskey(c.UserContext(), actor, s.visitor(c), c.Request().Body())
		if err != nil {
			return nil, err
		}
		s.renew(c, actor, token)
		return goOn(safeNext(c.Query("next"))), nil
	}))
	s.app.Post(addPasskeyPath+"/options", s.signedScript(func(c *fiber.Ctx, actor access.Principal) ([]byte, error) {
		return s.Locksmith.StartPasskeyRegistration(c.UserContext(), actor)
	}))
	s.app.Post(addPasskeyPath, s.signedScript(func(c *fiber.Ctx, actor access.Principal) ([]byte, error) {
		return goOn(securityPath), s.Locksmith.FinishPasskeyRegistration(c.UserContext(), actor, c.Query("name"), c.Request().Body())
	}))
}

func goOn(path string) []byte { return []byte(`{"next":"` + jsonPath(path) + `"}`) }

// ownScript accepts what our own script sent from the page that it was shown on.
func (s *server) ownScript(c *fiber.Ctx) error {
	if err := s.ownSite(c); err != nil {
		return err
	}
	if len(c.Request().Body()) > jsonBytesMax {
		return tooLarge(jsonBytesMax)
	}
	if !c.Is("json") {
		return fault.New(fault.BadRequest, "why", "content type must be application/json")
	}
	if !s.Keys.FormTokenMatches(s.cookie(c, formCookie), c.Get("X-CSRF-Token")) {
		return crossSite()
	}
	return nil
}

// askLogin asks for a passkey: of the person whose password was accepted, or of anybody.
func (s *server) askLogin(c *fiber.Ctx) error {
	if err := s.ownScript(c); err != nil {
		return err
	}
	holder := seal.NewToken()
	options, err := s.Locksmith.StartPasskeySignIn(c.UserContext(), s.step(c), holder)
	if err != nil && fault.CodeOf(err) == fault.SignedOut { // the step is over: any passkey will do
		s.forget(c, stepCookie)
		options, err = s.Locksmith.StartPasskeySignIn(c.UserContext(), "", holder)
	}
	if err != nil {
		return err
	}
	s.keep(c, keyCookie, string(holder), factor.CeremonyMax)
	return sendJSON(c, options)
}

func (s *server) openLogin(c *fiber.Ctx) error {
	if err := s.ownScript(c); err != nil {
		return err
	}
	token, err := s.Locksmith.SignInWithPasskey(c.UserContext(), s.visitor(c), s.step(c), seal.Token(s.cookie(c, keyCookie)), c.Request().Body())
	if err != nil {
		return err
	}
	s.begin(c, token)
	return sendJSON(c, goOn(safeNext(c.Query("next"))))
}

// signedScript answers our script for a signed-in person.
func (s *server) signedScript(do func(*fiber.Ctx, access.Principal) ([]byte, error)) fiber.Handler {
	return func(c *fiber.Ctx) error {
		actor, err := s.customer(c, role.SeeOwn)
		if err != nil {
			return err
		}
		if len(c.Request().Body()) > jsonBytesMax {
			return tooLarge(jsonBytesMax)
		}
		answer, err := do(c, actor)
		if err != nil {
			return err
		}
		return sendJSON(c, answer)
	}
}

func sendJSON(c *fiber.Ctx, body []byte) error {
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Send(body)
}

// renew gives the browser the session's new token; streams under the old one end and are opened anew.
func (s *server) renew(c *fiber.Ctx, actor access.Principal, token seal.Token) {
	s.streams.end(actor.Session)
	s.keep(c, sessionCookie, string(token), time.Duration(0))
}
