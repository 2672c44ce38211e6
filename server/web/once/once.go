// Package once answers a form that was sent twice, such as by Enter twice, like the first time: with the same answer and
// without doing anything again. A browser shows the answer to the last request; without this, that would say that the
// code is spent which the first request has signed in with.
package once

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access/seal"
	"bompass/server/web/kit"
	"bompass/shared/fault"
)

// Times of an answer.
const (
	workMax  = 30 * time.Second // until the first request is given up
	repeatIn = time.Minute      // how long an answer is given again
	askEvery = 40 * time.Millisecond
)

// Store keeps the answers, on all servers.
type Store interface {
	// ClaimCeremony stores data under the hash and reports true, unless something is stored there.
	ClaimCeremony(ctx context.Context, hash seal.Hash, data []byte, now, until time.Time) (bool, error)
	SaveCeremony(ctx context.Context, hash seal.Hash, data []byte, now, until time.Time) error
	// Ceremony returns fault.SignedOut when nothing is stored.
	Ceremony(ctx context.Context, hash seal.Hash, now time.Time, take bool) ([]byte, error)
}

// Forms answers forms.
type Forms struct {
	Store Store
	Keys  seal.Keys
	Now   func() time.Time
}

// Handle lets a form through the first time. Forms are the same if the browser, the page they were on, and all values
// are: every page has a number of its own.
func (f *Forms) Handle(c *fiber.Ctx) error {
	length := c.Request().Header.ContentLength() // a large form, or one of unknown length, is not read here
	if kit.SafeMethod(c.Method()) || !kit.SentByForm(c) || length < 0 || length > kit.FormBytesMax || !kit.HasPageNumber(c.FormValue("csrf")) {
		return c.Next()
	}
	key := keyOf(c)
	for {
		first, err := f.Store.ClaimCeremony(c.UserContext(), key, nil, f.Now(), f.Now().Add(workMax))
		if err != nil {
			return err
		}
		if first {
			return f.answer(c, key)
		}
		answered, err := f.repeat(c, key)
		if answered || err != nil {
			return err
		}
	}
}

// keyOf returns the name of a form that was sent.
func keyOf(c *fiber.Ctx) seal.Hash {
	sum := sha256.New()
	for _, part := range [][]byte{[]byte("form"), c.Request().Header.Peek(fiber.HeaderCookie), []byte(c.Path()), c.Request().Body()} {
		_, _ = fmt.Fprintf(sum, "%d %s", len(part), part)
	}
	return seal.Hash(sum.Sum(nil))
}

// answer handles the form and stores the answer. An error is not stored: the form may be sent again.
func (f *Forms) answer(c *fiber.Ctx, key seal.Hash) error {
	ctx := context.WithoutCancel(c.UserContext())
	if err := c.Next(); err != nil {
		_, _ = f.Store.Ceremony(ctx, key, f.Now(), true)
		return err
	}
	var b bytes.Buffer
	w := bufio.NewWriter(&b)
	if err := c.Response().Write(w); err != nil {
		return fmt.Errorf("answer of a form: %w", err)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("answer of a form: %w", err)
	}
	sealed := f.Keys.Seal(b.Bytes(), row(key))
	return f.Store.SaveCeremony(ctx, key, append([]byte(sealed.Key+"\n"), sealed.Data...), f.Now(), f.Now().Add(repeatIn))
}

// repeat waits for the answer to the first request and gives it again. It reports false if there is none any more.
func (f *Forms) repeat(c *fiber.Ctx, key seal.Hash) (bool, error) {
	for {
		data, err := f.Store.Ceremony(c.UserContext(), key, f.Now(), false)
		switch {
		case err != nil && fault.CodeOf(err) == fault.SignedOut:
			return false, nil
		case err != nil:
			return false, err
		case len(data) > 0:
			return true, f.send(c, key, data)
		}
		select {
		case <-time.After(askEvery):
		case <-c.UserContext().Done():
			return false, c.UserContext().Err()
		}
	}
}

func (f *Forms) send(c *fiber.Ctx, key seal.Hash, data []byte) error {
	name, sealed, _ := bytes.Cut(data, []byte("\n"))
	plain, err := f.Keys.Open(seal.Sealed{Key: string(name), Data: sealed}, row(key))
	if err != nil {
		return err
	}
	if err := c.Response().Read(bufio.NewReader(bytes.NewReader(plain))); err != nil {
		return fmt.Errorf("stored answer of a form: %w", err)
	}
	return nil
}

// row is what a stored answer is bound to.
func row(key seal.Hash) string { return "form " + hex.EncodeToString(key[:]) }
