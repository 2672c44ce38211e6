package main

import (
	"testing"

	"bompass/server/config"
)

// Nobody moves time in production.
func TestThereIsNoTestClockInProduction(t *testing.T) {
	for mode, want := range map[config.Mode]bool{config.Production: false, config.Development: true, "": false} {
		p := &product{config: config.Config{Mode: mode}}
		if got := p.testClock() != nil; got != want {
			t.Errorf("%q: %t, want %t", mode, got, want)
		}
	}
}
