package sim_test

import (
	"testing"
	"time"

	mailsim "bompass/server/partner/mail/sim"
	"bompass/server/partner/text/sim"
	"bompass/server/partner/text/suite"
)

func TestSimulatorPassesTheSuite(t *testing.T) {
	suite.Run(t, func(*testing.T) suite.Setup {
		inbox := mailsim.NewInbox(time.Now)
		return suite.Setup{
			Texter: sim.New(inbox),
			Received: func() (list []suite.Received) {
				for _, r := range inbox.List("") {
					list = append(list, suite.Received{To: r.To, Text: r.Text})
				}
				return list
			},
		}
	})
}
