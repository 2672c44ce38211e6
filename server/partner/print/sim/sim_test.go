package sim_test

import (
	"testing"
	"time"

	mailsim "bompass/server/partner/mail/sim"
	"bompass/server/partner/print"
	"bompass/server/partner/print/sim"
	"bompass/server/partner/print/suite"
)

func TestSimulatorPassesTheSuite(t *testing.T) {
	suite.Run(t, func(*testing.T) suite.Setup {
		inbox := mailsim.NewInbox(time.Now)
		return suite.Setup{
			Printer: sim.New(inbox),
			Printed: func() map[string]string {
				list := map[string]string{}
				for _, r := range inbox.List("") {
					list[r.ID] = r.HTML
				}
				return list
			},
			Break: func() print.Letter {
				l := suite.Sample()
				l.To = "Busy\n" + l.To
				return l
			},
		}
	})
}
