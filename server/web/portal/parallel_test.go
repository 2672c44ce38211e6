package portal_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"bompass/server/web"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// slowOverview answers when it may end.
type slowOverview struct{ end chan struct{} }

func (o slowOverview) Overview(context.Context, toll.CustomerID, toll.CustomerKind, time.Time) (api.OverviewReply, error) {
	<-o.end
	return api.OverviewReply{}, nil
}

func (o slowOverview) Vehicle(context.Context, toll.CustomerID, toll.VehicleID, time.Time) (api.VehicleReply, error) {
	<-o.end
	return api.VehicleReply{}, nil
}

// Of 20 requests that one person sends at once, four run, twelve wait until they are refused, and four are refused at
// once. Others are answered meanwhile.
func TestRequestsOfOnePersonAtOnceAreLimited(t *testing.T) {
	slow := slowOverview{make(chan struct{})}
	h := webtest.New(t, func(d *web.Deps) { d.Overview = slow })
	v := h.SignIn(webtest.Kari)
	answers := make(chan webtest.Page, 20)
	for range 20 {
		go func() { answers <- v.Get(api.Overview.Path) }()
	}
	for range 16 {
		p := <-answers
		if p.StatusCode != http.StatusTooManyRequests || p.Header.Get("Retry-After") != "5" || !strings.Contains(p.Body, string(fault.TooMany)) {
			t.Errorf("got %d, Retry-After %q, %s", p.StatusCode, p.Header.Get("Retry-After"), p.Body)
		}
	}
	if p := v.Get(api.Me.Path); p.StatusCode != http.StatusOK {
		t.Errorf("another request: got %d", p.StatusCode)
	}
	close(slow.end)
	for range 4 {
		if p := <-answers; p.StatusCode != http.StatusOK {
			t.Errorf("one that ran: got %d", p.StatusCode)
		}
	}
}
