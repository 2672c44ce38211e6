package main

import (
	"strings"
	"testing"

	"bompass/server/command"
	"bompass/server/config"
	"bompass/server/embedded"
)

// Passkeys do not work on an address that is a number: the banner has the name that the settings begin with.
func TestBannerShowsAName(t *testing.T) {
	var out strings.Builder
	p := &product{
		World: command.World{Out: &out}, home: &embedded.Home{Dir: "data"},
		config: config.Config{PublicURL: "http://localhost:8080", Mode: config.Development},
	}
	p.printBanner()
	if text := out.String(); !strings.Contains(text, "http://localhost:8080") || strings.Contains(text, "127.0.0.1") {
		t.Errorf("the banner says\n%s", text)
	}
}
