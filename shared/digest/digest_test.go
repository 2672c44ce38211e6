package digest_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bompass/shared/digest"
)

func TestSmallEqualsStandardLibrary(t *testing.T) {
	for message, want := range map[string]string{ // FIPS 180-4, examples
		"abc": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq": "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
		"":                             "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		strings.Repeat("a", 1_000_000): "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
	} {
		if got := digest.Small([]byte(message)); hex.EncodeToString(got[:]) != want {
			t.Errorf("%.20q: got %x, want %s", message, got, want)
		}
	}
}

func TestSumEqualsSmall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		message := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "message")
		want := sha256.Sum256(message)
		if got := digest.Small(message); got != want {
			t.Fatalf("got %x, want %x", got, want)
		}
		if got := digest.Sum(message); got != want {
			t.Fatalf("sum: got %x, want %x", got, want)
		}
	})
}
