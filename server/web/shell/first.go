package shell

import (
	"bytes"
	"context"
	"encoding/json"
	"html"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"bompass/app/page"
	"bompass/server/access"
	"bompass/server/web/kit"
	"bompass/shared/apiclient"
	"bompass/shared/oslo"
)

// FirstAnswer answers a call of the contract that a page makes before it is shown for the first time.
type FirstAnswer func(ctx context.Context, actor access.Principal, path string) (any, error)

// partHeader marks the requests with which the service worker asks for the first screen alone: it has the rest.
const partHeader = "X-Bompass-Part"

// screen is the first screen of a person: what the body of the page shows, and the answers it was made from. The
// program begins with the same answers, so it shows the same.
type screen struct {
	body    string
	answers []sentAnswer
}

// sentAnswer is the answer to a call, as JSON.
type sentAnswer struct {
	path string
	body []byte
}

// firstScreen renders a page for the person signed in, with the page's own code and the answers to the calls that it
// makes. It returns nil if the page is to be sent without anything of the person.
func (h *Handlers) firstScreen(c *fiber.Ctx, actor access.Principal) (found *screen) {
	if c.Cookies(apiclient.LeavingCookie) != "" || !isPlainQuery(string(c.Request().URI().QueryString())) {
		return nil
	}
	defer func() {
		if cause := recover(); cause != nil { // the program shows the page all the same
			h.Log.Error("first screen", "trace", kit.TraceOf(c), "path", c.Path(), "error", cause)
			found = nil
		}
	}()
	s := &screen{}
	written := page.HTML(page.Visit{
		Path: c.Path(), Query: string(c.Request().URI().QueryString()), Scheme: kit.ColorScheme(c), Contact: h.Contact,
		Answer: func(path string) ([]byte, bool) { return s.answer(c.UserContext(), h.FirstAnswer, actor, path) },
	}, h.Now)
	ok := false
	if s.body, ok = markup(written); !ok || s.body == "" || len(s.answers) == 0 {
		return nil
	}
	return s
}

// answer answers a call, and keeps the answer for the program.
func (s *screen) answer(ctx context.Context, first FirstAnswer, actor access.Principal, path string) ([]byte, bool) {
	reply, err := first(ctx, actor, path)
	if err != nil {
		return nil, false // the program asks again, and shows why there is no answer
	}
	body, err := json.Marshal(reply)
	if err != nil {
		return nil, false
	}
	s.answers = append(s.answers, sentAnswer{path, body})
	return body, true
}

// isPlainQuery reports whether a query has nothing but dates. A stranger could choose others, to guess from the size of the
// page what it holds.
func isPlainQuery(query string) bool {
	values, err := url.ParseQuery(query)
	for name, list := range values {
		if name != "from" && name != "to" {
			return false
		}
		for _, text := range list {
			if _, bad := oslo.ParseDay(text); bad != nil {
				return false
			}
		}
	}
	return err == nil
}

// html returns the body of the page with the answers. JSON has no "<" as encoding/json writes it, so no answer ends
// its element.
func (s *screen) html() []byte {
	var b bytes.Buffer
	b.WriteString("\n" + s.body + "\n")
	for _, a := range s.answers {
		b.WriteString(`<script type="application/json" data-answer="` + html.EscapeString(a.path) + `">`)
		b.Write(a.body)
		b.WriteString("</script>\n")
	}
	return b.Bytes()
}

// insert returns the program's page with the first screen in the place of the empty one.
func (s *screen) insert(frame []byte) []byte {
	begin := bytes.Index(frame, []byte("<body"))
	if begin < 0 {
		return frame
	}
	open := bytes.IndexByte(frame[begin:], '>')
	end := bytes.Index(frame[begin:], []byte("<aside"))
	if open < 0 || end < open {
		return frame
	}
	return slices.Concat(frame[:begin+open+1], s.html(), frame[begin+end:])
}
