package signin

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/web/kit"
	"bompass/shared/site"
)

// eidView is what the sign-in page offers beside the form.
type eidView struct {
	Tab    string // "se", "number", or empty for the first tab
	Tabs   []tab
	Norway string // address of signing in with a Norwegian eID; empty if there is none
	Sweden string // the same for a Swedish eID
	Old    bool   // the browser cannot run the program, S3.02
}

// tab is a link to a way of signing in, to confirm with or to connect.
type tab struct {
	Href, Text string
	Here       bool // the current tab, or an eID that is connected
}

// newEIDView returns what the sign-in page offers: eID first, S1.02, and a tab for each way, S3.03. It sets the
// page's own address to that of the current tab.
func (h *Handlers) newEIDView(c *fiber.Ctx, v *kit.Page) eidView {
	way := c.Query("way")
	if !kit.SafeMethod(c.Method()) {
		way = c.FormValue("way")
	}
	e := eidView{Old: isOldBrowser(c.Get(fiber.HeaderUserAgent))}
	if h.EID == nil {
		return e
	}
	if h.hasProvider("no") {
		e.Norway = kit.WithNext(eidAddress("no"), v.Next)
	}
	if h.hasProvider("se") {
		e.Sweden = kit.WithNext(eidAddress("se"), v.Next)
	}
	tabs := []struct{ name, text string }{{"", "eid.tab.no"}, {"se", "eid.tab.se"}, {"number", "eid.tab.number"}}
	for _, t := range tabs {
		if t.name == "se" && e.Sweden == "" {
			continue
		}
		here := t.name == way
		if here {
			e.Tab = way
			v.Title = v.T("login.title.tab", "tab", v.T(t.text))
		}
		e.Tabs = append(e.Tabs, tab{Href: tabAddress(t.name, v.Next), Text: v.T(t.text), Here: here})
	}
	if e.Tab == "" {
		e.Tabs[0].Here = true
	} else {
		v.Self = tabAddress(e.Tab, v.Next)
	}
	return e
}

// hasProvider reports whether a provider is configured.
func (h *Handlers) hasProvider(name string) bool {
	p, err := h.EID.Provider(name)
	return err == nil && p.Issuer.ID() != ""
}

func tabAddress(way, next string) string {
	address := kit.WithNext(site.Login, next)
	switch {
	case way == "":
		return address
	case strings.Contains(address, "?"):
		return address + "&way=" + way
	}
	return address + "?way=" + way
}

// stepUpTabs returns the eIDs with which a signed-in person can confirm.
func (h *Handlers) stepUpTabs(c *fiber.Ctx, actor access.Principal, v *kit.Page, request string) (tabs []tab, err error) {
	if h.EID == nil {
		return nil, nil
	}
	names, err := h.EID.ProvidersOf(c.UserContext(), actor.Account)
	for _, name := range names {
		query := url.Values{"prove": {"1"}}
		if v.Next != "" && v.Next != site.Overview {
			query.Set("next", v.Next)
		}
		if request != "" {
			query.Set("request", request)
		}
		address := site.With(eidAddress(name), query)
		tabs = append(tabs, tab{Href: address, Text: v.T("eid.stepup." + name)})
	}
	return tabs, err
}

// connectTabs returns the eIDs that are connected to the account and those that can be.
func (h *Handlers) connectTabs(c *fiber.Ctx, actor access.Principal, v *kit.Page) (tabs []tab, err error) {
	if h.EID == nil {
		return nil, nil
	}
	known, err := h.EID.ProvidersOf(c.UserContext(), actor.Account)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"no", "se"} {
		if h.hasProvider(name) {
			tabs = append(tabs, tab{Href: eidAddress(name) + "?link=1", Text: v.T("eid.connect." + name), Here: slices.Contains(known, name)})
		}
	}
	return tabs, nil
}

// isOldBrowser reports whether a browser cannot run WebAssembly, by its user agent: Internet Explorer, old
// Edge, and browsers that render on a server.
func isOldBrowser(agent string) bool {
	for _, sign := range []string{"MSIE ", "Trident/", "Edge/12.", "Edge/13.", "Edge/14.", "Edge/15.", "Opera Mini/"} {
		if strings.Contains(agent, sign) {
			return true
		}
	}
	return false
}
