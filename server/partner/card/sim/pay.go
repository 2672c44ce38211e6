package sim

import (
	"fmt"
	"strings"
	"time"
)

// Pay tries to pay a session with a card, as the button on the page does. It returns the address that the person goes on to:
// empty if they stay on the provider's page.
func (p *Provider) Pay(id, number string) (onward string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.session(id)
	if s == nil || s.Status != "open" {
		return ""
	}
	if s.Attempt == "" {
		s.Attempt = "pi_" + strings.TrimPrefix(s.ID, "cs_")
	}
	s.Number, s.Decline = number, ""
	switch number {
	case Declined:
		s.AttemptState, s.Decline = "requires_payment_method", "generic_decline"
		return ""
	case NoFunds:
		s.AttemptState, s.Decline = "requires_payment_method", "insufficient_funds"
		return ""
	case Secure:
		s.AttemptState = "requires_action"
		return ""
	case Late, Disorder:
		s.Status, s.AttemptState = "complete", "processing"
		before := *s
		if number == Late {
			p.tell("checkout.session.completed", s, 1)
		}
		go p.settle(id, &before)
		return s.Success
	case Approved, Twice, Unheard:
		p.pay(s)
		return s.Success
	}
	s.AttemptState, s.Decline = "requires_payment_method", "incorrect_number"
	return ""
}

// pay takes the money and says so.
func (p *Provider) pay(s *Session) {
	s.Status, s.Payment, s.AttemptState = "complete", "paid", "succeeded"
	p.charges = append(p.charges, *s)
	times := 1
	if s.Number == Twice {
		times = 2
	}
	p.tell("checkout.session.completed", s, times)
}

// settle takes the money of a session that was completed before. With the card Disorder, the message that it is completed
// comes after the one that it is paid.
func (p *Provider) settle(id string, before *Session) {
	time.Sleep(p.LateBy)
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.sessions[id]
	s.Payment, s.AttemptState = "paid", "succeeded"
	p.charges = append(p.charges, *s)
	paid := p.Message("checkout.session.async_payment_succeeded", s)
	completed := p.Message("checkout.session.completed", before)
	if p.Webhook == "" {
		return
	}
	go func() {
		p.deliver(paid)
		if s.Number == Disorder {
			p.deliver(completed)
		}
	}()
}

// Confirm answers for the person's bank, which has asked who they are.
func (p *Provider) Confirm(id string, yes bool) (onward string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.session(id)
	if s == nil || s.Status != "open" || s.AttemptState != "requires_action" {
		return ""
	}
	if !yes {
		s.AttemptState, s.Decline = "requires_payment_method", "authentication_required"
		return ""
	}
	p.pay(s)
	return s.Success
}

// Refuse lets a payment fail whose answer was to come later.
func (p *Provider) Refuse(order string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.sessions {
		if s.Order == order {
			s.Status, s.Payment, s.AttemptState, s.Decline = "complete", "unpaid", "requires_payment_method", "generic_decline"
			p.tell("checkout.session.async_payment_failed", s, 1)
			return nil
		}
	}
	return fmt.Errorf("no session is for %s", order)
}
