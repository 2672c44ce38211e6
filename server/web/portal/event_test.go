package portal_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"bompass/server/access"
	"bompass/server/web"
	"bompass/server/web/webtest"
	"bompass/shared/api"
)

func TestEventsEndWithSession(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	lines := v.OpenEventStream()
	if first := <-lines; !strings.HasPrefix(first, "retry: ") {
		t.Errorf("first line: %q", first)
	}
	h.Live.Publish(1440)
	if got, want := <-lines, `data: {"kind":"passage","lines":null,"balance":1440}`; got != want {
		t.Errorf("event: got %q, want %q", got, want)
	}
	if p := v.Do(http.MethodPost, api.Logout.Path, "{}"); p.StatusCode != http.StatusOK {
		t.Fatalf("logout: %d", p.StatusCode)
	}
	for line := range lines { // must end, and tell nothing more
		t.Errorf("after logout: %q", line)
	}
}

func TestEventsEndWithServer(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	h := webtest.New(t, func(d *web.Deps) { d.Context = ctx })
	v := h.SignIn(webtest.Kari)
	lines := v.OpenEventStream()
	<-lines
	stop()
	for line := range lines {
		t.Errorf("after the server's end: %q", line)
	}
	if p := v.Get(api.Me.Path); p.StatusCode != http.StatusOK {
		t.Errorf("a request that came in while stopping: got %d", p.StatusCode)
	}
}

func TestOpenStreamDoesNotProlongSession(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	h.Advance(access.SessionIdle - time.Minute)
	<-v.OpenEventStream()
	h.Advance(2 * time.Minute)
	if p := v.Get(api.Me.Path); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("got %d, want 401", p.StatusCode)
	}
}

func TestStreamsPerSessionAreLimited(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	first := v.OpenEventStream()
	<-first
	for range 8 {
		<-v.OpenEventStream()
	}
	for line := range first { // the oldest ends
		t.Errorf("first stream: %q", line)
	}
	if p := v.Do(http.MethodHead, api.Events.Path, ""); p.StatusCode != http.StatusOK || p.Body != "" {
		t.Errorf("head: got %d %q", p.StatusCode, p.Body)
	}
}

// Nothing is sent after the role was withdrawn, on whichever server that was done.
func TestEventsEndWithTheRight(t *testing.T) {
	for name, change := range map[string]string{
		"another role":   "update account_party set role = 'driver' where account_id = (select id from account where email = 'nils@fjordfrakt.example')",
		"no role":        "delete from account_party where account_id = (select id from account where email = 'nils@fjordfrakt.example')",
		"role has ended": "update account_party set until = now() - interval '1 day' where account_id = (select id from account where email = 'nils@fjordfrakt.example')",
	} {
		t.Run(name, func(t *testing.T) {
			h := webtest.New(t)
			v := h.SignIn("nils@fjordfrakt.example")
			lines := v.OpenEventStream()
			<-lines
			h.Live.Publish(1440)
			if got := <-lines; !strings.HasPrefix(got, "data: ") {
				t.Fatalf("with the role: %q", got)
			}
			h.Exec(change)
			h.Live.Publish(1480)
			for line := range lines {
				t.Errorf("without the role: %q", line)
			}
		})
	}
}
