package config_test

import (
	"strings"
	"testing"

	"bompass/server/config"
)

func TestUnknownNameIsRefusedWithNearestName(t *testing.T) {
	for _, c := range []struct{ pair, want string }{
		{"BOMPASS_ADRR=127.0.0.1:1", "BOMPASS_ADRR is not a setting; did you mean BOMPASS_ADDR?"},
		{"BOMPASS_PAPERDIR=/x", "did you mean BOMPASS_PAPER_DIR?"},
		{"BOMPASS_EID_SE_ISUER=off", "did you mean BOMPASS_EID_SE_ISSUER?"},
		{"BOMPASS_DATABASE_URL=postgres://h/d", "BOMPASS_DATABASE_URL is not a setting"},
		{"BOMPASS_addr=x", "BOMPASS_addr is not a setting"},
	} {
		err := config.CheckNames([]string{"PATH=/bin", "BOMPASS_HOME=/tmp", c.pair})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want one line with %q", c.pair, err, c.want)
		}
	}
}

func TestKnownNamesAreAccepted(t *testing.T) {
	var environ []string
	for _, name := range config.Names() {
		environ = append(environ, name+"=x")
	}
	if len(environ) < 40 {
		t.Errorf("got %d names, want all settings", len(environ))
	}
	environ = append(environ, "BOMPASS_STATION=oslo-101", "DATABASE=x", "bompass_x=1", "")
	if err := config.CheckNames(environ); err != nil {
		t.Error(err)
	}
}

func TestEveryUnknownNameIsListed(t *testing.T) {
	err := config.CheckNames([]string{"BOMPASS_ONE=1", "BOMPASS_TWO=2"})
	if err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("got %v, want two lines", err)
	}
}
