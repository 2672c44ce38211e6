package web

import (
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"bompass/server/partner/identity"
	"bompass/shared/api"
	"bompass/shared/fault"
)

// Addresses of leaving with an eID: here, at the issuer, and when the issuer says so.
const (
	leavePath = "/logout/eid"
	leftPath  = "/logout/done"
	frontPath = "/logout/front"
	backPath  = "/logout/back/:way"
)

const (
	leaveCookie   = "leave"
	leaveMax      = 2 * time.Minute
	leaveBytesMax = 3800 // of a cookie
	leaveRow      = "farewell"
)

// leaveScript posts the form that ends the issuer's session; without scripts there is a button.
//
//go:embed page/leave.js
var leaveScript string

// logout ends the session, also of people who may do nothing else. Who came with an eID is told where
// to end the issuer's session, too.
func (s *server) logout(c *fiber.Ctx) error {
	if err := s.ownSite(c); err != nil {
		return err
	}
	actor, err := s.Desk.Authenticate(c.UserContext(), s.session(c))
	if err != nil {
		return err
	}
	if !actor.CSRFMatches(c.Get("X-CSRF-Token")) {
		return crossSite()
	}
	var none api.Empty
	if err := decode(c, &none); err != nil {
		return err
	}
	var reply api.LogoutReply
	if s.EID != nil {
		farewell, ok, err := s.EID.EndSession(c.UserContext(), actor.Session, actor.CSRF)
		if err != nil {
			s.Log.Warn("no way to leave at the issuer", "trace", traceOf(c), "err", err)
		}
		if ok && s.keepFarewell(c, farewell) {
			reply.Next = leavePath
		}
	}
	if err := s.Desk.SignOut(c.UserContext(), actor); err != nil {
		return err
	}
	s.streams.end(actor.Session)
	s.forgetSession(c)
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(reply)
}

// keepFarewell gives the browser the way out at the issuer, sealed: it holds the issuer's proof.
func (s *server) keepFarewell(c *fiber.Ctx, f identity.EndSessionRequest) bool {
	plain, err := json.Marshal(f)
	if err != nil {
		return false
	}
	key, sealed := s.Keys.SealText(plain, leaveRow)
	value := key + "." + base64.RawURLEncoding.EncodeToString(sealed)
	if len(value) > leaveBytesMax {
		return false
	}
	s.keep(c, leaveCookie, value, leaveMax)
	return true
}

func (s *server) farewell(c *fiber.Ctx) (f identity.EndSessionRequest, ok bool) {
	key, text, _ := strings.Cut(s.cookie(c, leaveCookie), ".")
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || key == "" {
		return f, false
	}
	plain, err := s.Keys.OpenText(key, sealed, leaveRow)
	return f, err == nil && json.Unmarshal(plain, &f) == nil
}

// leavePage posts the person to the issuer. Its policy lets forms go there, and nowhere else.
func (s *server) leavePage(c *fiber.Ctx) error {
	f, ok := s.farewell(c)
	s.forget(c, leaveCookie)
	to, err := url.Parse(f.URL)
	if !ok || err != nil {
		return c.Redirect(loginPath+"?why="+whyOut, fiber.StatusSeeOther)
	}
	v := s.view(c)
	v.Title, v.Program, v.Farewell = v.T("eid.leave.title"), "", &f
	c.Set(fiber.HeaderContentSecurityPolicy, strings.Replace(policy, "form-action 'self'", "form-action 'self' "+to.Scheme+"://"+to.Host, 1))
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	return s.pages.send(c, fiber.StatusOK, "leave", v)
}

// left is where the issuer sends people who have left.
func (s *server) left(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Redirect(loginPath+"?why="+whyOut, fiber.StatusSeeOther)
}

// front is shown in a frame of the issuer's when a person has left there. No cookie comes along, so
// the session is found by its name at the issuer. The answer is the same whatever is found.
func (s *server) front(c *fiber.Ctx) error {
	ended, err := s.EID.FrontChannelLogout(c.UserContext(), c.Query("iss"), c.Query("sid"))
	if err != nil {
		return err
	}
	for _, session := range ended {
		s.streams.end(session)
	}
	origins := s.EID.FrameOrigins(c.UserContext())
	slices.Sort(origins)
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors "+
		strings.Join(slices.Compact(origins), " "))
	c.Response().Header.Del(fiber.HeaderXFrameOptions)
	c.Set("Cross-Origin-Resource-Policy", "cross-origin")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return c.SendString("<!DOCTYPE html><title></title>")
}

// back takes an issuer's own message that a person has left, OpenID Connect Back-Channel Logout 2.8.
func (s *server) back(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	if len(c.Request().Body()) > formBytesMax || !sentByForm(c) {
		return c.Status(fiber.StatusBadRequest).JSON(fiber.Map{"error": "invalid_request"})
	}
	ended, err := s.EID.BackChannelLogout(c.UserContext(), c.Params("way"), c.FormValue("logout_token"))
	switch code := fault.CodeOf(err); {
	case err == nil:
	case code == fault.EIDRefused || code == fault.NotFound || code == fault.PartnerUnset:
		s.Log.Warn("logout message refused", "trace", traceOf(c), "way", c.Params("way"), "err", err)
		return c.Status(fiber.StatusBadRequest).JSON(fiber.Map{"error": "invalid_request"})
	default:
		return err
	}
	for _, session := range ended {
		s.streams.end(session)
	}
	return c.SendStatus(fiber.StatusOK)
}

// sentByForm tells whether a form's fields came. Fiber's own Is knows file extensions only.
func sentByForm(c *fiber.Ctx) bool {
	return strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEApplicationForm)
}
