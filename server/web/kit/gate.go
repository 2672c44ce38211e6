package kit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/shared/api"
	"bompass/shared/apiclient"
	"bompass/shared/fault"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// Sessions finds the person whose session a token opens.
type Sessions interface {
	Authenticate(ctx context.Context, token seal.Token) (access.Principal, error)
	Peek(ctx context.Context, token seal.Token) (access.Principal, error) // does not prolong the session
	RequireStepUp(actor access.Principal) error
}

// Details checks that a person has given the details that everybody must give.
type Details interface {
	RequireDetails(actor access.Principal) error
}

// Mandates checks that a person may still act for a company by a register's mandate.
type Mandates interface {
	RequireMandate(ctx context.Context, actor access.Principal) error // needs a recent answer of the register
	// accepts its last answer while it is unavailable
	RequireRecentMandate(ctx context.Context, actor access.Principal) error
}

// Authorize returns a fault if the caller may not call the endpoint. For a person, the role must have the
// endpoint's right; for all that is not the person's own, the privacy statement must be accepted (S4.28) and no
// detail may be missing (S2.18, S4.15); and a mandate must still be valid: what binds the customer needs a recent
// answer of the register.
func (k *Kit) Authorize(ctx context.Context, caller Caller, e api.Endpoint) error {
	if e.Access == api.Public {
		return nil
	}
	if caller.Kind.access() != e.Access {
		if caller.Kind == Anonymous {
			return fault.New(fault.SignedOut)
		}
		return fault.New(fault.Refused)
	}
	if caller.Kind != Person {
		return nil
	}
	if !caller.Person.Role.May(e.Right) {
		return fault.New(fault.Refused)
	}
	if e.Right != role.SeeOwn {
		if caller.Person.Privacy != toll.ConsentVersion(toll.ConsentPrivacy) {
			return fault.New(fault.ConsentNeeded).At(string(toll.ConsentPrivacy))
		}
		if err := k.details.RequireDetails(caller.Person); err != nil {
			return err
		}
	}
	if k.mandates == nil {
		return nil
	}
	// Reading may continue for a while when the register of mandates does not respond.
	if SafeMethod(e.Method) || e.Right == role.SeeOwn {
		return k.mandates.RequireRecentMandate(ctx, caller.Person)
	}
	return k.mandates.RequireMandate(ctx, caller.Person)
}

// Admit returns the actor of a request to a customer's endpoint, if the request comes from our own page, has
// an open session, carries its token if it changes something, and is authorized.
func (k *Kit) Admit(c *fiber.Ctx, e api.Endpoint) (access.Principal, error) {
	actor, err := k.SignedInActor(c)
	if err != nil {
		return access.Principal{}, err
	}
	c.Set(apiclient.ActorHeader, ActorName(actor))
	return actor, k.Authorize(c.UserContext(), Caller{Kind: Person, Person: actor}, e)
}

// ActorName names a person, the party and the role in which they act, without revealing any.
func ActorName(actor access.Principal) string {
	sum := sha256.Sum256([]byte("actor\x00" + string(actor.Account) + "\x00" + string(actor.Customer) + "\x00" + string(actor.Role)))
	return hex.EncodeToString(sum[:8])
}

// SignedInActor returns the actor of a request that comes from our own page, has an open session and, if it
// changes something, carries the session's token. It checks no right.
func (k *Kit) SignedInActor(c *fiber.Ctx) (access.Principal, error) {
	if err := k.RequireSameSite(c); err != nil {
		return access.Principal{}, err
	}
	actor, err := k.CurrentActor(c)
	if err != nil {
		return access.Principal{}, err
	}
	if !SafeMethod(c.Method()) && !actor.CSRFMatches(formToken(c.Get("X-CSRF-Token"))) {
		return access.Principal{}, CrossSite()
	}
	return actor, nil
}

// CurrentActor returns the actor of the session that the request carries. It checks neither where the request
// comes from nor a right.
func (k *Kit) CurrentActor(c *fiber.Ctx) (access.Principal, error) {
	find := k.sessions.Authenticate
	if SafeMethod(c.Method()) && c.Get(apiclient.BackgroundHeader) != "" {
		find = k.sessions.Peek
	}
	actor, err := find(c.UserContext(), k.SessionToken(c))
	if err == nil {
		noteActor(c, actor)
	}
	return actor, err
}
