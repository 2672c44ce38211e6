package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Shell is the layout of every page: header, navigation, body and footer.
type Shell struct {
	Brand        string
	Skip         string
	NavName      string
	Nav          []NavItem
	Bar          int      // how many of Nav stand in the bar of a phone; the rest are behind its last button
	More         string   // the text of that button
	Account      *Account // nil until the person is known
	Login        *NavItem // the link to sign in, nil for people who are signed in
	Picker       *Picker  // nil on pages without a choice
	Filter       *Filter  // nil on pages that show everything
	Banner       string
	Announcement string // read out by screen readers when it changes
	Footer       Footer
	Body         []app.UI
	Toasts       []Toast
	Dialog       app.UI // closed until OpenDialog
	Changed      Action // when something in a form is changed
}

// NavItem is a link of the navigation.
type NavItem struct {
	Href, Text string
	Tail       string // what the text goes on with where there is room
	Icon       Icon
	Current    bool
}

// Account is the menu of the person signed in.
type Account struct {
	Name        string // on the button
	Lead        string // "Signed in as"
	Person      string
	OnBehalf    string    // "On behalf of …"; empty when the person acts for themselves
	Switch      *Switch   // nil for people who cannot act for others
	Links       []NavItem // pages about the person
	Logout      string
	OnLogout    Action
	LogoutError string // why logging out failed
}

// Switch is the part of the account menu in which the person chooses another party to act for. The choice is a form
// of the server.
type Switch struct {
	Lead    string // "Switch to"
	Parties []Party
	Action  string // address of the form
	Token   string // that the form must carry
	All     NavItem
}

// Party is a party that the person can act for.
type Party struct{ Key, Name, Detail string }

// Footer is the footer of every page.
type Footer struct {
	LanguageName string
	Languages    []Language
	SchemeName   string
	Schemes      []ColorScheme
	LinksName    string
	Links        []FootLink // statements of the company, and customer service
}

// FootLink is a link of the footer.
type FootLink struct{ Text, Href string }

// Picker is a choice for the whole page, such as one of several agreements.
type Picker struct {
	Label   string // for screen readers
	Current string
	Options []Option
	Do      Action
}

// ui returns the picker, and an empty element for nil.
func (p *Picker) ui() app.UI {
	if p == nil {
		return app.Elem("div")
	}
	return app.Elem("div").Class("bp-picker").Body(Field{ID: "picker", Label: p.Label}.Select(p.Current, p.Options, p.Do))
}

// Filter says that a page shows a part only, and offers the whole.
type Filter struct {
	Text, All string
	OnAll     Action
}

// ui returns the line, and an empty element for nil.
func (f *Filter) ui() app.UI {
	if f == nil {
		return app.Elem("div")
	}
	return app.Elem("p").Class("bp-filter").Body(app.Elem("span").Text(f.Text), Button("tertiary", f.All, f.OnAll).ID("filter-off"))
}

// ColorScheme is a color scheme to choose: light, dark, or the device's.
type ColorScheme struct {
	Code, Name string
	Current    bool
	Do         Action
}

// Language is a language to choose.
type Language struct {
	Code, Name string
	Current    bool
	Do         Action
}

// The ids of the menus that open, for closing them.
const (
	MenuID = "who-menu"
	MoreID = "more-menu"
)

// UI returns the page's body with the shell around it.
func (s Shell) UI() app.UI {
	return app.Elem("div").Class("bp-app").Body(
		app.A().Class("ds-skip-link").Href("#main").Text(s.Skip),
		s.header(),
		s.nav(),
		app.Elem("main").ID("main").TabIndex(-1).Class("bp-main").On("input", s.Changed.handler(), s.Changed.key).Body(
			app.Elem("div").Role("status").Class("bp-banner").Body(app.If(s.Banner != "", app.Elem("p").Text(s.Banner))),
			s.Filter.ui(),
			app.Elem("div").Class("bp-page").Body(s.Body...),
		),
		s.foot(),
		app.Elem("div").Role("status").Class("ds-sr-only").Text(s.Announcement),
		Toasts(s.Toasts...),
		s.Dialog,
	)
}

// NeutralShell is the layout of the first paint: the same for everyone, without names or amounts. The head is
// the page's title and introduction; without one, nothing says which page is loading.
func NeutralShell(brand, loading string, head ...app.UI) app.UI {
	if len(head) == 0 {
		head = []app.UI{app.Elem("h1").Class("ds-sr-only").Text(brand)}
	}
	return app.Elem("div").Class("bp-app").Body(
		app.Elem("header").Class("bp-header").Body(wordmark(brand), Skeleton("bp-bone-name")),
		app.Elem("div").Class("bp-nav bp-nav-blank"),
		app.Elem("main").Class("bp-main").Body(
			app.Elem("div").Class("bp-banner"),
			app.Elem("div").Class("bp-page").Body(append(head, Loading(loading))...),
		),
	)
}

func wordmark(brand string) app.UI {
	return app.A().Class("bp-brand").Href("/").Body(IconBrand.UI(), app.Elem("span").Text(brand))
}

func (s Shell) header() app.UI {
	return app.Elem("header").Class("bp-header").Body(
		wordmark(s.Brand),
		app.If(s.Picker != nil, s.Picker.ui()),
		app.Elem("div").Class("bp-who").Body(s.account()),
	)
}

// account returns the menu of the person signed in, the link to sign in, or a placeholder while neither is known.
func (s Shell) account() app.UI {
	switch {
	case s.Account != nil:
		return s.Account.ui()
	case s.Login != nil:
		return app.A().Class("ds-button").DataSet("variant", "secondary").Href(s.Login.Href).Text(s.Login.Text)
	}
	return Skeleton("bp-bone-name")
}

// ui returns the button with the person's name and the menu that it opens, a popover of the browser.
func (a *Account) ui() app.UI {
	return app.Elem("div").Class("bp-who-in").Body(
		app.Button().Type("button").ID("who").Class("bp-who-button").Attr("popovertarget", MenuID).Body(
			app.Elem("span").Class("bp-initial").Aria("hidden", "true").Text(initial(a.Name)),
			app.Elem("span").Class("bp-who-name").Text(a.label()),
			IconDown.UI(),
		),
		app.Elem("div").ID(MenuID).Class("bp-menu").Attr("popover", "auto").Body(
			app.Elem("p").Class("bp-quiet").Text(a.Lead),
			app.Elem("p").Class("bp-menu-name").Text(a.Person),
			app.If(a.OnBehalf != "", app.Elem("p").Text(a.OnBehalf)),
			app.If(a.Switch != nil, a.Switch.ui()),
			app.Elem("ul").Class("bp-menu-list").Body(links(a.Links)...),
			app.If(a.LogoutError != "", Alert("danger", "", a.LogoutError)),
			Button("secondary", a.Logout, a.OnLogout, IconLeave).ID("logout"),
		),
	)
}

// ui returns the parties, each with a button that switches to it, and the link to all of them.
func (s *Switch) ui() app.UI {
	if s == nil {
		return app.Elem("div")
	}
	choices := make([]app.UI, 0, len(s.Parties)+1)
	for _, p := range s.Parties {
		choices = append(choices, app.Elem("li").Body(
			app.Button().Type("submit").Name("party").Value(p.Key).Class("bp-menu-party").Body(
				app.Elem("span").Attr("translate", "no").Text(p.Name), app.Elem("span").Class("bp-quiet").Text(p.Detail)),
		))
	}
	return app.Form().Method("post").Action(s.Action).Class("bp-menu-switch").Body(
		app.Input().Type("hidden").Name("csrf").Value(s.Token),
		app.If(len(s.Parties) > 0, app.Elem("p").ID("switch").Class("bp-quiet").Text(s.Lead)),
		app.If(len(s.Parties) > 0, app.Elem("ul").Aria("labelledby", "switch").Body(choices...)),
		app.Elem("p").Body(app.A().Class("ds-link").Href(s.All.Href).Text(s.All.Text)),
	)
}

func links(items []NavItem) (list []app.UI) {
	for _, item := range items {
		link := app.A().Class("ds-link").Href(item.Href)
		if item.Current {
			link = link.Aria("current", "page")
		}
		list = append(list, app.Elem("li").Body(link.Text(item.Text+item.Tail)))
	}
	return list
}

// label returns the text of the menu's button: the person signed in and, when that is another, the party they
// act for.
func (a *Account) label() string {
	if a.OnBehalf == "" || a.Person == "" {
		return a.Name
	}
	return a.Person + " · " + a.Name
}

func initial(name string) string {
	for _, r := range name {
		return string(r)
	}
	return ""
}

// nav returns the navigation between the main pages: a column beside the page, or a bar at the bottom of a phone.
func (s Shell) nav() app.UI {
	items := make([]app.UI, 0, len(s.Nav)+1)
	for i, item := range s.Nav {
		link := app.A().Href(item.Href).Body(item.Icon.UI(), app.Elem("span").Body(app.Text(item.Text), app.If(item.Tail != "", app.Elem("span").Class("bp-nav-tail").Text(item.Tail))))
		if item.Current {
			link = link.Aria("current", "page")
		}
		entry := app.Elem("li").Body(link)
		if i >= s.Bar {
			entry = entry.Class("bp-nav-rest")
		}
		items = append(items, entry)
	}
	if s.Bar < len(s.Nav) {
		items = append(items, s.more())
	}
	return app.Elem("nav").Class("bp-nav").Aria("label", s.NavName).Body(app.Elem("ul").Body(items...))
}

// more returns the last button of a phone's bar and the menu that it opens: the rest of the main pages, and the pages
// about the person.
func (s Shell) more() app.UI {
	button := app.Button().Type("button").ID("more").Attr("popovertarget", MoreID).Body(IconMore.UI(), app.Elem("span").Text(s.More))
	rest := s.Nav[s.Bar:]
	for _, item := range rest {
		if item.Current {
			button = button.Aria("current", "true")
		}
	}
	lists := []app.UI{app.Elem("ul").Class("bp-menu-list").Body(links(rest)...)}
	if s.Account != nil {
		lists = append(lists, app.Elem("ul").Class("bp-menu-list").Body(links(s.Account.Links)...))
	}
	return app.Elem("li").Class("bp-nav-more").Body(button, app.Elem("div").ID(MoreID).Class("bp-menu bp-menu-more").Attr("popover", "auto").Body(lists...))
}

// foot returns the choices of language and colour scheme, and the links to statements and customer service.
func (s Shell) foot() app.UI {
	languages := make([]app.UI, 0, len(s.Footer.Languages))
	for _, l := range s.Footer.Languages {
		languages = append(languages, choice(app.Button().Lang(l.Code), l.Name, l.Current, l.Do))
	}
	schemes := make([]app.UI, 0, len(s.Footer.Schemes))
	for _, c := range s.Footer.Schemes {
		schemes = append(schemes, choice(app.Button().ID("scheme-"+c.Code), c.Name, c.Current, c.Do))
	}
	parts := []app.UI{
		app.Elem("nav").Class("bp-languages").Aria("label", s.Footer.LanguageName).Body(app.Elem("ul").Body(languages...)),
		app.Elem("nav").Class("bp-languages").Aria("label", s.Footer.SchemeName).Body(app.Elem("ul").Body(schemes...)),
	}
	links := make([]app.UI, 0, len(s.Footer.Links))
	for _, link := range s.Footer.Links {
		links = append(links, app.Elem("li").Body(app.A().Class("ds-link").Href(link.Href).Text(link.Text)))
	}
	parts = append(parts, app.Elem("nav").Class("bp-foot-links").Aria("label", s.Footer.LinksName).Body(app.Elem("ul").Body(links...)))
	return app.Elem("footer").Class("bp-foot").Body(parts...)
}

// choice returns a button of a list of choices in the footer.
func choice(button app.HTMLButton, name string, here bool, do Action) app.UI {
	button = button.Type("button").Text(name).OnClick(do.handler(), do.key)
	if here {
		button = button.Aria("current", "true")
	}
	return app.Elem("li").Body(button)
}
