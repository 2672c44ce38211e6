package config_test

import (
	"strings"
	"testing"

	"bompass/server/config"
)

// Metrics are not public: they are served on a loopback address or not at all.
func TestMetricsAreServedOnLoopbackOnly(t *testing.T) {
	for addr, want := range map[string]bool{
		"": true, "127.0.0.1:9464": true, "[::1]:9464": true, ":9464": false, "192.0.2.1:9464": false, "9464": false,
	} {
		c, err := config.Read(getenvOf(map[string]string{"BOMPASS_METRICS_ADDR": addr}))
		if want && (err != nil || c.Metrics != addr) {
			t.Errorf("%q: got %q, %v", addr, c.Metrics, err)
		}
		if !want && (err == nil || !strings.Contains(err.Error(), "BOMPASS_METRICS_ADDR")) {
			t.Errorf("%q is accepted: %v", addr, err)
		}
	}
}
