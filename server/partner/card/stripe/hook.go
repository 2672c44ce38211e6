package stripe

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"bompass/server/partner/card"
)

// window is the maximum age of a signature, as Stripe recommends. Each delivery of a message is signed anew.
const window = 5 * time.Minute

// SignatureHeader has the instant and the signatures of a message.
const SignatureHeader = "Stripe-Signature"

// Sign returns the header of a message that is sent at an instant.
func Sign(secret string, body []byte, at time.Time) string {
	stamp := strconv.FormatInt(at.Unix(), 10)
	return "t=" + stamp + ",v1=" + hex.EncodeToString(mac(secret, stamp, body))
}

func mac(secret, stamp string, body []byte) []byte {
	sum := hmac.New(sha256.New, []byte(secret))
	_, _ = sum.Write([]byte(stamp + "."))
	_, _ = sum.Write(body)
	return sum.Sum(nil)
}

// verify checks the signature of a message, then its age. While Stripe changes the secret, the header has two signatures.
func (p *Provider) verify(header string, body []byte) error {
	stamp, signed := "", [][]byte(nil)
	for part := range strings.SplitSeq(header, ",") {
		switch name, value, _ := strings.Cut(strings.TrimSpace(part), "="); name {
		case "t":
			stamp = value
		case "v1":
			if sum, err := hex.DecodeString(value); err == nil {
				signed = append(signed, sum)
			}
		}
	}
	at, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return card.ErrForged
	}
	for _, sum := range signed {
		if hmac.Equal(sum, mac(p.Hook, stamp, body)) {
			if age := p.Now().Sub(time.Unix(at, 0)); age > window || age < -window {
				return card.ErrStale
			}
			return nil
		}
	}
	return card.ErrForged
}

// Read returns the session that a message is about.
func (p *Provider) Read(signature string, body []byte) (card.Session, error) {
	if err := p.verify(signature, body); err != nil {
		return card.Session{}, err
	}
	var event struct {
		Type string `json:"type"`
		Data struct {
			Object json.RawMessage `json:"object"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &event); err != nil || !strings.HasPrefix(event.Type, "checkout.session.") {
		return card.Session{}, card.ErrOther
	}
	s, err := parse(event.Data.Object)
	if err != nil {
		return card.Session{}, card.ErrOther
	}
	s.Failed = event.Type == "checkout.session.async_payment_failed"
	return s, nil
}
