package kit_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/web/asset"
	"bompass/server/web/kit"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// sessions has one session, whose person has a role.
type sessions struct{ role role.Role }

const token = seal.Token("0123456789012345678901234567890123456789012")

func (s sessions) Authenticate(_ context.Context, got seal.Token) (access.Principal, error) {
	if got != token {
		return access.Principal{}, fault.New(fault.SignedOut)
	}
	return complete(s.role), nil
}

func (s sessions) Peek(ctx context.Context, got seal.Token) (access.Principal, error) {
	return s.Authenticate(ctx, got)
}

func (s sessions) RequireStepUp(access.Principal) error { return nil }

// details requires a mobile number.
type details struct{}

func (details) RequireDetails(actor access.Principal) error {
	if !actor.Contact.Mobile {
		return fault.New(fault.DetailsNeeded)
	}
	return nil
}

// complete returns a person with the role who has given and accepted everything.
func complete(r role.Role) access.Principal {
	return access.Principal{
		Role: r, CSRF: "csrf", Language: "nb", Privacy: toll.ConsentVersion(toll.ConsentPrivacy),
		Contact: access.Contact{Mobile: true},
	}
}

func newKit(t *testing.T) *kit.Kit {
	t.Helper()
	files := fstest.MapFS{}
	names := map[string]string{
		"app.wasm": "a", "bompass.css": "b", "wasm_exec.js": "c", "companion.js": "d", "program.js": "p", "icon/bompass.svg": "e",
	}
	for _, file := range names {
		files[file] = &fstest.MapFile{Data: []byte(file)}
	}
	manifest, err := json.Marshal(names)
	if err != nil {
		t.Fatal(err)
	}
	files["manifest.json"] = &fstest.MapFile{Data: manifest}
	assets, err := asset.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := seal.NewKeys([]byte("a secret of thirty-two bytes, ok"))
	if err != nil {
		t.Fatal(err)
	}
	k, err := kit.New(kit.Config{
		Context: t.Context(), PublicURL: "http://127.0.0.1", Keys: keys, Sessions: sessions{role.Owner},
		Details: details{}, Assets: assets,
		Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// serve runs the routes that mount adds and returns the address of the server.
func serve(t *testing.T, mount func(*fiber.App, *kit.Kit)) string {
	t.Helper()
	k := newKit(t)
	app := k.NewApp()
	app.Use(k.Trace, k.Deadline, k.LimitBody)
	mount(app, k)
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- app.Listener(listener) }()
	t.Cleanup(func() {
		if err := app.ShutdownWithTimeout(5 * time.Second); err != nil {
			t.Error(err)
		}
		<-done
	})
	return "http://" + listener.Addr().String()
}

// send sends a request of the signed-in person and returns the status and the fault's code, if it is one. The answer is
// read while the body is being sent: a server that refuses a body closes the connection without reading the rest, and
// http.Client would then report a failed write instead of the answer.
func send(t *testing.T, method, address string, body io.Reader, headers ...string) (int, fault.Code, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Cookie", "sid="+string(token))
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("X-CSRF-Token", "csrf")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", r.URL.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	go func() { _ = r.Write(conn) }()
	resp, err := http.ReadResponse(bufio.NewReader(conn), r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var f fault.Error
	_ = json.Unmarshal(text, &f) // other answers have no code
	return resp.StatusCode, f.Code, text
}

func uploadRoute() api.Route[api.Empty, string] {
	return api.Route[api.Empty, string]{
		Endpoint: api.Endpoint{
			Name: "test.upload", Method: "POST", Path: "/api/v1/test/upload", Access: api.Customer, Right: role.Change,
		},
	}
}

const uploadMax = 5 << 20

// An upload is streamed up to the limit of its route, also above the limit of all other bodies.
func TestUploadsAreStreamedUpToTheirLimit(t *testing.T) {
	first := make(chan struct{}, 100)
	address := serve(t, func(app *fiber.App, k *kit.Kit) {
		kit.Upload(app, k, uploadRoute(), uploadMax,
			func(_ context.Context, _ access.Principal, file kit.UploadedFile) (string, error) {
				if _, err := io.ReadFull(file.Body, make([]byte, 1)); err != nil {
					return "", err
				}
				first <- struct{}{}
				n, err := io.Copy(io.Discard, file.Body)
				return fmt.Sprint(n+1, " ", file.Type), err
			})
	}) + uploadRoute().Path
	for _, size := range []int{1, 100, 70 << 10, 3 << 20, uploadMax} {
		status, _, body := send(t, "POST", address, bytes.NewReader(make([]byte, size)), "Content-Type", "image/png")
		if want := fmt.Sprintf("%q", fmt.Sprint(size, " image/png")); status != 200 || string(body) != want {
			t.Errorf("%d bytes: got %d %s, want %s", size, status, body, want)
		}
	}
	for name, body := range map[string]io.Reader{
		"announced": bytes.NewReader(make([]byte, uploadMax+1)),
		"in chunks": io.MultiReader(bytes.NewReader(make([]byte, uploadMax+1))),
	} {
		status, code, _ := send(t, "POST", address, body)
		if status != 413 || code != fault.TooLarge {
			t.Errorf("too large, %s: got %d %s, want 413", name, status, code)
		}
	}
	if status, code, _ := send(t, "POST", address, strings.NewReader("x"), "Content-Encoding", "gzip"); status != 422 ||
		code != fault.BadRequest {
		t.Errorf("compressed: got %d %s, want 422", status, code)
	}
	if status, code, _ := send(t, "POST", address, strings.NewReader("x"), "X-CSRF-Token", "other"); status != 403 ||
		code != fault.CrossSite {
		t.Errorf("without the session's token: got %d %s, want 403", status, code)
	}
	if status, code, _ := send(t, "POST", address, strings.NewReader("x"), "Cookie", ""); status != 401 ||
		code != fault.SignedOut {
		t.Errorf("signed out: got %d %s, want 401", status, code)
	}

	for len(first) > 0 {
		<-first
	}
	reader, writer := io.Pipe()
	done := make(chan int, 1)
	go func() {
		status, _, _ := send(t, "POST", address, reader)
		done <- status
	}()
	if _, err := writer.Write(make([]byte, 64<<10)); err != nil {
		t.Fatal(err)
	}
	select {
	case <-first: // the handler reads while the body is still being sent
	case <-time.After(30 * time.Second):
		t.Error("the handler gets the body only when all of it has arrived")
	}
	_ = writer.Close()
	if status := <-done; status != 200 {
		t.Errorf("slow upload: got %d", status)
	}
}

// Every body that is not an upload is bounded, whether its length is announced or not.
func TestOtherBodiesAreBounded(t *testing.T) {
	address := serve(t, func(app *fiber.App, k *kit.Kit) {
		kit.Upload(app, k, uploadRoute(), uploadMax,
			func(context.Context, access.Principal, kit.UploadedFile) (string, error) { return "", nil })
		app.Post("/other", func(c *fiber.Ctx) error { return c.SendString(fmt.Sprint(len(c.Body()))) })
	}) + "/other"
	for _, size := range []int{0, 100, 70 << 10, api.BatchBytesMax, api.BatchBytesMax + 1} {
		for name, body := range map[string]io.Reader{
			"announced": bytes.NewReader(make([]byte, size)),
			"in chunks": io.MultiReader(bytes.NewReader(make([]byte, size))),
		} {
			status, _, text := send(t, "POST", address, body, "Content-Type", "application/x-www-form-urlencoded")
			want := 200
			if size > api.BatchBytesMax {
				want = 413
			}
			if status != want || want == 200 && string(text) != fmt.Sprint(size) {
				t.Errorf("%d bytes, %s: got %d %.40s, want %d", size, name, status, text, want)
			}
		}
	}
}

type closing struct {
	io.Reader
	closed chan struct{}
}

func (c closing) Close() error { close(c.closed); return nil }

func TestDownloadsAreStreamedAndClosed(t *testing.T) {
	route := api.Route[api.Empty, string]{
		Endpoint: api.Endpoint{
			Name: "test.download", Method: "GET", Path: "/api/v1/test/download", Access: api.Customer,
			Right: role.SeeOwn,
		},
	}
	closed := make(chan struct{})
	address := serve(t, func(app *fiber.App, k *kit.Kit) {
		kit.Download(app, k, route, func(context.Context, access.Principal, api.Empty) (kit.File, error) {
			return kit.File{
				Name: `a "quoted" ø.csv`, Type: "text/csv", Size: -1,
				Body: closing{strings.NewReader(strings.Repeat("line\n", 1<<16)), closed},
			}, nil
		})
	}) + route.Path
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Cookie", "sid="+string(token))
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil || len(text) != 5<<16 {
		t.Errorf("got %d bytes, %v", len(text), err)
	}
	if got, want := resp.Header.Get("Content-Disposition"), `attachment; filename*=utf-8''a%20%22quoted%22%20%C3%B8.csv`; got != want {
		t.Errorf("disposition: got %s, want %s", got, want)
	}
	if resp.Header.Get("Content-Type") != "text/csv" || resp.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers: %v", resp.Header)
	}
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		t.Error("the file is not closed")
	}
}

// Streams that have ended leave no entry, whether they, their session or a newer stream has ended them.
func TestEndedStreamsAreRemoved(t *testing.T) {
	s := kit.NewStreams()
	session, otherSession := token.Hash(), seal.Token("other").Hash()
	parent, stop := context.WithCancel(t.Context())
	defer stop()
	var ends []func()
	var contexts []context.Context
	for range 10 { // two more than streamsMax
		ctx, end := s.Begin(parent, session)
		contexts, ends = append(contexts, ctx), append(ends, end)
	}
	ctx, endOther := s.Begin(parent, otherSession)
	for n, c := range contexts {
		if ended, want := c.Err() != nil, n < 2; ended != want {
			t.Errorf("stream %d: ended %t, want %t", n, ended, want)
		}
	}
	s.End(session)
	for n, c := range contexts {
		if c.Err() == nil {
			t.Errorf("stream %d goes on after its session", n)
		}
	}
	if ctx.Err() != nil {
		t.Error("the stream of another session has ended")
	}
	for _, end := range ends {
		end()
	}
	if got := s.Sessions(); got != 1 {
		t.Errorf("%d sessions have an entry, want 1", got)
	}
	endOther()
	if got := s.Sessions(); got != 0 || ctx.Err() == nil {
		t.Errorf("%d sessions have an entry, want none", got)
	}
}

func TestParseOrigin(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://bompass.example": true, "http://127.0.0.1:8080": true, "http://localhost:8080/": true,
		"http://[::1]:8080":      true,
		"http://bompass.example": false, "bompass.example": false, "https://bompass.example/path": false,
		"ftp://bompass.example": false, "": false,
		"https://": false, "https://:8080": false, "https:///path": false, "https:bompass.example": false,
	} {
		if _, err := kit.ParseOrigin(address, false); (err == nil) != ok {
			t.Errorf("%q: got %v, want ok %t", address, err, ok)
		}
	}
}
