// Package welcome has the pages that ask people after signing in for what is missing before they get in: contact
// details, consents, the code of the mobile number, and whether they are customers already.
package welcome

import (
	"context"
	"embed"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/person"
	"bompass/server/web/kit"
	"bompass/shared/api"
	"bompass/shared/role"
	"bompass/shared/site"
)

//go:embed page/*.html
var pageFiles embed.FS

// People knows what is missing from people and stores what they give.
type People interface {
	Requirements(ctx context.Context, actor access.Principal) (person.Requirements, error)
	CompleteOnboarding(ctx context.Context, actor access.Principal, given person.OnboardingDetails) (person.OnboardingResult, error)
	MarkCustomerAsked(ctx context.Context, actor access.Principal) error
	MobileConfirmer
}

// MobileConfirmer confirms mobile numbers by codes.
type MobileConfirmer interface {
	ConfirmsMobile() bool
	Profile(ctx context.Context, actor access.Principal) (api.ProfileReply, error)
	SendCode(ctx context.Context, actor access.Principal, channel string) error
	ConfirmCode(ctx context.Context, actor access.Principal, req api.ConfirmRequest) (api.ProfileReply, error)
	ChangeMobile(ctx context.Context, actor access.Principal, mobile string) error
}

// Deps is what the pages need.
type Deps struct {
	*kit.Kit
	Access *access.Service
	People People
}

// Handlers answers the routes of this package.
type Handlers struct{ Deps }

// New returns the handlers, after it has parsed their pages.
func New(d Deps) (*Handlers, error) {
	if err := kit.Require(map[string]bool{"access": d.Access != nil, "people": d.People != nil}); err != nil {
		return nil, err
	}
	return &Handlers{d}, d.LoadPages(pageFiles)
}

// Mount adds the routes of this package.
func (h *Handlers) Mount(app *fiber.App) {
	app.Get(site.Welcome, h.SignedIn(h.welcomePage, site.Welcome))
	app.Post(site.Welcome, h.SignedIn(h.welcome, site.Welcome))
	app.Get(mobilePath, h.SignedIn(h.mobilePage, mobilePath))
	app.Post(mobilePath, h.SignedIn(h.confirmMobile, mobilePath))
	app.Post(resendMobilePath, h.SignedIn(h.resendMobileCode, mobilePath))
	app.Post(changeMobilePath, h.SignedIn(h.changeMobile, mobilePath))
	app.Get(site.BecomeCustomer, h.SignedIn(h.customerPage))
	app.Post(site.BecomeCustomer, h.SignedIn(h.answerCustomer))
}

// isPersonal reports whether a page is the person's own: people who have agreed to nothing can still see, take
// out and erase what is stored about them, and sign out.
func isPersonal(path string) bool { return path == site.Profile || path == site.Sessions }

// Onboarding returns where a person must go before a page of the program. It returns an empty path when nothing
// is missing, S2.18, S1.09.
func (h *Handlers) Onboarding(ctx context.Context, actor access.Principal, path string) (string, error) {
	if isPersonal(path) {
		return "", nil
	}
	missing, err := h.People.Requirements(ctx, actor)
	switch {
	case err != nil:
		return "", err
	case missing.NeedsForm():
		return site.Welcome, nil
	case missing.MobileCode:
		return mobilePath, nil
	case path == site.Overview && !actor.Role.May(role.SeeOverview): // a driver sees passages only
		return site.Passages, nil
	case missing.Customer && path != site.NewAgreement && path != site.AgreementReceipt:
		return site.BecomeCustomer, nil
	}
	return "", nil
}
