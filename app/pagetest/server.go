//go:build !js

package pagetest

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"bompass/assets"
	"bompass/shared/api"
	"bompass/shared/apiclient"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/rating"
	"bompass/shared/role"
	"bompass/shared/tariff"
)

// Server answers the program's calls. Its fields decide what it answers; they are set between calls.
type Server struct {
	Replies   map[string]any // by method and path; an empty reply for those that are not here
	Fault     *fault.Error   // answers every call except api.Me
	Refusal   *fault.Error   // answers every change
	Anonymous bool           // there is no session
	Role      role.Role      // of the person signed in; may do everything when empty
	Person    *api.MeReply   // the person signed in; nil is Kari

	mu    sync.Mutex // a page asks for several things at once
	calls []apiclient.Request
}

// With returns a server with a reply at an endpoint.
func With(e api.Endpoint, reply any) *Server { return new(Server).With(e, reply) }

// With sets the reply of an endpoint.
func (s *Server) With(e api.Endpoint, reply any) *Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Replies == nil {
		s.Replies = map[string]any{}
	}
	s.Replies[e.Method+" "+e.Path] = reply
	return s
}

// Do answers a call.
func (s *Server) Do(_ context.Context, r apiclient.Request) (apiclient.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, r)
	path, _, _ := strings.Cut(r.Path, "?")
	reply, refused := s.Replies[r.Method+" "+path], (*fault.Error)(nil)
	switch {
	case path == api.Me.Path && s.Anonymous:
		refused = fault.New(fault.SignedOut)
	case path == api.Me.Path && s.Person != nil:
		reply = *s.Person
	case path == api.Me.Path:
		reply = api.MeReply{Person: "Kari Lund", Name: "Kari Lund", Customer: fixture.Kari, Language: "nb", CSRF: "token", Role: s.Role}
	case r.Method == "POST" && s.Refusal != nil:
		refused = s.Refusal
	case s.Fault != nil:
		refused = s.Fault
	case reply == nil:
		reply = api.Empty{}
	}
	status := 200
	if refused != nil {
		reply, status = refused, fault.Status(refused.Code)
	}
	body, err := json.Marshal(reply)
	return apiclient.Response{Status: status, Body: body}, err
}

// Calls returns how many calls had an address with this beginning.
func (s *Server) Calls(address string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.calls {
		if strings.HasPrefix(r.Path, address) {
			n++
		}
	}
	return n
}

// Count returns how many calls an endpoint had.
func (s *Server) Count(e api.Endpoint) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.calls {
		if path, _, _ := strings.Cut(r.Path, "?"); path == e.Path && r.Method == e.Method {
			n++
		}
	}
	return n
}

// Sent returns the requests that were sent to an endpoint, first to last.
func Sent[Req any](t *testing.T, s *Server, e api.Endpoint) (sent []Req) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.calls {
		if r.Path != e.Path || r.Method != e.Method {
			continue
		}
		var req Req
		if err := json.Unmarshal(r.Body, &req); err != nil {
			t.Fatalf("%s: %v", e.Name, err)
		}
		sent = append(sent, req)
	}
	return sent
}

// Tariffs returns the published tariffs as the server sends them, and as a plan to rate by.
func Tariffs(t *testing.T) (api.TariffBookReply, *rating.Plan) {
	t.Helper()
	files, err := tariff.Files(assets.Tariff)
	if err != nil {
		t.Fatal(err)
	}
	book, problems := tariff.Read(files)
	plan, err := rating.Compile(book)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	return api.TariffBookReply{Version: tariff.Fingerprint(files), Files: files}, plan
}

// Publish adds a passage event to a window's event stream.
func (s *Screen) Publish(e api.Event) {
	s.t.Helper()
	text, err := json.Marshal(e)
	if err != nil {
		s.t.Fatal(err)
	}
	s.Window.Stream.Message(string(text))
	s.Wait()
}

// Connect interrupts the window's event stream or connects it again.
func (s *Screen) Connect(open bool) {
	s.Window.Stream.Open(open)
	s.Wait()
}
