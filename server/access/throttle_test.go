package access_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bompass/server/access"
	"bompass/server/access/factor"
	"bompass/server/access/seal"
	"bompass/shared/fault"
	"bompass/shared/fixture"
)

func TestThrottleSlowsGuessingAndAdmitsOwner(t *testing.T) {
	o := open(t)
	ctx := t.Context()
	for range 5 {
		_, err := o.VerifyPassword(ctx, from("203.0.113.9"), kari, "wrong")
		want(t, "free tries", err, fault.WrongCredentials)
	}
	_, err := o.VerifyPassword(ctx, from("203.0.113.9"), kari, fixture.Password)
	want(t, "sixth try at once, even if right", err, fault.TooMany)
	_, err = o.VerifyPassword(ctx, from("203.0.113.10"), kari, fixture.Password)
	want(t, "the owner elsewhere", err, "")
	_, err = o.VerifyPassword(ctx, from("203.0.113.9"), "olav@bompass.example", fixture.Password)
	want(t, "somebody else at the guesser's address", err, "")
	o.pass(2 * time.Second)
	_, err = o.VerifyPassword(ctx, from("203.0.113.9"), kari, "wrong")
	want(t, "a second later", err, fault.WrongCredentials)
	for n := 0; n < 30; n++ { // guesses without pause: only the few that come after the wait are looked at
		_, err = o.VerifyPassword(ctx, from("203.0.113.9"), kari, "wrong")
		want(t, "in a row", err, fault.TooMany)
	}
	o.pass(15 * time.Minute)
	_, err = o.VerifyPassword(ctx, from("203.0.113.9"), kari, fixture.Password)
	want(t, "after a quarter of an hour at most", err, "")
}

// Guesses from many addresses neither keep the owner out of a new browser nor learn whether a password was right: while
// there are too many, it is told only together with the code.
func TestGuessesFromManyAddressesDoNotLockOwnerOut(t *testing.T) {
	o := open(t)
	ctx := t.Context()
	address := 0
	guess := func() (seal.Token, error) {
		address++
		return o.VerifyPassword(ctx, from(fmt.Sprintf("2001:db8:%x:%x::1", address/256, address%256)), kari, "wrong")
	}
	deferred := 0
	for range 60 { // two a second
		if _, err := guess(); err == nil {
			deferred++
		}
		o.pass(500 * time.Millisecond)
	}
	if deferred < 20 {
		t.Errorf("%d of 60 guesses were deferred", deferred)
	}
	wrong, err := guess()
	want(t, "a wrong password", err, "")
	right, err := o.VerifyPassword(ctx, from("192.0.2.77"), kari, fixture.Password)
	want(t, "the right password in a new browser", err, "")
	unknown, err := o.VerifyPassword(ctx, from("192.0.2.78"), "nobody@bompass.example", fixture.Password)
	want(t, "another account is not concerned", err, fault.WrongCredentials)
	if unknown != "" {
		t.Error("an unknown account has a login")
	}
	for name, token := range map[string]seal.Token{"wrong": wrong, "right": right} {
		shown, err := o.factors.LoginFactors(ctx, token)
		if want(t, name+" password: factors", err, ""); shown != (factor.LoginFactors{TOTP: true}) {
			t.Errorf("%s password shows %+v", name, shown)
		}
		_, err = o.factors.SignInWithRecoveryCode(ctx, from("192.0.2.77"), token, "AAAA-BBBB-CCCC")
		want(t, name+" password: recovery code", err, fault.SignedOut)
	}
	_, err = o.factors.VerifyCode(ctx, from("203.0.113.9"), wrong, o.code(0))
	want(t, "the right code after a wrong password", err, fault.WrongCredentials)
	_, err = o.factors.VerifyCode(ctx, from("192.0.2.77"), right, "000000")
	want(t, "a wrong code after the right password", err, fault.WrongCredentials)
	_, err = o.factors.VerifyCode(ctx, from("192.0.2.77"), right, o.code(0))
	want(t, "the owner", err, "")
	_, err = o.factors.VerifyCode(ctx, from("192.0.2.77"), right, o.code(0))
	want(t, "the same login again", err, fault.WrongCredentials)
}

// A guesser who never rests must not keep the owner out of a browser the owner has used before.
func TestKnownBrowserIsCountedSeparately(t *testing.T) {
	o := open(t)
	ctx := t.Context()
	keys := o.keys(secret)
	guess := func() error {
		_, err := o.VerifyPassword(ctx, from("203.0.113.9"), kari, "wrong")
		return err
	}
	for range 8 {
		_ = guess()
	}
	want(t, "the guesser", guess(), fault.TooMany)
	mine := access.Visitor{Address: "203.0.113.9", Device: keys.DeviceToken("Kari@bompass.example")}
	_, err := o.VerifyPassword(ctx, mine, kari, fixture.Password)
	want(t, "the owner's browser, at the guesser's address even", err, "")
	for name, device := range map[string]string{
		"another's browser": keys.DeviceToken("olav@bompass.example"), "made up": "x.y", "empty seal": "x.", "none": "",
		"another installation": o.keys("another secret of 32 bytes, right").DeviceToken(kari),
	} {
		_, err := o.VerifyPassword(ctx, access.Visitor{Address: "203.0.113.9", Device: device}, kari, fixture.Password)
		want(t, name, err, fault.TooMany)
	}
	for range 5 {
		_, err = o.VerifyPassword(ctx, mine, kari, "wrong")
		want(t, "a thief's free tries", err, fault.WrongCredentials)
	}
	_, err = o.VerifyPassword(ctx, mine, kari, "wrong")
	want(t, "a thief's sixth", err, fault.TooMany)
}

func TestCountedAttemptsExpire(t *testing.T) {
	o := open(t)
	for range 5 {
		_, err := o.VerifyPassword(t.Context(), from("203.0.113.9"), kari, "wrong")
		want(t, "free", err, fault.WrongCredentials)
	}
	o.pass(31 * time.Minute) // the oldest has expired
	_, err := o.VerifyPassword(t.Context(), from("203.0.113.9"), kari, "wrong")
	want(t, "the forgotten one", err, fault.WrongCredentials)
	_, err = o.VerifyPassword(t.Context(), from("203.0.113.9"), kari, "wrong")
	want(t, "one more", err, fault.TooMany)
}

func TestAddressesOfOneNetworkAreCountedTogether(t *testing.T) {
	o := open(t)
	var last error
	for n := range 7 {
		_, last = o.VerifyPassword(t.Context(), from("2001:db8:1:2::"+string(rune('1'+n))), kari, "wrong")
	}
	want(t, "seventh address of one /64", last, fault.TooMany)
}

func TestParallelGuessesAreCounted(t *testing.T) {
	o := open(t)
	var looked atomic.Int64
	var all sync.WaitGroup
	for range 30 {
		all.Go(func() {
			_, err := o.VerifyPassword(context.Background(), from("203.0.113.9"), kari, "wrong")
			if fault.CodeOf(err) == fault.WrongCredentials {
				looked.Add(1)
			}
		})
	}
	all.Wait()
	if looked.Load() != 5 {
		t.Errorf("%d guesses were looked at, want the 5 that are free", looked.Load())
	}
}
