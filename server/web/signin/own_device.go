package signin

import (
	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/web/kit"
	"bompass/shared/fault"
	"bompass/shared/site"
)

// leaveLockedPath is where a person signs out of a locked session.
const leaveLockedPath = site.Login + "/leave"

func (h *Handlers) mountOwnDevice(app *fiber.App) {
	app.Get(site.KeepSession, h.SignedIn(h.keepSessionPage, site.KeepSession))
	app.Post(site.KeepSession, h.SignedIn(h.keepSession, site.KeepSession))
	app.Post(leaveLockedPath, h.leaveLocked)
}

// keepSessionView is the content of the page on which a session becomes one on the person's own device.
type keepSessionView struct {
	kit.Page
	Days int
	Can  bool // the account has a passkey or an eID, with which a locked session is opened
	Own  bool
}

func (h *Handlers) keepSessionPage(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	if err := h.Access.RequireStepUp(actor); err != nil && !actor.Own {
		return err
	}
	if actor.Own { // the choice may have been carried out after a proof, without an answer to the browser
		h.KeepSession(c, true)
	}
	can, err := h.canUnlock(c, actor)
	if err != nil {
		return err
	}
	v := &keepSessionView{Page: *p, Days: int(access.OwnSessionMax.Hours() / 24), Can: can, Own: actor.Own}
	v.Title = v.T("keep.title")
	return h.Send(c, fiber.StatusOK, "keep", v)
}

// canUnlock reports whether the person has a passkey or an eID.
func (h *Handlers) canUnlock(c *fiber.Ctx, actor access.Principal) (bool, error) {
	keyring, err := h.Factors.Factors(c.UserContext(), actor)
	if err != nil || len(keyring.Passkeys) > 0 {
		return err == nil, err
	}
	if h.EID == nil {
		return false, nil
	}
	names, err := h.EID.ProvidersOf(c.UserContext(), actor.Account)
	return len(names) > 0, err
}

func (h *Handlers) keepSession(c *fiber.Ctx, actor access.Principal, _ *kit.Page) error {
	keep := c.FormValue("keep") != ""
	if keep {
		can, err := h.canUnlock(c, actor)
		if err != nil {
			return err
		}
		if !can {
			return fault.New(fault.Refused)
		}
	}
	if err := h.Access.KeepSession(c.UserContext(), actor, keep); err != nil {
		return err
	}
	h.KeepSession(c, keep)
	return c.Redirect(site.KeepSession, fiber.StatusSeeOther)
}

// lockedView is what the sign-in page offers to the person whose session is locked on this device.
type lockedView struct {
	Person  string
	Passkey bool
	EIDs    []tab
}

// newLockedView returns nil if the browser has no locked session that could be opened.
func (h *Handlers) newLockedView(c *fiber.Ctx, p *kit.Page) (*lockedView, error) {
	locked, err := h.Access.Locked(c.UserContext(), h.SessionToken(c))
	if err != nil && fault.CodeOf(err) == fault.SignedOut {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	v := &lockedView{Person: kit.DisplayName(p.Words, locked.Person), Passkey: locked.Passkeys > 0}
	if h.EID != nil {
		names, err := h.EID.ProvidersOf(c.UserContext(), locked.Account)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			v.EIDs = append(v.EIDs, tab{Href: kit.WithNext(eidAddress(name), p.Next), Text: p.T("keep.eid." + name)})
		}
	}
	if !v.Passkey && len(v.EIDs) == 0 {
		return nil, nil
	}
	return v, nil
}

// begin gives the browser its new session. One that a passkey or an eID has opened takes the place of a locked one; any
// other ends that.
func (h *Handlers) begin(c *fiber.Ctx, token seal.Token, strong bool) error {
	locked := h.SessionToken(c)
	var err error
	if strong {
		err = h.Access.ContinueSession(c.UserContext(), locked, token)
	} else {
		err = h.Access.EndLocked(c.UserContext(), locked)
	}
	if err != nil {
		return err
	}
	h.StartSession(c, token)
	return nil
}

// leaveLocked signs out of a locked session, and has the browser delete what the device stores.
func (h *Handlers) leaveLocked(c *fiber.Ctx) error {
	if err := h.RequireOwnForm(c); err != nil {
		return h.RestartLogin(c, err)
	}
	if err := h.Access.EndLocked(c.UserContext(), h.SessionToken(c)); err != nil {
		return err
	}
	h.ClearSession(c)
	c.Set("Clear-Site-Data", `"storage"`)
	return c.Redirect(site.Because(site.Login, site.WhySignedOut), fiber.StatusSeeOther)
}
