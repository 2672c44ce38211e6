package main

import (
	"context"
	"fmt"

	"bompass/server/access"
	"bompass/server/notice"
	"bompass/server/partner/message"
	"bompass/server/profile"
)

// openPost sends letters for as long as the server runs: to the mail server that is configured, or to
// the built-in mailbox, which it returns.
func (p *product) openPost(ctx context.Context, keys access.Keys) (*message.Inbox, error) {
	var post message.Post
	var inbox *message.Inbox
	if p.config.Mail != "" {
		mailer, err := message.NewSMTP(string(p.config.Mail), p.config.MailFrom, nil)
		if err != nil {
			return nil, fmt.Errorf("BOMPASS_SMTP_URL: %w", err)
		}
		post = message.By{Mailer: mailer, Texter: message.Unset{Variable: "an operator of text messages"}}
	} else {
		inbox = message.NewInbox(p.now)
		post = inbox
	}
	courier := notice.NewCourier(p.store, keys, post, p.now, p.log)
	p.background(ctx, courier.Run)
	return inbox, nil
}

// openDoors builds what lets people in and keeps what they told us.
func (p *product) openDoors(ctx context.Context, keys access.Keys) (d doors, err error) {
	d.desk = access.NewDesk(p.store, keys, p.now)
	letters := notice.NewWriter(keys, p.config.PublicURL, p.now)
	d.registrar = access.NewRegistrar(d.desk, p.store, letters)
	if d.locksmith, err = access.NewLocksmith(d.desk, p.store, letters, p.config.PublicURL); err != nil {
		return doors{}, err
	}
	d.profile = profile.NewDesk(p.store, keys, letters, d.desk, p.now)
	p.background(ctx, profile.NewEraser(p.store, letters, p.now, p.log).Run)
	d.inbox, err = p.openPost(ctx, keys)
	return d, err
}

// background runs something until the server stops, and waits for it then.
func (p *product) background(ctx context.Context, run func(context.Context)) {
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		run(working)
	}()
	p.opened.add(func() { stop(); <-done })
}

// doors are all that has to do with people coming in.
type doors struct {
	desk      *access.Desk
	registrar *access.Registrar
	locksmith *access.Locksmith
	profile   *profile.Desk
	inbox     *message.Inbox // nil where mail really leaves
}
