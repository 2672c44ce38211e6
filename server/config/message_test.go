package config_test

import (
	"maps"
	"strings"
	"testing"

	"bompass/server/config"
)

// productionWithOperator returns the environment of a valid production server with an operator of text messages.
func productionWithOperator() map[string]string {
	vars := validProduction()
	maps.Copy(vars, map[string]string{
		"BOMPASS_SMS_URL": "https://api.operator.example/smsmessaging/v1", "BOMPASS_SMS_SENDER": "+4759440000",
		"BOMPASS_SMS_USER":     "bompass",
		"BOMPASS_SMS_PASSWORD": "hunter2",
	})
	return vars
}

// The error for an incomplete configuration names the missing variable and no other.
func TestTextMessagesNeedAllSettings(t *testing.T) {
	c, err := config.Read(getenvOf(productionWithOperator()))
	if err != nil || c.Texts.Sender != "+4759440000" || c.Texts.Factor {
		t.Fatalf("valid settings: %+v, %v", c.Texts, err)
	}
	for _, variable := range []string{
		"BOMPASS_SMS_URL", "BOMPASS_SMS_SENDER", "BOMPASS_SMS_USER", "BOMPASS_SMS_PASSWORD",
	} {
		vars := productionWithOperator()
		delete(vars, variable)
		_, err := config.Read(getenvOf(vars))
		if err == nil || !strings.HasPrefix(err.Error(), variable+" is ") || strings.Contains(err.Error(), "\n") ||
			strings.Contains(err.Error(), "hunter2") {
			t.Errorf("without %s: got %v", variable, err)
		}
	}
	for variable, value := range map[string]string{
		"BOMPASS_SMS_URL":       "http://api.operator.example/v1",
		"BOMPASS_SMS_TOKEN_URL": "http://api.operator.example/token", "BOMPASS_SMS_FACTOR": "yes",
	} {
		vars := productionWithOperator()
		vars[variable] = value
		if _, err := config.Read(getenvOf(vars)); err == nil || !strings.HasPrefix(err.Error(), variable+" is ") {
			t.Errorf("%s=%s: got %v", variable, value, err)
		}
	}
	vars := productionWithOperator()
	vars["BOMPASS_SMS_FACTOR"] = "on"
	if c, err := config.Read(getenvOf(vars)); err != nil || !c.Texts.Factor {
		t.Errorf("codes by text message: %+v, %v", c.Texts, err)
	}
}
