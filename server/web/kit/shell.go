package kit

import (
	"context"
	"html/template"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/ident"
	"bompass/shared/menu"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// OtherParties returns the parties that a person can switch to, as far as they are stored.
type OtherParties func(ctx context.Context, actor access.Principal) ([]api.PartyChoice, error)

// partiesMax is the maximum number of parties in the menu; the page of parties has all of them.
const partiesMax = 6

// Shell is the frame that the program draws around its pages, around a page of the server: header, menus and footer.
type Shell struct {
	Nav      []NavItem
	More     []NavItem // behind the last button of a phone's bar
	MoreHere bool      // the page is one of those
	Account  *Account  // nil for visitors
}

// NavItem is a link of a menu.
type NavItem struct {
	Href, Text string
	Tail       string // what the text goes on with where there is room
	Icon       template.HTML
	Current    bool
	Rest       bool // not in the bar of a phone
}

// Account is the menu under the name of the person signed in.
type Account struct {
	Label, Initial   string // on the button
	Person, OnBehalf string
	Others           []partyItem
	Choose           bool // there is a page of parties
	Personal         []NavItem
}

// partyItem is a party that the person can switch to.
type partyItem struct{ Key, Name, Detail string }

// Drawings returns the drawings of the frame by name.
func (s *Shell) Drawings() map[string]template.HTML {
	return map[string]template.HTML{
		"brand": drawing(menu.IconBrand), "down": drawing(menu.IconDown), "leave": drawing(menu.IconLeave), "more": drawing(menu.IconMore),
	}
}

// drawing returns an icon as markup, which it is: all icons are constants.
func drawing(icon menu.Icon) template.HTML { return template.HTML(icon) } //nolint:gosec // a constant

// newShell returns the frame for a reader of the page at a path.
func newShell(p *Page, reader menu.Reader, path string) *Shell {
	items := menu.Main(reader)
	s := &Shell{}
	bar, current := menu.Bar(items), menu.Current(path)
	for i, item := range items {
		link := NavItem{Href: item.Href, Text: p.T(item.Text), Icon: drawing(item.Icon), Current: item.Href == current, Rest: i >= bar}
		if item.Tail != "" {
			link.Tail = p.T(item.Tail)
		}
		s.Nav = append(s.Nav, link)
		if link.Rest {
			s.More = append(s.More, link)
			s.MoreHere = s.MoreHere || link.Current
		}
	}
	return s
}

// accountMenu returns the menu under the name of the actor.
func (k *Kit) accountMenu(c *fiber.Ctx, actor access.Principal, p *Page, reader menu.Reader) (*Account, error) {
	person, name := DisplayName(p.Words, actor.Person), DisplayName(p.Words, actor.Name)
	a := &Account{Label: name, Initial: firstLetter(name), Person: person, Choose: k.Others != nil}
	if person != name {
		a.Label, a.OnBehalf = person+" · "+name, p.T("app.behalf", "name", name)
	}
	for _, item := range menu.Personal(reader) {
		a.Personal = append(a.Personal, NavItem{Href: item.Href, Text: p.T(item.Text), Current: item.Href == c.Path()})
	}
	if k.Others == nil {
		return a, nil
	}
	others, err := k.Others(c.UserContext(), actor)
	for _, other := range others[:min(partiesMax, len(others))] {
		item := partyItem{Key: other.Key, Name: other.Name, Detail: ident.FormatOrganisation(other.Number)}
		if other.Own {
			item.Detail = p.T("party.own")
		}
		a.Others = append(a.Others, item)
	}
	return a, err
}

// DisplayName returns a name, or the word for a new user when the name is still missing.
func DisplayName(words *i18n.Words, name string) string {
	if name == "" {
		return words.T("eid.new.person")
	}
	return name
}

func firstLetter(name string) string {
	for _, r := range name {
		return string(r)
	}
	return ""
}

// SignedInPage returns a page in the language of the actor's account, with the session's token and in the frame of the
// program.
func (k *Kit) SignedInPage(c *fiber.Ctx, actor access.Principal) (*Page, error) {
	p := k.pageIn(actor.Language)
	p.CSRF, p.Owner, p.Self = numbered(actor.CSRF), k.Keys.OwnerTag(string(actor.Account)), ownAddress(c)
	p.contact = k.ContactOf(c.UserContext(), actor)
	reader := menu.Reader{SignedIn: true, Role: actor.Role, Company: actor.Kind == toll.Company}
	p.Shell = newShell(p, reader, c.Path())
	account, err := k.accountMenu(c, actor, p, reader)
	p.Shell.Account = account
	return p, err
}

// PublicPage returns a page that everybody may open, in the frame of the program. Visitors are offered to sign in.
func (k *Kit) PublicPage(c *fiber.Ctx) (*Page, error) {
	actor, err := k.CurrentActor(c)
	if err == nil {
		return k.SignedInPage(c, actor)
	}
	if fault.CodeOf(err) != fault.SignedOut {
		return nil, err
	}
	k.SavePreferences(c)
	p := k.NewPage(c)
	p.Self, p.Program = c.Path(), ""
	p.Shell = newShell(p, menu.Reader{}, c.Path())
	return p, nil
}

// Restrict leaves only the pages in the menu that are open to everybody, for people who must answer questions before
// they may open the others.
func (p *Page) Restrict() {
	p.Shell.Nav, p.Shell.More = newShell(p, menu.Reader{}, "").Nav, nil
}

// ownAddress returns the address to come back to after a choice of language: of the page itself, or of the page whose
// form was sent. It is empty if that is not known.
func ownAddress(c *fiber.Ctx) string {
	if SafeMethod(c.Method()) {
		return SafeReturn(c.OriginalURL())
	}
	from, err := url.Parse(c.Get(fiber.HeaderReferer))
	if err != nil || !strings.EqualFold(from.Host, string(c.Request().Header.Host())) {
		return ""
	}
	return SafeReturn(from.RequestURI())
}

// SafeReturn is SafeNext for the choice of language, which may lead back to the page of a factor's proof, too.
func SafeReturn(address string) string {
	if u, err := url.Parse(address); err == nil && u.Path == site.StepUp {
		return WithNext(site.StepUp, u.Query().Get("next"))
	}
	return SafeNext(address)
}
