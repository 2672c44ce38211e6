//go:build !js

package device_test

import (
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/page/device"
	"bompass/app/pagetest"
	"bompass/shared/api"
)

func TestOwnDeviceStoresTheOverviewAtOnce(t *testing.T) {
	server := pagetest.With(api.Overview.Endpoint, api.OverviewReply{Total: 4242})
	s := pagetest.Open(t, server, "/device", device.New)
	s.Do(func(ctx app.Context) { device.SetOwn(ctx, s.Page, true) })
	if stored := s.Window.Contents(); !strings.Contains(stored, "4242") {
		t.Errorf("the device stores %q", stored)
	}
	s.Shows("2 sider er lagret på enheten.")
	s.Do(func(ctx app.Context) { device.SetOwn(ctx, s.Page, false) })
	if stored := s.Window.Contents(); strings.Contains(stored, "4242") {
		t.Errorf("after the choice was taken back the device stores %q", stored)
	}
}

func TestPageSaysWhatIsLeftToDoAfterLeavingWithoutANetwork(t *testing.T) {
	left := pagetest.Open(t, &pagetest.Server{}, "/device?why=left", device.New)
	if plain := pagetest.Open(t, &pagetest.Server{}, "/device", device.New); strings.Contains(plain.Text(), "ds-alert") || !strings.Contains(left.Text(), "ds-alert") {
		t.Error("the warning is not where it belongs")
	}
}
