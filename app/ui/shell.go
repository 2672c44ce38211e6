package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Shell is the frame of every page.
type Shell struct {
	Brand        string
	Skip         string
	NavName      string
	Nav          []NavItem
	Account      *Account // nil until it is known
	Login        *NavItem // the way in, for those who are not signed in
	Picker       *Picker  // what the page is about, where there is a choice
	Banner       string
	Announcement string // told to screen readers as it changes
	Footer       Footer
	Body         []app.UI
	Toasts       []Toast
	Dialog       app.UI // closed until it is asked
	Changed      Action // told when something on the page is changed
}

// NavItem is one place to go.
type NavItem struct {
	Href, Text string
	Icon       Icon
	Current    bool
}

// Account is the person signed in, and the menu under the name.
type Account struct {
	Name        string // on the button
	Lead        string // "Signed in as"
	Person      string
	OnBehalf    string // "On behalf of …"; empty when the person acts for themselves
	Switch      string // to the page where another party is chosen; empty when there is none
	SwitchHref  string
	Links       []NavItem // pages about the person
	Logout      string
	OnLogout    Action
	LogoutError string // why logging out did not work
}

// Footer is the bottom of every page.
type Footer struct {
	LanguageName string
	Languages    []Language
	SchemeName   string
	Schemes      []ColorScheme
	Help         string
	HelpHref     string
}

// Picker is a choice that holds for the whole page, such as one of several agreements.
type Picker struct {
	Label   string // read out, not shown
	Current string
	Options []Option
	Do      Action
}

// maybe is the picker, and nothing where there is none.
func (p *Picker) maybe() app.UI {
	if p == nil {
		return app.Elem("div")
	}
	return app.Elem("div").Class("bp-picker").Body(Field{ID: "picker", Label: p.Label}.Select(p.Current, p.Options, p.Do))
}

// ColorScheme is a way of colouring the pages to choose: light, dark, or as the device has it.
type ColorScheme struct {
	Code, Name string
	Current    bool
	Do         Action
}

// Language is one to choose.
type Language struct {
	Code, Name string
	Current    bool
	Do         Action
}

// MenuID is the name menu's id, for closing it.
const MenuID = "who-menu"

// UI puts the shell around the page's body.
func (s Shell) UI() app.UI {
	return app.Elem("div").Class("bp-app").Body(
		app.A().Class("ds-skip-link").Href("#main").Text(s.Skip),
		s.header(),
		s.nav(),
		app.Elem("main").ID("main").TabIndex(-1).Class("bp-main").On("input", s.Changed.handler(), s.Changed.key).Body(
			app.Elem("div").Role("status").Class("bp-banner").Body(app.If(s.Banner != "", app.Elem("p").Text(s.Banner))),
			app.Elem("div").Class("bp-page").Body(s.Body...),
		),
		s.foot(),
		app.Elem("div").Role("status").Class("ds-sr-only").Text(s.Announcement),
		Toasts(s.Toasts...),
		s.Dialog,
	)
}

// NeutralShell is the frame of the first paint: the same for everyone, without names or amounts. A page
// may begin with what it is called and is about; otherwise nothing says which page is coming.
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
		app.If(s.Picker != nil, s.Picker.maybe()),
		app.Elem("div").Class("bp-who").Body(s.who()),
	)
}

func (s Shell) who() app.UI {
	switch {
	case s.Account != nil:
		return s.Account.ui()
	case s.Login != nil:
		return app.A().Class("ds-button").DataSet("variant", "secondary").Href(s.Login.Href).Text(s.Login.Text)
	}
	return Skeleton("bp-bone-name")
}

func (w *Account) ui() app.UI {
	return app.Elem("div").Class("bp-who-in").Body(
		app.Button().Type("button").ID("who").Class("bp-who-button").Attr("popovertarget", MenuID).Body(
			app.Elem("span").Class("bp-initial").Aria("hidden", "true").Text(initial(w.Name)),
			app.Elem("span").Class("bp-who-name").Text(w.shown()),
			IconDown.UI(),
		),
		app.Elem("div").ID(MenuID).Class("bp-menu").Attr("popover", "auto").Body(
			app.Elem("p").Class("bp-quiet").Text(w.Lead),
			app.Elem("p").Class("bp-menu-name").Text(w.Person),
			app.If(w.OnBehalf != "", app.Elem("p").Text(w.OnBehalf)),
			app.If(w.Switch != "", app.Elem("p").Body(app.A().Class("ds-link").Href(w.SwitchHref).Text(w.Switch))),
			app.Elem("ul").Class("bp-menu-own").Body(w.own()...),
			app.If(w.LogoutError != "", Alert("danger", "", w.LogoutError)),
			Button("secondary", w.Logout, w.OnLogout, IconLeave).ID("logout"),
		),
	)
}

func (w *Account) own() (list []app.UI) {
	for _, item := range w.Links {
		list = append(list, app.Elem("li").Body(app.A().Class("ds-link").Href(item.Href).Text(item.Text)))
	}
	return list
}

// shown is who is signed in and, when that is another, who is represented: always in sight.
func (w *Account) shown() string {
	if w.OnBehalf == "" || w.Person == "" {
		return w.Name
	}
	return w.Person + " · " + w.Name
}

func initial(name string) string {
	for _, r := range name {
		return string(r)
	}
	return ""
}

func (s Shell) nav() app.UI {
	items := make([]app.UI, 0, len(s.Nav))
	for _, item := range s.Nav {
		link := app.A().Href(item.Href).Body(item.Icon.UI(), app.Elem("span").Text(item.Text))
		if item.Current {
			link = link.Aria("current", "page")
		}
		items = append(items, app.Elem("li").Body(link))
	}
	return app.Elem("nav").Class("bp-nav").Aria("label", s.NavName).Body(app.Elem("ul").Body(items...))
}

func (s Shell) foot() app.UI {
	languages := make([]app.UI, 0, len(s.Footer.Languages))
	for _, l := range s.Footer.Languages {
		languages = append(languages, choice(app.Button().Lang(l.Code), l.Name, l.Current, l.Do))
	}
	schemes := make([]app.UI, 0, len(s.Footer.Schemes))
	for _, c := range s.Footer.Schemes {
		schemes = append(schemes, choice(app.Button().ID("scheme-"+c.Code), c.Name, c.Current, c.Do))
	}
	return app.Elem("footer").Class("bp-foot").Body(
		app.Elem("nav").Class("bp-languages").Aria("label", s.Footer.LanguageName).Body(app.Elem("ul").Body(languages...)),
		app.Elem("nav").Class("bp-languages").Aria("label", s.Footer.SchemeName).Body(app.Elem("ul").Body(schemes...)),
		app.Elem("p").Body(app.A().Class("ds-link").Href(s.Footer.HelpHref).Text(s.Footer.Help)),
	)
}

func choice(button app.HTMLButton, name string, here bool, do Action) app.UI {
	button = button.Type("button").Text(name).OnClick(do.handler(), do.key)
	if here {
		button = button.Aria("current", "true")
	}
	return app.Elem("li").Body(button)
}
