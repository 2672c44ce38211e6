package config_test

import (
	"maps"
	"strings"
	"testing"

	"bompass/server/config"
)

// The issuer is set whole or not at all; development has one.
func TestIssuerIsSetWhole(t *testing.T) {
	if c, err := config.Read(getenvOf(nil)); err != nil || c.Issuer.Name == "" || !c.Issuer.VAT {
		t.Errorf("development: %+v, %v", c.Issuer, err)
	}
	if c, err := config.Read(getenvOf(validProduction())); err != nil || c.Issuer != (config.Issuer{}) {
		t.Errorf("production without an issuer: %+v, %v", c.Issuer, err)
	}
	whole := validProduction()
	maps.Copy(whole, map[string]string{
		"BOMPASS_ISSUER_NAME": "Vei AS", "BOMPASS_ISSUER_ORGANISATION": "974 760 673", "BOMPASS_ISSUER_STREET": "Bomveien 1",
		"BOMPASS_ISSUER_POSTAL_CODE": "0150", "BOMPASS_ISSUER_CITY": "Oslo", "BOMPASS_ISSUER_VAT": "no",
	})
	want := config.Issuer{Name: "Vei AS", Organisation: "974760673", Street: "Bomveien 1", PostalCode: "0150", City: "Oslo"}
	if c, err := config.Read(getenvOf(whole)); err != nil || c.Issuer != want {
		t.Errorf("got %+v, %v", c.Issuer, err)
	}
	for variable, value := range map[string]string{
		"BOMPASS_ISSUER_NAME": "", "BOMPASS_ISSUER_CITY": "", "BOMPASS_ISSUER_ORGANISATION": "974760674", "BOMPASS_ISSUER_VAT": "perhaps",
	} {
		vars := maps.Clone(whole)
		vars[variable] = value
		if _, err := config.Read(getenvOf(vars)); err == nil || !strings.HasPrefix(err.Error(), variable+" is ") {
			t.Errorf("%s=%q: %v", variable, value, err)
		}
	}
}
