package sim_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"bompass/server/partner/card/sim"
	"bompass/server/partner/card/stripe"
	"bompass/server/partner/card/suite"
)

// The adapter of Stripe on the simulator passes the tests of every provider.
func TestSimulatorConforms(t *testing.T) {
	suite.Run(t, func(t *testing.T) suite.Provider {
		t.Helper()
		var provider *sim.Provider
		server := httptest.NewUnstartedServer(nil)
		server.Start()
		t.Cleanup(server.Close)
		provider = sim.New(sim.Config{Address: server.URL, Key: "sk_test", Hook: "whsec_test", Now: time.Now})
		server.Config.Handler = provider
		open := func(key string) *stripe.Provider {
			p, err := stripe.New(stripe.Config{Address: server.URL, Key: key, Hook: "whsec_test", Now: time.Now})
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		return suite.Provider{
			Provider: open("sk_test"), WrongKey: open("sk_other"), Now: time.Now, Break: provider.Break,
			Pay: func(id string, accepted bool) {
				number := sim.Approved
				if !accepted {
					number = sim.NoFunds
				}
				provider.Pay(id, number)
			},
			Sign: func(id string, at time.Time, forged bool) (string, []byte) {
				secret := "whsec_test"
				if forged {
					secret = "whsec_other"
				}
				for _, s := range provider.Sessions() {
					if s.ID == id {
						body := provider.Message("checkout.session.completed", &s)
						return stripe.Sign(secret, body, at), body
					}
				}
				t.Fatalf("there is no session %s", id)
				return "", nil
			},
		}
	})
}
