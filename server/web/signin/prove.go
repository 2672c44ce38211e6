package signin

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/web/kit"
	"bompass/server/web/resume"
	"bompass/shared/api"
	"bompass/shared/site"
)

// provenPath is where a person comes to after a proof, if a request waited for it.
const provenPath = site.StepUp + "/done"

func (h *Handlers) mountProve(app *fiber.App) {
	app.Get(site.StepUp, h.SignedIn(h.stepUpPage))
	app.Post(site.StepUp, h.SignedIn(h.stepUp))
	app.Get(provenPath, h.SignedIn(h.provenPage))
}

// stepUpView is the content of the page that asks a signed-in person to confirm a factor again.
type stepUpView struct {
	kit.FormPage
	Passkey string // address of the passkey script's endpoint; empty if the account has no passkey
	EIDs    []tab
}

// newStepUpView returns the page. It leads back without a proof, too, and names the request that waits for the proof.
func (h *Handlers) newStepUpView(c *fiber.Ctx, actor access.Principal, p *kit.Page, request string) (*stepUpView, error) {
	keyring, err := h.Factors.Factors(c.UserContext(), actor)
	if err != nil {
		return nil, err
	}
	v := &stepUpView{FormPage: kit.FormPage{Page: *p}}
	v.Form = &kit.Form{
		Title: v.T("stepup.title"), Lead: v.T("stepup.lead"), Action: site.StepUp, Submit: v.T("stepup.submit"), Fields: []kit.Field{kit.CodeField(p)},
		Links: []kit.Link{{Href: p.Next, Text: v.T("stepup.cancel")}},
	}
	if request != "" {
		v.Form.Lead = v.T("stepup.waiting")
		v.Form.Action = site.With(site.StepUp, url.Values{"request": {request}})
	}
	v.Title, v.Notice = v.Form.Title, eidNotice(p, c.Query("why"))
	if len(keyring.Passkeys) > 0 {
		v.Passkey = provePasskeyPath
	}
	v.EIDs, err = h.stepUpTabs(c, actor, &v.Page, request)
	return v, err
}

// stepUpPage asks a signed-in person to confirm a factor again before a change that matters.
func (h *Handlers) stepUpPage(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	p.Next = kit.SafeNext(c.Query("next"))
	v, err := h.newStepUpView(c, actor, p, c.Query("request"))
	if err != nil {
		return err
	}
	return h.Send(c, fiber.StatusOK, "prove", v)
}

func (h *Handlers) stepUp(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	p.Next = kit.SafeNext(c.FormValue("next"))
	token, err := h.Factors.StepUp(c.UserContext(), actor, h.Visitor(c), c.FormValue("code"))
	if err != nil {
		v, viewErr := h.newStepUpView(c, actor, p, c.Query("request"))
		if viewErr != nil {
			return viewErr
		}
		return h.SendFormErrorOn(c, v, v.Form, "prove", err)
	}
	h.RenewSession(c, actor, token)
	address, err := h.proven(c, actor, token, p.Next, c.Query("request"))
	if err != nil {
		return err
	}
	return c.Redirect(address, fiber.StatusSeeOther)
}

// proven carries out the request that waited for a proof, and returns the address at which its outcome is shown. Without
// such a request, that is next.
func (h *Handlers) proven(c *fiber.Ctx, actor access.Principal, token seal.Token, next, request string) (string, error) {
	waited, err := h.Requests.CarryOut(c, actor, token, request)
	if err != nil || !waited {
		return next, err
	}
	return site.Returning(provenPath, next), nil
}

// provenPage says what was done after a proof. What was typed for it is no longer kept in the tab.
func (h *Handlers) provenPage(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	next := kit.SafeNext(c.Query("next"))
	out, err := h.Requests.TakeOutcome(c, actor)
	switch {
	case err != nil:
		return err
	case out == nil:
		return c.Redirect(next, fiber.StatusSeeOther)
	case out.Page != "":
		c.Set(fiber.HeaderCacheControl, "no-store")
		c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
		return c.Status(out.Status).SendString(out.Page)
	}
	end := kit.Done{Title: p.T("stepup.done"), Text: p.T(doneKey(out)), Href: next, Go: p.T("stepup.back")}
	if out.Fault != nil {
		end.Title, end.Text = p.T("stepup.undone"), p.Fault(out.Fault)
	} else {
		p.Forget = next
	}
	return h.SendDone(c, p, end)
}

// doneKey returns the key of the text that says what a request has done.
func doneKey(out *resume.Outcome) string {
	switch out.Path {
	case api.SaveProfile.Path:
		return "profile.saved"
	case api.ChangeEmail.Path:
		return "profile.email.sent"
	case api.Erase.Path:
		return "stepup.done.erasure"
	case api.Invite.Path:
		return "people.invited"
	case api.RemovePerson.Path:
		return "people.removed"
	case api.ChangeRole.Path:
		return "people.changed"
	case api.Withdraw.Path:
		return "people.withdrawn"
	case removePasskeyPath:
		return "stepup.done.passkey"
	case removeTextPath:
		return "stepup.done.text"
	}
	return "stepup.done.request"
}
