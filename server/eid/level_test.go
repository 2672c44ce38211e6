package eid_test

import (
	"context"
	"testing"

	"bompass/server/eid"
	"bompass/server/partner/identity"
)

// ASVS V6.3.4: every sign-in with an eID asks for two factors, which the level substantial means.
func TestEveryEIDRequestAsksForLevelSubstantial(t *testing.T) {
	d := open(t)
	for name, request := range map[string]eid.BeginRequest{
		"sign in": {}, "step up": {StepUpAccount: beritAccount}, "connect": {LinkAccount: beritAccount},
	} {
		request.Provider = "no"
		if _, err := d.Begin(context.Background(), request); err != nil {
			t.Fatal(err)
		}
		asked := d.issuer.asked.Load()
		if asked.Level < identity.Substantial {
			t.Errorf("%s: asked for level %v", name, asked.Level)
		}
		if fresh := name != "sign in"; asked.Reauthenticate != fresh {
			t.Errorf("%s: asked to authenticate again: %v, want %v", name, asked.Reauthenticate, fresh)
		}
	}
}
