package web

import "github.com/gofiber/fiber/v2"

// helpPart is one part of the page of help with signing in.
type helpPart struct{ ID, Title, Text string }

// helpPage explains signing in and out to everybody, with a menu of its parts, S2.13 and S3.01.
func (s *server) helpPage(c *fiber.Ctx) error {
	s.chooseLanguage(c)
	v := s.view(c)
	v.Title, v.Program, v.Self = v.T("help.title"), "", helpPath
	for _, id := range []string{"eid", "choices", "foreign", "sweden", "first", "company", "stuck", "logout", "browser"} {
		v.Help = append(v.Help, helpPart{ID: id, Title: v.T("help." + id + ".title"), Text: v.T("help."+id+".text", "phones", servicePhones)})
	}
	return s.pages.send(c, fiber.StatusOK, "help", v)
}
