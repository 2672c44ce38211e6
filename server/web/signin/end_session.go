package signin

import (
	"context"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/partner/identity"
	"bompass/server/web/kit"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/site"
)

// Addresses of signing out with an eID: here, at the issuer, and by the issuer's message.
const (
	leavePath = "/logout/eid"
	leftPath  = "/logout/done"
	frontPath = "/logout/front"
	backPath  = "/logout/back/:way"
)

const (
	leaveCookie    = "leave"
	leaveMax       = 2 * time.Minute
	cookieBytesMax = 3800
	leaveRow       = "farewell" // what the cookie is sealed for
)

// leaveScript posts the form that ends the issuer's session. Without scripts there is a button.
//
//go:embed page/leave.js
var leaveScript string

// EndSessions ends sessions here together with those of issuers.
type EndSessions interface {
	FrameOrigins(ctx context.Context) []string
	EndSession(ctx context.Context, session seal.Hash, state string) (identity.EndSessionRequest, bool, error)
	FrontChannelLogout(ctx context.Context, issuer, session string) ([]seal.Hash, error)
	BackChannelLogout(ctx context.Context, way, message string) ([]seal.Hash, error)
}

func (h *Handlers) mountEndSession(app *fiber.App) {
	app.Get(leavePath, h.leavePage)
	app.Get("/leave.js", kit.Static("text/javascript; charset=utf-8", leaveScript))
	app.Get(leftPath, h.left)
	app.Get(frontPath, h.frontChannelLogout)
	app.Post(backPath, h.backChannelLogout)
}

// Logout ends the session, also of people who have no other right left. A person who came with an eID is sent
// on to end the issuer's session, too.
func (h *Handlers) Logout(c *fiber.Ctx) error {
	actor, err := h.SignedInActor(c)
	if err != nil {
		return err
	}
	var none api.Empty
	if err := kit.Decode(c, &none); err != nil {
		return err
	}
	reply, err := h.endSession(c, actor)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(reply)
}

// logoutForm ends the session for the button of a rendered page. The program is not there to delete what an own device
// stores, so the browser is asked to.
func (h *Handlers) logoutForm(c *fiber.Ctx, actor access.Principal, _ *kit.Page) error {
	reply, err := h.endSession(c, actor)
	if err != nil {
		return err
	}
	if reply.Next == "" {
		reply.Next = site.Because(site.Login, site.WhySignedOut)
	}
	c.Set("Clear-Site-Data", `"storage"`)
	return c.Redirect(reply.Next, fiber.StatusSeeOther)
}

// endSession ends the session, and returns the address at which the issuer's session ends, if there is one.
func (h *Handlers) endSession(c *fiber.Ctx, actor access.Principal) (reply api.LogoutReply, err error) {
	if h.EID != nil {
		request, ok, err := h.EID.EndSession(c.UserContext(), actor.Session, actor.CSRF)
		if err != nil {
			h.Log.Warn("make end-session request", "trace", kit.TraceOf(c), "error", err)
		}
		if ok && h.setEndSessionRequest(c, request) {
			reply.Next = leavePath
		}
	}
	if err := h.Access.SignOut(c.UserContext(), actor); err != nil {
		return reply, err
	}
	h.Streams.End(actor.Session)
	h.ClearSession(c)
	return reply, nil
}

// setEndSessionRequest stores the request to the issuer in a cookie, sealed because it holds the issuer's
// proof. It reports whether the request fits.
func (h *Handlers) setEndSessionRequest(c *fiber.Ctx, r identity.EndSessionRequest) bool {
	plain, err := json.Marshal(r)
	if err != nil {
		return false
	}
	key, sealed := h.Keys.SealText(plain, leaveRow)
	value := key + "." + base64.RawURLEncoding.EncodeToString(sealed)
	if len(value) > cookieBytesMax {
		return false
	}
	h.SetCookie(c, leaveCookie, value, leaveMax)
	return true
}

func (h *Handlers) endSessionRequest(c *fiber.Ctx) (r identity.EndSessionRequest, ok bool) {
	key, text, _ := strings.Cut(h.Cookie(c, leaveCookie), ".")
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || key == "" {
		return r, false
	}
	plain, err := h.Keys.OpenText(key, sealed, leaveRow)
	return r, err == nil && json.Unmarshal(plain, &r) == nil
}

// leaveView is the content of the page that posts the person to the issuer.
type leaveView struct {
	kit.Page
	Address string
	Fields  map[string]string
}

// leavePage posts the person to the issuer. Its policy lets forms go there and nowhere else.
func (h *Handlers) leavePage(c *fiber.Ctx) error {
	r, ok := h.endSessionRequest(c)
	h.ClearCookie(c, leaveCookie)
	to, err := url.Parse(r.URL)
	if !ok || err != nil {
		return h.left(c)
	}
	v := &leaveView{Page: *h.NewPage(c), Address: r.URL, Fields: r.Fields}
	v.Title, v.Program = v.T("eid.leave.title"), ""
	c.Set(fiber.HeaderContentSecurityPolicy, strings.Replace(kit.Policy, "form-action 'self'", "form-action 'self' "+to.Scheme+"://"+to.Host, 1))
	c.Set(fiber.HeaderReferrerPolicy, kit.NoReferrer)
	return h.Send(c, fiber.StatusOK, "leave", v)
}

// left is where the issuer sends people who have signed out there.
func (h *Handlers) left(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Redirect(site.Because(site.Login, site.WhySignedOut), fiber.StatusSeeOther)
}

// frontChannelLogout is shown in a frame of the issuer's when a person has signed out there, OpenID Connect
// Front-Channel Logout. No cookie comes along, so the session is found by its name at the issuer. The answer
// does not depend on what is found.
func (h *Handlers) frontChannelLogout(c *fiber.Ctx) error {
	ended, err := h.EID.FrontChannelLogout(c.UserContext(), c.Query("iss"), c.Query("sid"))
	if err != nil {
		return err
	}
	for _, session := range ended {
		h.Streams.End(session)
	}
	origins := h.EID.FrameOrigins(c.UserContext())
	slices.Sort(origins)
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors "+
		strings.Join(slices.Compact(origins), " "))
	c.Response().Header.Del(fiber.HeaderXFrameOptions)
	c.Set("Cross-Origin-Resource-Policy", "cross-origin")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return c.SendString("<!DOCTYPE html><title></title>")
}

// backChannelLogout handles an issuer's logout token, OpenID Connect Back-Channel Logout 2.8.
func (h *Handlers) backChannelLogout(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	if len(c.Request().Body()) > kit.FormBytesMax || !kit.SentByForm(c) {
		return c.Status(fiber.StatusBadRequest).JSON(fiber.Map{"error": "invalid_request"})
	}
	ended, err := h.EID.BackChannelLogout(c.UserContext(), c.Params("way"), c.FormValue("logout_token"))
	switch code := fault.CodeOf(err); {
	case err == nil:
	case code == fault.EIDRefused || code == fault.NotFound || code == fault.PartnerUnset:
		h.Log.Warn("verify logout token", "trace", kit.TraceOf(c), "provider", c.Params("way"), "error", err)
		return c.Status(fiber.StatusBadRequest).JSON(fiber.Map{"error": "invalid_request"})
	default:
		return err
	}
	for _, session := range ended {
		h.Streams.End(session)
	}
	return c.SendStatus(fiber.StatusOK)
}
