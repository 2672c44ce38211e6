package main

import (
	"fmt"
	"io"
	"net/url"
	"strings"

	"bompass/server/access/factor"
	"bompass/server/config"
	"bompass/shared/fixture"
)

// printBanner prints the addresses, the demo accounts and the place of the data.
func (p *product) printBanner() {
	var b strings.Builder
	address := p.config.PublicURL
	fmt.Fprintf(&b, "\n  Bompass   %s\n", address)
	data := p.home.Dir
	if p.postgres != nil && !strings.HasPrefix(p.postgres.Where(), data) {
		data += " and, because PostgreSQL's user cannot enter it, " + p.postgres.Where()
	}
	fmt.Fprintf(&b, "  Data      %s", data)
	if p.config.Mode == config.Development {
		fmt.Fprintf(&b, "   (%s deletes it)\n  Password  %s   for every account; add the link to an authenticator app\n", resetCommandLine(p.config.Home), fixture.Password)
		for _, a := range fixture.Accounts() {
			fmt.Fprintf(&b, "  %-26s %s\n", a.Email, otpauth(a))
		}
	}
	if p.config.Mode == config.Development {
		fmt.Fprintf(&b, "  Old page  customer number %s, password %s   link it as per@bompass.example on %s/agreements/find/old\n", fixture.LegacyNumber, fixture.LegacyPassword, address)
	}
	if p.config.Partners.Norway.Simulated() {
		fmt.Fprintf(&b, "  eID       simulated: press the button on %s/login and choose a person; no password is needed\n", address)
		fmt.Fprintf(&b, "  Newcomer  Liv Nygaard has no agreement: sign in with her eID and make one for %s\n", fixture.LivPlate)
	}
	if p.config.Mode == config.Development {
		fmt.Fprintf(&b, "  Mailbox   %s/dev/inbox   every mail and text message that the product sends\n", address)
		fmt.Fprintf(&b, "  Clock     %s/dev/clock   moves an agreement on to its next invoice, due date or reminder\n", address)
	}
	_, _ = io.WriteString(p.Out, b.String()+"\n")
}

// resetCommandLine returns the command that deletes a home.
func resetCommandLine(home string) string {
	if home == config.DefaultHome {
		return "make reset"
	}
	return "BOMPASS_HOME=" + home + " make reset"
}

// otpauth returns the link that adds an account to an authenticator app.
func otpauth(a fixture.Account) string {
	return "otpauth://totp/Bompass:" + factor.EscapeLabel(a.Email) + "?" + url.Values{"secret": {a.TOTPSecret}, "issuer": {"Bompass"}}.Encode()
}
