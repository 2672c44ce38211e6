package session

import (
	"context"
	"encoding/hex"
	"encoding/json"
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

// How long a person's own device keeps what it was told, and how far back it keeps passages.
const (
	keptMax   = 90 * 24 * time.Hour
	unseenMax = 14 * 24 * time.Hour
	periodMax = 90 // days
)

// The preferences: whose own device this is, as a hash, and when the server was last reached from it.
const (
	ownPreference  = "own"
	seenPreference = "seen"
)

// keeper carries calls. On a device that a person has called their own it keeps the answers to some of
// them, and gives those when the server cannot be reached. It is safe on any goroutine.
type keeper struct {
	window *browser.Window
	now    func() time.Time

	mu    sync.Mutex
	owner string    // whose own device this is; empty when nobody has said so
	who   string    // who is signed in
	cut   bool      // the last call got no answer
	since time.Time // when what is shown instead was kept; zero when nothing is
}

func newKeeper(w *browser.Window, now func() time.Time) *keeper {
	k := &keeper{window: w, now: now, owner: w.Preference(ownPreference)}
	if k.owner == "" {
		return k
	}
	seen, _ := strconv.ParseInt(w.Preference(seenPreference), 10, 64)
	if now().Sub(time.Unix(seen, 0)) > unseenMax {
		k.wipe(func() {})
		return k
	}
	w.Prune(now().Add(-keptMax))
	return k
}

// Do carries a call.
func (k *keeper) Do(ctx context.Context, r apiclient.Request) (apiclient.Response, error) {
	reply, err := k.window.Do(ctx, r)
	if ctx.Err() != nil {
		return reply, err
	}
	path, _, _ := strings.Cut(r.Path, "?")
	if path == api.TariffBook.Path { // the service worker may have answered
		return reply, err
	}
	away := err != nil || absent(reply)
	k.note(away)
	keep := k.keeps(r)
	switch {
	case away && keep:
		if text, at, ok := k.window.Stored(ctx, r.Path); ok {
			k.show(r.Path, at)
			return apiclient.Response{Status: 200, Body: []byte(text)}, nil
		}
	case reply.Status == 401:
		k.wipe(func() {})
	case reply.Status == 200 && r.Path == api.Me.Path:
		k.meet(reply.Body)
	case reply.Status == 200 && keep:
		k.window.Store(r.Path, string(reply.Body), k.now())
	}
	return reply, err
}

// absent tells whether it is not our server that answers, but what stands before it: a fault is ours.
func absent(reply apiclient.Response) bool {
	var ours fault.Error
	return reply.Status >= 502 && reply.Status <= 504 && (json.Unmarshal(reply.Body, &ours) != nil || ours.Code == "")
}

// note takes down whether the server was reached.
func (k *keeper) note(away bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.cut = away
	if away {
		return
	}
	k.since = time.Time{}
	if k.owner != "" {
		k.window.SetPreference(seenPreference, strconv.FormatInt(k.now().Unix(), 10))
	}
}

// show takes down since when the answer has been kept that is shown instead of the server's.
func (k *keeper) show(path string, at time.Time) {
	if path == api.Me.Path {
		return // not what a person asks the time of
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.since = at
}

// keeps tells whether the answer to a call may be kept.
func (k *keeper) keeps(r apiclient.Request) bool {
	path, query, _ := strings.Cut(r.Path, "?")
	if r.Method != "GET" {
		return false
	}
	k.mu.Lock()
	own := k.owner != ""
	k.mu.Unlock()
	switch path {
	case api.Me.Path, api.Overview.Path, api.Bill.Path:
		return own
	case api.PassageList.Path:
		return own && k.recent(query)
	}
	return false
}

// recent tells whether a period is one of those that may be kept.
func (k *keeper) recent(query string) bool {
	values, err := url.ParseQuery(query)
	if err != nil {
		return false
	}
	from, err := oslo.ParseDay(values.Get("from"))
	return err == nil && from >= oslo.DayOf(k.now())-periodMax
}

// meet takes up who is signed in. Another person's device keeps nothing of this one's, and no longer
// the other's.
func (k *keeper) meet(body []byte) {
	var me api.MeReply
	if err := json.Unmarshal(body, &me); err != nil {
		return
	}
	k.mu.Lock()
	k.who = nameOf(me)
	other, own := k.owner != "" && k.owner != k.who, k.owner == k.who
	k.mu.Unlock()
	if other {
		k.disown()
		return
	}
	if !own {
		return
	}
	me.CSRF = "" // of this session alone
	if kept, err := json.Marshal(me); err == nil {
		k.window.Store(api.Me.Path, string(kept), k.now())
	}
}

// nameOf names a person and whom they act for, so that it says neither.
func nameOf(me api.MeReply) string {
	sum := digest.Sum([]byte("own device\x00" + me.Person + "\x00" + string(me.Customer)))
	return hex.EncodeToString(sum[:8])
}

// own makes this the device of whoever is signed in.
func (k *keeper) own() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.owner = k.who
	k.window.SetPreference(ownPreference, k.owner)
	k.window.SetPreference(seenPreference, strconv.FormatInt(k.now().Unix(), 10))
}

// disown makes this nobody's device.
func (k *keeper) disown() {
	k.mu.Lock()
	k.owner = ""
	k.window.SetPreference(ownPreference, "")
	k.window.SetPreference(seenPreference, "")
	k.mu.Unlock()
	k.wipe(func() {})
}

// wipe throws away what was kept, then goes on.
func (k *keeper) wipe(then func()) {
	k.mu.Lock()
	k.since = time.Time{}
	k.mu.Unlock()
	k.window.Clear(then)
}

// state is whether the server is out of reach, and since when what is shown has been kept.
func (k *keeper) state() (cut bool, since time.Time, own bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.cut, k.since, k.owner != ""
}
