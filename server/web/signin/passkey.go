package signin

import (
	_ "embed"
	"encoding/json"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/access/factor"
	"bompass/server/access/seal"
	"bompass/server/web/kit"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/role"
	"bompass/shared/site"
)

//go:embed page/passkey.js
var passkeyScript string

//go:embed page/codes.js
var codesScript string

// Endpoints of the passkey script. It gets the options of a ceremony at the path with /options after it and
// sends the authenticator's answer to the path.
const (
	passkeyScriptPath = "/passkey.js"
	loginPasskeyPath  = "/login/passkey"
	provePasskeyPath  = "/prove/passkey"
	addPasskeyPath    = "/security/passkey"
)

// passkeyEndpoint states what the script of a signed-in person needs: keys belong to the person alone.
var passkeyEndpoint = api.Endpoint{Name: "passkey", Method: fiber.MethodPost, Access: api.Customer, Right: role.SeeOwn}

func (h *Handlers) mountPasskey(app *fiber.App) {
	app.Get(passkeyScriptPath, kit.Static("text/javascript; charset=utf-8", passkeyScript))
	app.Get("/codes.js", kit.Static("text/javascript; charset=utf-8", codesScript))
	app.Post(loginPasskeyPath+"/options", h.loginPasskeyOptions)
	app.Post(loginPasskeyPath, h.loginPasskeySubmit)
	app.Post(provePasskeyPath+"/options", h.passkeyHandler(func(c *fiber.Ctx, actor access.Principal) ([]byte, error) {
		return h.Factors.StartPasskeyStepUp(c.UserContext(), actor)
	}))
	app.Post(provePasskeyPath, h.passkeyHandler(func(c *fiber.Ctx, actor access.Principal) ([]byte, error) {
		token, err := h.Factors.StepUpWithPasskey(c.UserContext(), actor, h.Visitor(c), c.Request().Body())
		if err != nil {
			return nil, err
		}
		h.RenewSession(c, actor, token)
		address, err := h.proven(c, actor, token, kit.SafeNext(c.Query("next")), c.Query("request"))
		if err != nil {
			return nil, err
		}
		return nextReply(address)
	}))
	app.Post(addPasskeyPath+"/options", h.passkeyHandler(func(c *fiber.Ctx, actor access.Principal) ([]byte, error) {
		return h.Factors.StartPasskeyRegistration(c.UserContext(), actor)
	}))
	app.Post(addPasskeyPath, h.passkeyHandler(func(c *fiber.Ctx, actor access.Principal) ([]byte, error) {
		if err := h.Factors.FinishPasskeyRegistration(c.UserContext(), actor, c.Query("name"), c.Request().Body()); err != nil {
			return nil, err
		}
		return nextReply(site.Security)
	}))
}

// nextReply returns the reply that sends the browser on to a path.
func nextReply(path string) ([]byte, error) {
	return json.Marshal(map[string]string{"next": path})
}

// requireOwnScript accepts a request of our own script from the page on which it was shown.
func (h *Handlers) requireOwnScript(c *fiber.Ctx) error {
	if err := h.RequireSameSite(c); err != nil {
		return err
	}
	if _, err := kit.JSONBody(c); err != nil {
		return err
	}
	if !h.IsFormToken(c, c.Get("X-CSRF-Token")) {
		return kit.CrossSite()
	}
	return nil
}

// loginPasskeyOptions starts a ceremony: for the person whose password was accepted, or for any passkey.
func (h *Handlers) loginPasskeyOptions(c *fiber.Ctx) error {
	if err := h.requireOwnScript(c); err != nil {
		return err
	}
	// Each start stores a challenge.
	if err := h.Access.ThrottleVisit(c.UserContext(), h.Visitor(c), "passkey options"); err != nil {
		return err
	}
	holder := seal.NewToken()
	options, err := h.Factors.StartPasskeySignIn(c.UserContext(), h.pendingLogin(c), holder)
	if err != nil && fault.CodeOf(err) == fault.SignedOut { // the pending login is over: any passkey will do
		h.ClearCookie(c, kit.PendingLoginCookie)
		options, err = h.Factors.StartPasskeySignIn(c.UserContext(), "", holder)
	}
	if err != nil {
		return err
	}
	h.SetCookie(c, kit.PasskeyCookie, string(holder), factor.CeremonyMax)
	return sendJSON(c, options)
}

func (h *Handlers) loginPasskeySubmit(c *fiber.Ctx) error {
	if err := h.requireOwnScript(c); err != nil {
		return err
	}
	holder := seal.Token(h.Cookie(c, kit.PasskeyCookie))
	token, err := h.Factors.SignInWithPasskey(c.UserContext(), h.Visitor(c), h.pendingLogin(c), holder, c.Request().Body())
	if err != nil {
		return err
	}
	if err := h.begin(c, token, true); err != nil {
		return err
	}
	reply, err := nextReply(kit.SafeNext(c.Query("next")))
	if err != nil {
		return err
	}
	return sendJSON(c, reply)
}

// passkeyHandler returns a handler that answers the script of a signed-in person.
func (h *Handlers) passkeyHandler(handle func(*fiber.Ctx, access.Principal) ([]byte, error)) fiber.Handler {
	return func(c *fiber.Ctx) error {
		actor, err := h.Admit(c, passkeyEndpoint)
		if err != nil {
			return err
		}
		if _, err := kit.JSONBody(c); err != nil {
			return err
		}
		reply, err := handle(c, actor)
		if err != nil {
			return err
		}
		return sendJSON(c, reply)
	}
}

func sendJSON(c *fiber.Ctx, body []byte) error {
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Send(body)
}
