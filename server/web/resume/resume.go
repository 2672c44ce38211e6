// Package resume keeps a request that needs a recent proof of who the person is, and carries it out when the proof has
// been given, so that nothing that was typed is lost. It is the one way of all routes that ask for such a proof.
//
// A request is kept sealed for a short time, bound to the session and the person. Whoever gives the proof names the
// request, so that one which was left alone is never carried out with a later proof. Passwords and codes are not kept.
package resume

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/web/kit"
	"bompass/shared/fault"
	"bompass/shared/site"
)

// requestMax is how long a request waits for the proof.
const requestMax = 10 * time.Minute

// Requests keeps and carries out requests.
type Requests struct {
	Kit   *kit.Kit
	Store access.Ceremonies
}

// request is a kept request.
type request struct {
	ID, Path, Type, Body string
}

// Outcome is what became of a kept request.
type Outcome struct {
	Path   string       // of the request
	Fault  *fault.Error // why it was not done; nil if it was
	Page   string       // the page that answers a form, with its status; empty if the form leads to another page
	Status int
}

// Handle keeps the request if the answer asks for a proof, and names it in the answer.
func (r *Requests) Handle(c *fiber.Ctx) error {
	err := c.Next()
	back, asked := kit.StepUpWanted(c)
	api := err != nil && fault.CodeOf(err) == fault.StepUp
	if kit.SafeMethod(c.Method()) || !asked && !api || !keeps(c) {
		return err
	}
	id, keepErr := r.keep(c)
	switch {
	case keepErr != nil:
		return errors.Join(err, keepErr)
	case api:
		return fault.New(fault.StepUp, "request", id)
	}
	return c.Redirect(site.With(site.StepUp, url.Values{"next": {back}, "request": {id}}), fiber.StatusSeeOther)
}

// keeps reports whether a request may be kept: a call of the program, or a form without secrets.
func keeps(c *fiber.Ctx) bool {
	if strings.HasPrefix(c.Path(), "/api/") {
		return true
	}
	return kit.SentByForm(c) && c.FormValue("password") == "" && c.FormValue("code") == ""
}

func (r *Requests) keep(c *fiber.Ctx) (id string, err error) {
	token := r.Kit.SessionToken(c)
	actor, err := r.Kit.CurrentActor(c)
	if err != nil {
		return "", err
	}
	asked := request{ID: rand.Text(), Path: string(c.Request().URI().RequestURI()), Type: c.Get(fiber.HeaderContentType), Body: string(c.Request().Body())}
	sealed, err := r.seal(asked, requestRow(actor))
	if err != nil {
		return "", err
	}
	now := r.Kit.Now()
	return asked.ID, r.Store.SaveCeremony(c.UserContext(), access.CeremonyKey("request", token.Hash()), sealed, now, now.Add(requestMax))
}

// CarryOut sends the kept request of the actor's session again, under the token that the session has since the proof.
// All checks are made again, and the outcome is kept for the next page. It reports false if the session keeps no request
// with the id.
func (r *Requests) CarryOut(c *fiber.Ctx, actor access.Principal, token seal.Token, id string) (bool, error) {
	if id == "" {
		return false, nil
	}
	kept, err := r.take(c, actor)
	if err != nil || kept.ID != id {
		return false, err
	}
	out := r.send(c, kept, token)
	now := r.Kit.Now()
	data, err := r.seal(out, outcomeRow(actor))
	if err != nil {
		return false, err
	}
	return true, r.Store.SaveCeremony(c.UserContext(), access.CeremonyKey("outcome", token.Hash()), data, now, now.Add(requestMax))
}

// take returns the request that the actor's session keeps, and keeps it no longer. It is zero if there is none.
func (r *Requests) take(c *fiber.Ctx, actor access.Principal) (kept request, err error) {
	data, err := r.Store.Ceremony(c.UserContext(), access.CeremonyKey("request", actor.Session), r.Kit.Now(), true)
	if err != nil && fault.CodeOf(err) == fault.SignedOut {
		return kept, nil
	}
	if err != nil {
		return kept, err
	}
	return kept, r.open(data, requestRow(actor), &kept)
}

// TakeOutcome returns the outcome of the request that was carried out for the session, once. It is nil if there is none.
func (r *Requests) TakeOutcome(c *fiber.Ctx, actor access.Principal) (*Outcome, error) {
	data, err := r.Store.Ceremony(c.UserContext(), access.CeremonyKey("outcome", actor.Session), r.Kit.Now(), true)
	if err != nil && fault.CodeOf(err) == fault.SignedOut {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := &Outcome{}
	return out, r.open(data, outcomeRow(actor), out)
}

// The rows that sealed values are bound to.
func requestRow(actor access.Principal) string { return "request of " + string(actor.Account) }
func outcomeRow(actor access.Principal) string { return "outcome of " + string(actor.Account) }

func (r *Requests) seal(value any, row string) ([]byte, error) {
	plain, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("keep request: %w", err)
	}
	sealed, err := json.Marshal(r.Kit.Keys.Seal(plain, row))
	if err != nil {
		return nil, fmt.Errorf("keep request: %w", err)
	}
	return sealed, nil
}

func (r *Requests) open(data []byte, row string, value any) error {
	var sealed seal.Sealed
	if err := json.Unmarshal(data, &sealed); err != nil {
		return fmt.Errorf("kept request: %w", err)
	}
	plain, err := r.Kit.Keys.Open(sealed, row)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(plain, value); err != nil {
		return fmt.Errorf("kept request: %w", err)
	}
	return nil
}

// send handles a request as if the browser had sent it with the session's new token.
func (r *Requests) send(c *fiber.Ctx, kept request, token seal.Token) Outcome {
	var in fasthttp.Request
	c.Request().Header.CopyTo(&in.Header)
	in.Header.SetMethod(fiber.MethodPost)
	in.SetRequestURI(kept.Path)
	in.Header.SetContentType(kept.Type)
	in.Header.Del(fiber.HeaderOrigin)
	in.Header.Set("Sec-Fetch-Site", "same-origin")
	in.Header.Set("X-CSRF-Token", token.CSRF())
	r.Kit.SetRequestToken(&in, token)
	in.SetBodyString(kept.Body)
	if values, err := url.ParseQuery(kept.Body); err == nil && values.Has("csrf") {
		values.Set("csrf", token.CSRF())
		in.SetBodyString(values.Encode())
	}
	var ctx fasthttp.RequestCtx
	ctx.Init(&in, c.Context().RemoteAddr(), nil)
	c.App().Handler()(&ctx)
	path, _, _ := strings.Cut(kept.Path, "?")
	out := Outcome{Path: path, Status: ctx.Response.StatusCode()}
	switch {
	case strings.HasPrefix(path, "/api/") && out.Status/100 != 2:
		out.Fault = &fault.Error{Code: fault.Internal}
		_ = json.Unmarshal(ctx.Response.Body(), out.Fault) // the answer of a proxy is no fault, but there is none
	case strings.HasPrefix(path, "/api/"), out.Status/100 == 3:
	default:
		out.Page = string(ctx.Response.Body())
	}
	return out
}
