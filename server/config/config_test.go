package config_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bompass/server/config"
)

func getenvOf(vars map[string]string) func(string) string {
	return func(name string) string { return vars[name] }
}

func TestEmptyEnvironmentIsDevelopmentServer(t *testing.T) {
	c, err := config.Read(getenvOf(nil))
	if err != nil {
		t.Fatal(err)
	}
	want := config.Config{
		Addr: "127.0.0.1:8080", Home: ".run", PublicURL: "http://localhost:8080", Mode: config.Development,
		MailFrom: "Bompass <post@bompass.example>", Texts: config.Texts{Name: "Bompass", Others: 20}, Connections: 24, Hashes: 4, Queue: config.Queue{MB: 1024},
		Chargers: "fjellinjen ferde vegamot vegfinans bpsnord",
		Issuer:   config.Issuer{Name: "Bompass Utsteder AS", Organisation: "310000019", Street: "Bomveien 1", PostalCode: "0150", City: "Oslo", VAT: true},
	}
	if c.Partners.Norway.Issuer != config.Simulated || c.Partners.Mandate.Platform != config.Simulated ||
		c.Partners.Vehicles.Address != config.Simulated {
		t.Errorf("partners: %+v", c.Partners)
	}
	c.Partners = config.Partners{}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSizeOfTheStreamHasBounds(t *testing.T) {
	for _, c := range []struct {
		name, value string
		valid       bool
	}{
		{"BOMPASS_STREAM_REPLICAS", "1", true},
		{"BOMPASS_STREAM_REPLICAS", "5", true},
		{"BOMPASS_STREAM_REPLICAS", "0", false},
		{"BOMPASS_STREAM_REPLICAS", "6", false},
		{"BOMPASS_STREAM_REPLICAS", "three", false},
		{"BOMPASS_STREAM_MAX_MB", "16", true},
		{"BOMPASS_STREAM_MAX_MB", "15", false},
	} {
		_, err := config.Read(getenvOf(map[string]string{c.name: c.value}))
		if (err == nil) != c.valid {
			t.Errorf("%s=%s: %v", c.name, c.value, err)
		}
	}
}

func TestEveryInvalidVariableIsListed(t *testing.T) {
	_, err := config.Read(getenvOf(map[string]string{
		"BOMPASS_ADDR": "8080", "BOMPASS_MODE": "prod", "DATABASE_URL": "mysql://u:hunter2@h/db",
		"NATS_URL":       "localhost",
		"BOMPASS_SECRET": "short", "BOMPASS_SEAL_KEYS": strings.Repeat("5e", 32) + ",short",
		"BOMPASS_PUBLIC_URL": "bompass.example",
	}))
	if err == nil {
		t.Fatal("got no error")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 7 {
		t.Errorf("got %d lines, want 7:\n%v", len(lines), err)
	}
	for _, name := range []string{
		"BOMPASS_ADDR", "BOMPASS_MODE", "DATABASE_URL", "NATS_URL", "BOMPASS_SECRET", "BOMPASS_SEAL_KEYS",
		"BOMPASS_PUBLIC_URL",
	} {
		if !strings.Contains(err.Error(), name+" is ") {
			t.Errorf("%s is not named in:\n%v", name, err)
		}
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a password is shown: %v", err)
	}
}

func TestSecretsAreMaskedWhenPrinted(t *testing.T) {
	c := config.Config{Database: "postgres://u:hunter2@h/db", Key: "0123"}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(verb, c); strings.Contains(text, "hunter2") || strings.Contains(text, "0123") {
			t.Errorf("%s shows a secret: %s", verb, text)
		}
	}
}

func TestProductionNeedsKeyAndHTTPS(t *testing.T) {
	_, err := config.Read(getenvOf(map[string]string{"BOMPASS_MODE": "production"}))
	if err == nil || !strings.Contains(err.Error(), "BOMPASS_SECRET") ||
		!strings.Contains(err.Error(), "BOMPASS_PUBLIC_URL") {
		t.Errorf("got %v", err)
	}
}

func TestDevelopmentKeyIsCreatedOnce(t *testing.T) {
	c := config.Config{Home: t.TempDir(), Mode: config.Development}
	first, err := c.LoadKey()
	if err != nil || len(first) != 32 {
		t.Fatalf("got %d bytes, %v", len(first), err)
	}
	second, err := c.LoadKey()
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("the key changed: %v", err)
	}
}

func TestProductionRequiresTLSForLeafNodes(t *testing.T) {
	for name, c := range map[string]struct {
		vars map[string]string
		ok   bool
	}{
		"nowhere":        {nil, true},
		"on the machine": {map[string]string{"BOMPASS_LEAF": "127.0.0.1:7422"}, true},
		"with a certificate": {
			map[string]string{"BOMPASS_LEAF": ":7422", "BOMPASS_LEAF_CERT": "c.pem", "BOMPASS_LEAF_CERT_KEY": "k.pem"},
			true,
		},
		"without one": {map[string]string{"BOMPASS_LEAF": ":7422"}, false},
		"with a certificate without key": {
			map[string]string{"BOMPASS_LEAF": ":7422", "BOMPASS_LEAF_CERT": "c.pem"}, false,
		},
		"on something that is no address": {map[string]string{"BOMPASS_LEAF": "7422"}, false},
	} {
		vars := map[string]string{
			"BOMPASS_MODE": "production", "BOMPASS_SECRET": strings.Repeat("5e", 32),
			"BOMPASS_PUBLIC_URL": "https://bompass.example", "BOMPASS_SMTP_URL": "smtp://h:25",
		}
		for k, v := range c.vars {
			vars[k] = v
		}
		_, err := config.Read(getenvOf(vars))
		if named := err != nil && strings.Contains(err.Error(), "BOMPASS_LEAF"); named == c.ok {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
