package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"bompass/server/config"
	"bompass/server/store/passagedb"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
)

const (
	feedBatch = 1000
	feedWait  = 30 * time.Second // for the fed passages to be posted before people are let in
)

// feed sends the cast's passages of last month and of this month until now through the pipeline, as
// far as they have not been sent before.
func (p *product) feed(ctx context.Context) error {
	now := p.now()
	today := oslo.DayOf(now)
	latest, err := passagedb.New(p.db).LatestOf(ctx, fixture.Epoch)
	if err != nil {
		return err
	}
	first := (today.Month() - 1).First()
	if !latest.IsZero() {
		first = max(first, oslo.DayOf(latest))
	}
	var batch bytes.Buffer
	lines := 0
	send := func() error {
		_, err := p.pipeline.TakeIn(ctx, fixture.StationKey, batch.Bytes(), now)
		batch.Reset()
		lines = 0
		return err
	}
	for _, o := range fixture.Passages(first, today) {
		if o.At.After(now) || !o.At.After(latest) {
			continue
		}
		if err := json.NewEncoder(&batch).Encode(o); err != nil {
			return fmt.Errorf("feed: %w", err)
		}
		if lines++; lines == feedBatch {
			if err := send(); err != nil {
				return fmt.Errorf("feed: %w", err)
			}
		}
	}
	if lines > 0 {
		if err := send(); err != nil {
			return fmt.Errorf("feed: %w", err)
		}
	}
	return p.settle(ctx)
}

// settle waits until what was taken in is posted, but not for ever.
func (p *product) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, feedWait)
	defer cancel()
	for {
		idle, err := p.pipeline.Idle(ctx)
		if idle || ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

// greet says where everything is, in one block.
func (p *product) greet() {
	var b strings.Builder
	fmt.Fprintf(&b, "\n  Bompass   %s\n", p.config.PublicURL)
	data := p.home.Dir
	if p.postgres != nil && !strings.HasPrefix(p.postgres.Where(), data) {
		data += " and, as its user cannot reach that, " + p.postgres.Where()
	}
	fmt.Fprintf(&b, "  Data      %s", data)
	if p.config.Mode == config.Development {
		fmt.Fprintf(&b, "   (%s throws it away)\n  Password  %s   for every account; add the link to an authenticator app\n", resetOf(p.config.Home), fixture.Password)
		for _, a := range fixture.Accounts() {
			fmt.Fprintf(&b, "  %-26s %s\n", a.Email, otpauth(a))
		}
	}
	if p.config.Mode == config.Development {
		fmt.Fprintf(&b, "  Old page  customer number %s, password %s   link it as per@bompass.example on %s/agreements/find/old\n", fixture.LegacyNumber, fixture.LegacyPassword, p.config.PublicURL)
	}
	if p.config.Partners.Norway.Simulated() {
		fmt.Fprintf(&b, "  eID       simulated: press the button on %s/login and be anybody, without a password\n", p.config.PublicURL)
		fmt.Fprintf(&b, "  Newcomer  Liv Nygaard has no agreement: come with her eID and make one for %s\n", fixture.LivPlate)
	}
	if p.config.Mode == config.Development {
		fmt.Fprintf(&b, "  Mailbox   %s/dev/inbox   every mail and text message that the product sends\n", p.config.PublicURL)
	}
	_, _ = io.WriteString(p.out, b.String()+"\n")
}

// resetOf is what to type to throw a home away.
func resetOf(home string) string {
	if home == config.DefaultHome {
		return "make reset"
	}
	return "BOMPASS_HOME=" + home + " make reset"
}

func otpauth(a fixture.Account) string {
	return "otpauth://totp/Bompass:" + url.PathEscape(a.Email) + "?" + url.Values{"secret": {a.TOTPSecret}, "issuer": {"Bompass"}}.Encode()
}
