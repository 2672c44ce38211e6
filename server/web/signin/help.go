package signin

import (
	"github.com/gofiber/fiber/v2"

	"bompass/server/web/kit"
)

// helpPart is one part of the page of help with signing in.
type helpPart struct{ ID, Title, Text string }

// helpView is the content of the page of help with signing in.
type helpView struct {
	kit.Page
	Help []helpPart
}

// helpPage explains signing in and out to everybody, with a menu of its parts, S2.13 and S3.01.
func (h *Handlers) helpPage(c *fiber.Ctx) error {
	p, err := h.PublicPage(c)
	if err != nil {
		return err
	}
	v := &helpView{Page: *p}
	v.Title = v.T("help.title")
	for _, id := range []string{"eid", "choices", "foreign", "sweden", "first", "company", "stuck", "logout", "browser"} {
		v.Help = append(v.Help, helpPart{ID: id, Title: v.T("help." + id + ".title"), Text: v.T("help."+id+".text", "phones", v.ServicePhones())})
	}
	return h.Send(c, fiber.StatusOK, "help", v)
}
