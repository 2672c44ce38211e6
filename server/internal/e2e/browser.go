package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"bompass/server/internal/proves"
)

// waitMax is the maximum wait for the screen, long enough for a busy machine.
const waitMax = 3 * time.Minute

// View is a size of screen and a colour scheme.
type View struct {
	Width, Height int64
	Dark          bool
}

// The screen sizes of the tests.
var (
	Phone   = View{Width: 390, Height: 844}
	Tablet  = View{Width: 768, Height: 1024}
	Desktop = View{Width: 1280, Height: 900}
)

// InDark returns the view with the dark scheme.
func (v View) InDark() View {
	v.Dark = true
	return v
}

// String returns the view's width and scheme.
func (v View) String() string {
	scheme := "light"
	if v.Dark {
		scheme = "dark"
	}
	return strconv.FormatInt(v.Width, 10) + "-" + scheme
}

// Page is one tab of a headless browser.
type Page struct {
	t   testing.TB
	ctx context.Context

	mu      sync.Mutex
	console []string
}

// Open starts a browser with one tab. The test fails at its end if the page violated its content security policy or the
// program panicked. Flags are Chromium's, without their dashes.
func Open(t testing.TB, view View, flags ...string) *Page {
	t.Helper()
	proves.Driven(t, proves.Browser)
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("no chromium on this machine: run make test, which installs it")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium),
		// Chromium's sandbox does not start as root, and tests in containers often run as root.
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-quic", true), chromedp.Flag("accept-lang", "nb-NO,nb"),
		chromedp.UserDataDir(t.TempDir()))
	for _, flag := range flags {
		options = append(options, chromedp.Flag(flag, true))
	}
	if _, measured := t.(*testing.B); !measured {
		// Each of the many fresh browsers would compile the program a second time, optimised, beside the test.
		options = append(options, chromedp.Flag("js-flags", "--no-wasm-tier-up"))
	}
	allocator, cancelAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(func() { cancel(); cancelAllocator() })
	p := &Page{t: t, ctx: ctx}
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	p.collectConsole()
	p.SetView(view)
	return p
}

// NewTab opens another tab of the same browser, with the same cookies.
func (p *Page) NewTab() *Page {
	p.t.Helper()
	ctx, cancel := chromedp.NewContext(p.ctx)
	p.t.Cleanup(cancel)
	tab := &Page{t: p.t, ctx: ctx}
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		p.t.Fatalf("open a tab: %v", err)
	}
	tab.collectConsole()
	return tab
}

// ClearCookies deletes the cookies of the browser, as another person's sign-in replaces them.
func (p *Page) ClearCookies() {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, network.ClearBrowserCookies, cdp.Empty{})
		return err
	}))
}

// Before runs a script in every page that the tab loads, before the page's own.
func (p *Page) Before(script string) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	}))
}

// Block lets requests of the tab to a path of our server fail.
func (p *Page) Block(path string) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		if _, err := cdp.Call(ctx, tab, network.Enable, network.EnableParams{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, tab, network.SetBlockedURLs, network.SetBlockedURLsParams{
			URLPatterns: []*network.BlockPattern{{URLPattern: "http://*:*" + path, Block: true}},
		})
		return err
	}))
}

// collectConsole stores what the page writes to its console, and fails the test at its end if the page violated its
// content security policy or the program panicked.
func (p *Page) collectConsole() {
	messages := chromedp.Console(p.ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			p.mu.Lock()
			p.console = append(p.console, m.String()+" "+m.URL)
			p.mu.Unlock()
		}
	}()
	p.t.Cleanup(func() {
		for _, line := range p.Console() {
			if strings.Contains(line, "frame-ancestors") {
				continue // a page of another site tried to frame ours, as in the test of such a site
			}
			if strings.Contains(line, "Content Security Policy") || strings.Contains(line, "panic:") ||
				strings.Contains(line, "goroutine ") {
				p.t.Errorf("the browser's console has: %s", line)
			}
		}
	})
}

// Console returns the lines that the page has written to its console.
func (p *Page) Console() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.console...)
}

// SetView sets the screen size and colour scheme.
func (p *Page) SetView(v View) {
	p.t.Helper()
	scheme := "light"
	if v.Dark {
		scheme = "dark"
	}
	p.do(chromedp.EmulateViewport(v.Width, v.Height),
		chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
			_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
			})
			return err
		}))
}

// WithoutScripts disables scripts.
func (p *Page) WithoutScripts() {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetScriptExecutionDisabled,
			emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
}

// InstallProblems returns what keeps the browser from installing the page as an app.
func (p *Page) InstallProblems() (problems []string) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		found, err := cdp.Call(ctx, tab, page.GetInstallabilityErrors, cdp.Empty{})
		if err != nil {
			return err
		}
		for _, e := range found.InstallabilityErrors {
			problems = append(problems, e.ErrorID)
		}
		return nil
	}))
	return problems
}

func (p *Page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, waitMax)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("browser: %v\n%s", err, p.state())
	}
}

// Go opens an address. A navigation that the page itself begins at the same moment, as at the end of a session, aborts
// this one; then Go opens the address again.
func (p *Page) Go(url string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, waitMax)
	defer cancel()
	const tries = 3
	for try := 1; ; try++ {
		err := chromedp.Do(ctx, chromedp.Navigate(url))
		switch {
		case err == nil:
			return
		case try == tries || !strings.Contains(err.Error(), "net::ERR_ABORTED"):
			p.t.Fatalf("browser: %v\n%s", err, p.state())
		}
	}
}

// Fill types text into the field that a selector matches.
func (p *Page) Fill(selector, text string) {
	p.t.Helper()
	p.do(chromedp.WaitVisible(selector), chromedp.SendKeys(selector, text))
}

// Replace types a text into a field in place of what it has.
func (p *Page) Replace(selector, text string) {
	p.t.Helper()
	p.do(chromedp.WaitVisible(selector), chromedp.Focus(selector))
	p.Eval(`(document.activeElement.select(), 1)`)
	p.do(chromedp.SendKeys(selector, text))
}

// Press clicks the control that a selector matches. It tries again if the page is rendered again meanwhile.
func (p *Page) Press(selector string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, waitMax)
	defer cancel()
	for {
		err := chromedp.Do(ctx, chromedp.WaitVisible(selector), chromedp.Click(selector))
		if err == nil {
			return
		}
		if !strings.Contains(err.Error(), "node") || ctx.Err() != nil {
			p.t.Fatalf("press %s: %v\n%s", selector, err, p.state())
		}
	}
}

// Type sends key presses to the focused element.
func (p *Page) Type(keys string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(keys))
}

// Cookies returns the value of the Cookie header that the browser would send for the current page.
func (p *Page) Cookies() string {
	p.t.Helper()
	var found network.GetCookiesResult
	p.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) (err error) {
		found, err = cdp.Call(ctx, tab, network.GetCookies, network.GetCookiesParams{})
		return err
	}))
	var written []string
	for _, cookie := range found.Cookies {
		written = append(written, cookie.Name+"="+cookie.Value)
	}
	return strings.Join(written, "; ")
}

// WaitAnimations waits until no finite animation is running.
func (p *Page) WaitAnimations() {
	p.t.Helper()
	p.Wait("the page to settle", `document.getAnimations().every((a) => a.playState !== "running" || a.effect.getComputedTiming().iterations === Infinity)`)
}

// Wait waits until a JavaScript condition is true, also across navigations. what names the condition in the failure.
func (p *Page) Wait(what, condition string) {
	p.t.Helper()
	deadline := time.Now().Add(waitMax)
	for time.Now().Before(deadline) {
		if ok, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool]("!!("+condition+")")); err == nil && ok {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.t.Fatalf("timed out waiting for %s\n%s", what, p.state())
}

// WaitText waits until the page shows a text.
func (p *Page) WaitText(text string) {
	p.t.Helper()
	quoted, err := json.Marshal(text)
	if err != nil {
		p.t.Fatal(err)
	}
	p.Wait("the text "+text,
		`document.body && document.body.innerText.replaceAll("\u00a0", " ").includes(`+string(quoted)+`)`)
}

// Eval evaluates a JavaScript expression and returns its value as a string.
func (p *Page) Eval(expression string) string {
	p.t.Helper()
	text, err := chromedp.Run(p.ctx, chromedp.Evaluate[string]("String("+expression+")"))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return text
}

// Await evaluates a JavaScript expression to a promise and returns the promise's value as a string.
func (p *Page) Await(what, expression string) string {
	p.t.Helper()
	p.Eval(`(window.promised = undefined, Promise.resolve(` + expression +
		`).then((v) => { window.promised = [String(v)]; }, (e) => { window.promised = ["broken: " + e]; }), 1)`)
	p.Wait(what, "window.promised")
	return p.Eval("window.promised[0]")
}

// Screenshot writes a picture of the whole page to the folder in BOMPASS_SHOTS, if it is set.
func (p *Page) Screenshot(name string) {
	p.t.Helper()
	dir := os.Getenv("BOMPASS_SHOTS")
	if dir == "" {
		return
	}
	p.Eval("(scrollTo(0, 0), 1)")
	p.WaitAnimations()
	picture, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		p.t.Fatalf("picture of %s: %v", name, err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// Picture returns a screenshot of the viewport as PNG.
func (p *Page) Picture() []byte {
	p.t.Helper()
	p.WaitAnimations()
	picture, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatalf("picture: %v", err)
	}
	return picture
}

// state returns the address, text and console of the page for a failure.
func (p *Page) state() string {
	where, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string]("location.href"))
	text, _ := chromedp.Run(p.ctx,
		chromedp.Evaluate[string]("document.body ? document.body.innerText.slice(0, 1500) : ''"))
	return fmt.Sprintf("at %s\n%s\nconsole: %s", where, text, strings.Join(p.Console(), "\n"))
}
