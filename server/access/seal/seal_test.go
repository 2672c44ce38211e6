package seal_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"bompass/server/access/seal"
)

func keys(t *testing.T, secret string) seal.Keys {
	t.Helper()
	k, err := seal.NewKeys([]byte(strings.Repeat(secret, seal.SecretBytesMin)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// ASVS V11.3.2: a sealed value is not readable, and opens in no other row and with no other secret.
func TestSealedValueOpensInItsRowOnly(t *testing.T) {
	k := keys(t, "a")
	value := []byte("a value to hide")
	s := k.Seal(value, "row 1")
	if bytes.Contains(s.Data, value) {
		t.Error("the value is readable")
	}
	if again := k.Seal(value, "row 1"); bytes.Equal(again.Data, s.Data) {
		t.Error("the same value is sealed alike twice")
	}
	if got, err := k.Open(s, "row 1"); err != nil || !bytes.Equal(got, value) {
		t.Errorf("its row: got %q, %v", got, err)
	}
	if got, err := k.Open(s, "row 2"); err == nil {
		t.Errorf("another row: got %q", got)
	}
	if got, err := keys(t, "b").Open(s, "row 1"); err == nil {
		t.Errorf("another secret: got %q", got)
	}
	changed := seal.Sealed{Key: s.Key, Data: append([]byte(nil), s.Data...)}
	changed.Data[len(changed.Data)-1] ^= 1
	if got, err := k.Open(changed, "row 1"); err == nil {
		t.Errorf("a changed value: got %q", got)
	}
}

// ASVS V6.5.2: without the key, the few possible codes cannot be tried on a copy of the database.
func TestShortCodesAreHashedWithTheKey(t *testing.T) {
	k := keys(t, "a")
	hash := k.CodeHash("123456", "mobile", "kari")
	if !k.CodeMatches(hash, "123456", "mobile", "kari") || k.CodeMatches(hash, "123457", "mobile", "kari") {
		t.Error("the code is not told from others")
	}
	if k.CodeMatches(hash, "123456", "mobile", "olav") {
		t.Error("the code is accepted for another person")
	}
	if bytes.Equal(hash, keys(t, "b").CodeHash("123456", "mobile", "kari")) || bytes.Contains(hash, []byte("123456")) {
		t.Error("the hash does not depend on the key, or has the code")
	}
}

// ASVS V7.2.2: a token has 256 random bits, each of which differs between tokens.
func TestTokenHas256RandomBits(t *testing.T) {
	var ones, zeros [32]byte
	for range 64 {
		b, err := base64.RawURLEncoding.DecodeString(string(seal.NewToken()))
		if err != nil || len(b) != len(ones) {
			t.Fatalf("%d bytes, %v", len(b), err)
		}
		for i := range b {
			ones[i] |= b[i]
			zeros[i] |= ^b[i]
		}
	}
	for i := range ones {
		if ones[i] != 0xff || zeros[i] != 0xff {
			t.Errorf("byte %d is not random", i)
		}
	}
}

// ASVS V6.2.8: a password is compared as it was typed, after NFKC and in its whole length.
func TestPasswordIsComparedInNormalFormWithoutTruncation(t *testing.T) {
	long := strings.Repeat("blåbær og ", 12) + "ﬁnt"
	hash, err := keys(t, "a").HashPassword(long)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, password string
		want           bool
	}{
		{"as it was typed", long, true},
		{"letters with combining marks, no ligature", strings.ReplaceAll(strings.ReplaceAll(long, "å", "a\u030a"), "ﬁ", "fi"), true},
		{"another last letter", strings.TrimSuffix(long, "t") + "s", false},
		{"a space after it", long + " ", false},
		{"capitals", strings.ToUpper(long), false},
	} {
		if got, err := keys(t, "a").PasswordMatches(c.password, hash); err != nil || got != c.want {
			t.Errorf("%s: got %v, %v", c.name, got, err)
		}
	}
}
