package config_test

import (
	"maps"
	"strings"
	"testing"

	"bompass/server/config"
)

// validProduction returns the environment of a valid production server.
func validProduction() map[string]string {
	return map[string]string{
		"BOMPASS_MODE": "production", "BOMPASS_PUBLIC_URL": "https://bompass.example",
		"BOMPASS_SMTP_URL":   "smtps://mail.example:465",
		"BOMPASS_SECRET":     "8f2b6c1d94e07a35b8c2d1e4f60718293a4b5c6d7e8f90a1b2c3d4e5f6071829",
		"BOMPASS_EID_ISSUER": "https://idporten.no",
		"BOMPASS_EID_CLIENT": "client", "BOMPASS_EID_KEY_FILE": "/etc/bompass/eid.pem",
	}
}

func TestProductionRefusesDevelopmentSettings(t *testing.T) {
	if _, err := config.Read(getenvOf(validProduction())); err != nil {
		t.Fatalf("valid settings: %v", err)
	}
	for _, c := range []struct{ name, variable, value string }{
		{"simulated eID", "BOMPASS_EID_ISSUER", "simulated"},
		{"simulated Swedish eID", "BOMPASS_EID_SE_ISSUER", "simulated"},
		{"simulated register", "BOMPASS_MANDATE_URL", "simulated"},
		{"simulated vehicles", "BOMPASS_VEHICLES_URL", "simulated"},
		{"vehicles in the open", "BOMPASS_VEHICLES_URL", "http://register.example"},
		{"an address for simulators", "BOMPASS_SIMULATOR_ADDR", "127.0.0.1:8081"},
		{"eID in the open", "BOMPASS_EID_ISSUER", "http://idporten.no"},
		{"register in the open", "BOMPASS_MANDATE_URL", "http://platform.altinn.no"},
		{"itself in the open", "BOMPASS_PUBLIC_URL", "http://bompass.example"},
		{"no public address", "BOMPASS_PUBLIC_URL", ""},
		{"no key", "BOMPASS_SECRET", ""},
		{"a key of one digit", "BOMPASS_SECRET", strings.Repeat("0", 64)},
		{"a key from an example", "BOMPASS_SECRET", strings.Repeat("0123456789abcdef", 4)},
		{"a seal from an example", "BOMPASS_SEAL_KEYS", strings.Repeat("0123456789abcdef", 4)},
		{"a pepper of one digit", "BOMPASS_PEPPERS", strings.Repeat("0", 64)},
		{"no client at the issuer", "BOMPASS_EID_CLIENT", ""},
		{"no key for the issuer", "BOMPASS_EID_KEY_FILE", ""},
		{"three levels", "BOMPASS_EID_LEVELS", "a b c"},
		{"the built-in mailbox", "BOMPASS_SMTP_URL", ""},
		{"codes by text message without an operator", "BOMPASS_SMS_FACTOR", "on"},
	} {
		vars := validProduction()
		vars[c.variable] = c.value
		_, err := config.Read(getenvOf(vars))
		if err == nil || !strings.Contains(err.Error(), c.variable+" is ") {
			t.Errorf("%s: got %v, want %s to be named", c.name, err, c.variable)
		}
	}
}

func TestRegisterNeedsAllSettings(t *testing.T) {
	vars := validProduction()
	maps.Copy(vars, map[string]string{
		"BOMPASS_MANDATE_URL": "https://platform.altinn.no", "BOMPASS_VEHICLES_URL": "https://register.example",
	})
	_, err := config.Read(getenvOf(vars))
	for _, name := range []string{
		"BOMPASS_MANDATE_TOKEN_URL", "BOMPASS_MANDATE_CLIENT", "BOMPASS_MANDATE_KEY_FILE",
		"BOMPASS_MANDATE_SUBSCRIPTION", "BOMPASS_VEHICLES_KEY",
	} {
		if err == nil || !strings.Contains(err.Error(), name+" is ") {
			t.Errorf("%s is not named: %v", name, err)
		}
	}
}

func TestProductionHasNoPartnersByDefault(t *testing.T) {
	vars := validProduction()
	for _, name := range []string{"BOMPASS_EID_ISSUER", "BOMPASS_EID_CLIENT", "BOMPASS_EID_KEY_FILE"} {
		delete(vars, name)
	}
	c, err := config.Read(getenvOf(vars))
	if err != nil || !c.Partners.Norway.Off() || !c.Partners.Sweden.Off() || c.Partners.Mandate.Platform != config.Off {
		t.Errorf("got %+v, %v", c.Partners, err)
	}
}
