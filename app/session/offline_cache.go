package session

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"bompass/app/browser"
	"bompass/shared/api"
	"bompass/shared/apiclient"
	"bompass/shared/digest"
	"bompass/shared/fault"
	"bompass/shared/oslo"
)

// The limits of what a person's own device stores.
const (
	answerAgeMax   = 90 * 24 * time.Hour
	unreachableMax = 14 * 24 * time.Hour // since the server was last reached; then everything is deleted
	periodDaysMax  = 90                  // before today; earlier passages are not stored
)

// The names of the preferences.
const (
	ownPreference  = "own"  // the hash of the person whose own device this is
	seenPreference = "seen" // when the server was last reached
)

// offlineCache sends calls. On a device that a person has marked as their own it stores the answers to some
// of them, and returns those when the server is out of reach. It is safe for concurrent use.
type offlineCache struct {
	window *browser.Window
	now    func() time.Time

	mu          sync.Mutex
	owner       string    // the hash of the person whose own device this is; empty for a shared device
	user        string    // the hash of the person signed in
	actor       string    // whose answers this tab shows; empty until that is known
	unreachable bool      // the last call got no answer
	since       time.Time // when the answer that was returned instead was stored; zero when there was none
}

// newOfflineCache returns the cache of the window. What was stored is deleted if the server was not reached for
// unreachableMax, and answers older than answerAgeMax in any case.
func newOfflineCache(w *browser.Window, now func() time.Time) *offlineCache {
	c := &offlineCache{window: w, now: now, owner: w.Preference(ownPreference)}
	if c.owner == "" {
		return c
	}
	seen, _ := strconv.ParseInt(w.Preference(seenPreference), 10, 64)
	if now().Sub(time.Unix(seen, 0)) > unreachableMax {
		c.clear(func() {})
		return c
	}
	w.Prune(now().Add(-answerAgeMax))
	return c
}

// Do sends a call, and answers it from the cache when the server is out of reach.
func (c *offlineCache) Do(ctx context.Context, r apiclient.Request) (apiclient.Response, error) {
	if ctx.Value(firstOnly{}) != nil {
		return c.takeFirst(r)
	}
	reply, err := c.window.Do(ctx, r)
	if ctx.Err() != nil {
		return reply, err
	}
	path, _, _ := strings.Cut(r.Path, "?")
	if path == api.TariffBook.Path { // the service worker may have answered it
		return reply, err
	}
	if err == nil && c.isOther(reply.Actor) {
		c.window.Reload()
		return apiclient.Response{}, errOtherActor
	}
	unreachable := err != nil || isGatewayError(reply)
	c.setUnreachable(unreachable)
	cacheable := c.cacheable(r)
	switch {
	case unreachable && cacheable:
		if text, at, ok := c.window.Stored(ctx, r.Path); ok {
			c.setSince(r.Path, at)
			return apiclient.Response{Status: 200, Body: []byte(text)}, nil
		}
	case reply.Status == 401 && !isLocked(reply):
		c.clear(func() {})
	case reply.Status == 200:
		c.keep(r, reply.Body)
	}
	return reply, err
}

// errOtherActor means that an answer was for another person or party than the one whose data this tab shows: someone has
// signed in or switched in another tab.
var errOtherActor = errors.New("the answer is for another person or party")

// isOther reports whether an answer is for another actor than those before it.
func (c *offlineCache) isOther(actor string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return actor != "" && c.actor != "" && actor != c.actor
}

// forget forgets whose answers this tab shows.
func (c *offlineCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.actor = ""
}

// takeFirst answers a call with what the server has sent with the page, once.
func (c *offlineCache) takeFirst(r apiclient.Request) (reply apiclient.Response, err error) {
	body, ok := c.window.TakeAnswer(r.Path)
	if !ok || r.Method != "GET" {
		return reply, errNotSent
	}
	c.keep(r, body)
	return apiclient.Response{Status: 200, Body: body}, nil
}

// keep stores an answer of the server if it may be stored, and notes who is signed in.
func (c *offlineCache) keep(r apiclient.Request, body []byte) {
	switch {
	case r.Path == api.Me.Path:
		c.setUser(body)
	case c.cacheable(r):
		c.window.Store(r.Path, string(body), c.now())
	}
}

// isGatewayError reports whether the answer is from a proxy in front of the server: our own errors are
// faults.
func isGatewayError(reply apiclient.Response) bool {
	var ours fault.Error
	return reply.Status >= 502 && reply.Status <= 504 && (json.Unmarshal(reply.Body, &ours) != nil || ours.Code == "")
}

// isLocked reports whether the session is locked on the person's own device: what the device stores stays.
func isLocked(reply apiclient.Response) bool {
	var ours fault.Error
	return json.Unmarshal(reply.Body, &ours) == nil && fault.IsLocked(&ours)
}

// setUnreachable notes whether the server was reached.
func (c *offlineCache) setUnreachable(unreachable bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unreachable = unreachable
	if unreachable {
		return
	}
	c.since = time.Time{}
	if c.owner != "" {
		c.window.SetPreference(seenPreference, strconv.FormatInt(c.now().Unix(), 10))
	}
}

// setSince notes when the answer was stored that is returned instead of the server's.
func (c *offlineCache) setSince(path string, at time.Time) {
	if path == api.Me.Path {
		return // it is on no page by itself
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.since = at
}

// cacheable reports whether the answer to a call may be stored.
func (c *offlineCache) cacheable(r apiclient.Request) bool {
	path, query, _ := strings.Cut(r.Path, "?")
	if r.Method != "GET" {
		return false
	}
	c.mu.Lock()
	own := c.owner != ""
	c.mu.Unlock()
	switch path {
	case api.Me.Path, api.Overview.Path, api.Recheck.Path, api.FleetRecheck.Path:
		return own
	case api.PassageList.Path:
		return own && c.isRecent(query)
	}
	return false
}

// isRecent reports whether the period of a query is recent enough to be stored.
func (c *offlineCache) isRecent(query string) bool {
	values, err := url.ParseQuery(query)
	if err != nil {
		return false
	}
	from, err := oslo.ParseDay(values.Get("from"))
	return err == nil && from >= oslo.DayOf(c.now())-periodDaysMax
}

// setUser stores the signed-in person. If that is not the owner, the device is no longer a person's own: it
// stores nothing of this person, and nothing of the owner any more.
func (c *offlineCache) setUser(body []byte) {
	var me api.MeReply
	if err := json.Unmarshal(body, &me); err != nil {
		return
	}
	c.mu.Lock()
	c.user, c.actor = userHash(me), me.Actor
	other, own := c.owner != "" && c.owner != c.user, c.owner == c.user
	c.mu.Unlock()
	if other {
		c.disable()
		return
	}
	if !own {
		return
	}
	me.CSRF, me.Now = "", time.Time{} // they belong to the session and to this moment
	if stored, err := json.Marshal(me); err == nil {
		c.window.Store(api.Me.Path, string(stored), c.now())
	}
}

// userHash identifies a person and the customer they act for without revealing either.
func userHash(me api.MeReply) string {
	sum := digest.Sum([]byte("own device\x00" + me.Person + "\x00" + string(me.Customer)))
	return hex.EncodeToString(sum[:8])
}

// enable makes this the own device of the person signed in.
func (c *offlineCache) enable() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.owner = c.user
	c.window.SetPreference(ownPreference, c.owner)
	c.window.SetPreference(seenPreference, strconv.FormatInt(c.now().Unix(), 10))
}

// disable makes this a shared device and deletes the stored answers.
func (c *offlineCache) disable() {
	c.mu.Lock()
	c.owner = ""
	c.window.SetPreference(ownPreference, "")
	c.window.SetPreference(seenPreference, "")
	c.mu.Unlock()
	c.clear(func() {})
}

// clear deletes what is stored, then calls then.
func (c *offlineCache) clear(then func()) {
	c.mu.Lock()
	c.since = time.Time{}
	c.mu.Unlock()
	c.window.Clear(then)
}

// state returns whether the server is out of reach, when the answers shown instead were stored, and whether
// this is the person's own device.
func (c *offlineCache) state() (unreachable bool, since time.Time, own bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.unreachable, c.since, c.owner != ""
}
