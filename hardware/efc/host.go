package efc

import (
	"context"
	"errors"
	"time"

	"bompass/hardware"
	"bompass/hardware/dsrc"
	"bompass/hardware/seal"
)

// Antenna transmits messages to a tag and returns its answers, each with its fragmentation octet. A nil
// answer means that the tag has left. An error is one of the antenna or of the line to it.
type Antenna interface {
	// Find sends the BST until a tag answers, and returns its VST and the time by the antenna's clock.
	Find(ctx context.Context, bst []byte) (vst []byte, at time.Time, err error)
	// Exchange sends one message. The last one has no answer and closes the transaction.
	Exchange(ctx context.Context, apdu []byte, last bool) (answer []byte, err error)
}

// Host runs transactions over an antenna.
type Host struct {
	Antenna Antenna
	Keys    seal.Keys // nil when the station has no keys
	Now     func() time.Time
	// Commit receives a tag that has been read and returns once the passage is stored safely. The receipt
	// and the driver's signal follow only then, because a receipt without a passage cannot be repaired. Its
	// error ends the transaction. May be nil.
	Commit func(hardware.TagRead) error
}

// Run runs one transaction and returns its result, also when it ends with an error.
func (h Host) Run(ctx context.Context, m *Machine) (hardware.TagRead, error) {
	var in []byte
	for {
		out, done, err := m.Step(in, h.Now())
		if err != nil {
			return m.Result(), err
		}
		in = nil
		switch {
		case out != nil:
			in, err = h.exchange(ctx, m, out, done)
		// Without a message, the machine waits for what it has asked of the host, such as the check of an
		// authenticator.
		case !done:
			err = h.fulfil(ctx, m)
		}
		if err != nil {
			m.Abort()
		}
		if done || err != nil {
			return m.Result(), err
		}
	}
}

// exchange sends a message and returns the tag's answer. The first one is a search for a tag, whose answer also has
// the beacon's time.
func (h Host) exchange(ctx context.Context, m *Machine, out []byte, last bool) (in []byte, err error) {
	if !m.AwaitsVST() {
		return h.Antenna.Exchange(ctx, out, last)
	}
	in, at, err := h.Antenna.Find(ctx, out)
	if in != nil {
		m.SetDeviceTime(at)
	}
	return in, err
}

// fulfil provides what the machine needs. A missing key is not an error: the tag refuses, or the profile
// decides.
func (h Host) fulfil(ctx context.Context, m *Machine) error {
	switch m.Need() {
	case Credentials:
		credentials, err := h.credentials(ctx, m.Challenge())
		m.SetCredentials(credentials)
		return err
	case StampCheck:
		judgement, err := h.checkStamp(ctx, m.Stamp())
		m.SetCheckResult(judgement)
		return err
	default:
		defer m.ConfirmCommit()
		if h.Commit == nil {
			return nil
		}
		return h.Commit(m.Result())
	}
}

// credentials returns the access credentials for a challenge, nil if there is no key of the tag's issuer.
func (h Host) credentials(ctx context.Context, c seal.Challenge) (dsrc.Octets, error) {
	if h.Keys == nil {
		return nil, nil
	}
	credentials, err := h.Keys.Access(ctx, c)
	if errors.Is(err, seal.ErrNoKey) {
		return nil, nil
	}
	return credentials[:], err
}

// checkStamp verifies the authenticator of a stamped answer. Without the issuer's key it is unchecked, which is no
// error: the clearing with the issuer decides.
func (h Host) checkStamp(ctx context.Context, s seal.Stamp) (CheckResult, error) {
	if h.Keys == nil {
		return Unchecked, nil
	}
	right, err := h.Keys.Check(ctx, s)
	switch {
	case errors.Is(err, seal.ErrNoKey):
		return Unchecked, nil
	case err != nil:
		return Unchecked, err
	case right:
		return Valid, nil
	}
	return Invalid, nil
}
