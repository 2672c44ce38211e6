package sim_test

import (
	"testing"
	"time"

	"bompass/server/partner/mail/sim"
	"bompass/server/partner/mail/suite"
)

func TestSimulatorPassesTheSuite(t *testing.T) {
	suite.Run(t, func(*testing.T) suite.Setup {
		inbox := sim.NewInbox(time.Now)
		return suite.Setup{
			Mailer: inbox,
			Received: func() (list []suite.Received) {
				for _, r := range inbox.List("") {
					list = append(list, suite.Received{To: r.To, Subject: r.Subject, Text: r.Text, HTML: r.HTML, Language: r.Language, Files: r.Files})
				}
				return list
			},
		}
	})
}

// The inbox keeps the newest 500 messages.
func TestInboxDropsTheOldest(t *testing.T) {
	inbox := sim.NewInbox(time.Now)
	id := func(n int) string { return string(rune(0x4e00 + n)) }
	for n := range 600 {
		inbox.Keep(sim.Received{ID: id(n), To: "kari@bompass.example"})
	}
	if got := inbox.List(""); len(got) != 500 || got[0].ID != id(599) {
		t.Errorf("%d kept, newest %q", len(got), got[0].ID)
	}
	if _, found := inbox.Find(id(599)); !found {
		t.Error("the newest is not found")
	}
	if _, found := inbox.Find(id(0)); found || len(inbox.List("ola@bompass.example")) != 0 {
		t.Error("the oldest is still there")
	}
}
