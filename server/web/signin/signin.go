// Package signin has the pages of signing in and of what a person signs in with: plain forms that work before
// and without the program.
package signin

import (
	"context"
	"embed"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/access/factor"
	"bompass/server/eid"
	"bompass/server/party"
	"bompass/server/web/kit"
	"bompass/server/web/resume"
	"bompass/shared/site"
)

//go:embed page/*.html
var pageFiles embed.FS

// PartyList lists the parties that a person may act for.
type PartyList interface {
	Parties(ctx context.Context, actor access.Principal) (party.List, error)
}

// Deps is what the pages of signing in need.
type Deps struct {
	*kit.Kit
	Access    *access.Service
	Factors   *factor.Service
	Registrar *access.Registrar
	EID       EID       // nil where nobody signs in with an eID
	Parties   PartyList // nil where nobody acts for others
	Requests  *resume.Requests
}

// Handlers answers the routes of this package.
type Handlers struct{ Deps }

// New returns the handlers, after it has parsed their pages.
func New(d Deps) (*Handlers, error) {
	err := kit.Require(map[string]bool{
		"access": d.Access != nil, "factors": d.Factors != nil, "registrar": d.Registrar != nil, "requests": d.Requests != nil,
	})
	if err != nil {
		return nil, err
	}
	return &Handlers{d}, d.LoadPages(pageFiles)
}

// Cookies lists the cookies of signing in and out.
func (h *Handlers) Cookies() []kit.StoredCookie {
	return []kit.StoredCookie{
		h.Stored(kit.PendingLoginCookie, "step", access.PendingLoginMax), h.Stored(kit.PasskeyCookie, "key", factor.CeremonyMax),
		h.Stored(tabCookie+"…", "tx", eid.AuthRequestMax), h.Stored(leaveCookie, "leave", leaveMax),
	}
}

// Mount adds the routes of this package.
func (h *Handlers) Mount(app *fiber.App) {
	app.Get(site.Login, h.loginPage)
	app.Post(site.Login, h.loginSubmit)
	app.Get(codePath, h.codePage)
	app.Post(codePath, h.codeSubmit)
	app.Post(site.Logout, h.SignedIn(h.logoutForm))
	app.Get(site.LoginHelp, h.helpPage)
	h.mountPassword(app)
	h.mountEnrol(app)
	h.mountText(app)
	h.mountLost(app)
	h.mountPasskey(app)
	h.mountSecurity(app)
	h.mountProve(app)
	h.mountIdle(app)
	h.mountOwnDevice(app)
	if h.EID != nil {
		h.mountEID(app)
		h.mountEndSession(app)
	}
}
