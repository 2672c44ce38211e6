package seal_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bompass/hardware/dsrc"
	"bompass/hardware/seal"
)

const keyRef = 115

func mark() dsrc.Mark { return dsrc.Mark{0x30, 0xC0, 0x01, 0x00, 0x01, 0x02} }

type examples struct {
	Security struct {
		AccessCredentials []struct{ MasterKey, KeyReference, RndObe, AccessCredentials string }
		Authenticator     []struct{ MasterKey, ContractProvider, PersonalAccountNumber, AttributeList, Nonce, Authenticator string }
	}
}

func vectors(t *testing.T) (v examples) {
	t.Helper()
	text, err := os.ReadFile("../dsrc/testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Security.AccessCredentials) != 6 || len(v.Security.Authenticator) != 4 {
		t.Fatalf("got %d and %d examples", len(v.Security.AccessCredentials), len(v.Security.Authenticator))
	}
	return v
}

func octets(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func set(mark dsrc.Mark, master []byte) *seal.KeySet {
	m := seal.MasterKey(master)
	return seal.NewKeySet(map[dsrc.Mark]seal.MasterKeys{mark: {Access: m, Stamp: map[int]seal.MasterKey{keyRef: m}, Derivation: seal.Standard()}})
}

func TestAccessCredentialVectors(t *testing.T) {
	for _, v := range vectors(t).Security.AccessCredentials {
		ref := octets(t, v.KeyReference)
		c := seal.Challenge{Mark: mark(), KeyRef: uint16(ref[0])<<8 | uint16(ref[1]), Random: dsrc.Octets4(octets(t, v.RndObe))}
		keys := set(mark(), octets(t, v.MasterKey))
		got, err := keys.Access(t.Context(), c)
		if want := octets(t, v.AccessCredentials); err != nil || !bytes.Equal(got[:], want) {
			t.Errorf("reference %s, random %s: got %X %v, want %X", v.KeyReference, v.RndObe, got, err, want)
		}
		if tag := keys.TagKeys(mark(), dsrc.PAN{}); !tag.CheckCredentials(c.KeyRef, c.Random, got[:]) || tag.CheckCredentials(c.KeyRef, c.Random, got[:3]) || tag.CheckCredentials(c.KeyRef, c.Random, nil) {
			t.Errorf("reference %s: the tag does not take its credentials, or takes less", v.KeyReference)
		}
	}
}

func TestAuthenticatorVectors(t *testing.T) {
	for _, v := range vectors(t).Security.Authenticator {
		keys, stamp := example(t, v.MasterKey, v.ContractProvider, v.PersonalAccountNumber)
		stamp.List, stamp.Nonce, stamp.Authenticator = octets(t, v.AttributeList), octets(t, v.Nonce), octets(t, v.Authenticator)
		if ok, err := keys.Check(t.Context(), stamp); !ok || err != nil {
			t.Errorf("list %s, nonce %s: got %t %v", v.AttributeList, v.Nonce, ok, err)
		}
		if got, err := keys.TagKeys(stamp.Mark, stamp.PAN).Sign(keyRef, stamp.List, stamp.Nonce); err != nil || !bytes.Equal(got[:], stamp.Authenticator) {
			t.Errorf("list %s: the tag signs %X %v, want %s", v.AttributeList, got, err, v.Authenticator)
		}
	}
}

func example(t *testing.T, master, provider, pan string) (*seal.KeySet, seal.Stamp) {
	t.Helper()
	var m dsrc.Mark
	copy(m[:], octets(t, provider))
	return set(m, octets(t, master)), seal.Stamp{Mark: m, PAN: dsrc.PAN(octets(t, pan)), KeyRef: keyRef}
}

// One flipped bit anywhere in list, nonce or authenticator fails the check.
func TestFlippedBitFailsCheck(t *testing.T) {
	for _, v := range vectors(t).Security.Authenticator {
		keys, stamp := example(t, v.MasterKey, v.ContractProvider, v.PersonalAccountNumber)
		stamp.List, stamp.Nonce, stamp.Authenticator = octets(t, v.AttributeList), octets(t, v.Nonce), octets(t, v.Authenticator)
		for name, part := range map[string][]byte{"list": stamp.List, "nonce": stamp.Nonce, "authenticator": stamp.Authenticator} {
			for bit := range len(part) * 8 {
				part[bit/8] ^= 1 << (bit % 8)
				if ok, err := keys.Check(t.Context(), stamp); ok || err != nil {
					t.Errorf("bit %d of %s %X flipped: got %t %v", bit, name, part, ok, err)
				}
				part[bit/8] ^= 1 << (bit % 8)
			}
		}
	}
}

// An authenticator of any other length is wrong, including the empty one.
func TestAuthenticatorHasFourOctets(t *testing.T) {
	keys := seal.TestKeys(mark())
	rapid.Check(t, func(r *rapid.T) {
		list, nonce := rapid.SliceOfN(rapid.Byte(), 0, 100).Draw(r, "list"), rapid.SliceOfN(rapid.Byte(), 0, 8).Draw(r, "nonce")
		own, err := keys.TagKeys(mark(), dsrc.PAN{1}).Sign(keyRef, list, nonce)
		if err != nil {
			r.Fatal(err)
		}
		for n := range 5 {
			ok, err := keys.Check(t.Context(), seal.Stamp{Mark: mark(), PAN: dsrc.PAN{1}, KeyRef: keyRef, List: list, Nonce: nonce, Authenticator: own[:n]})
			if err != nil || ok != (n == len(own)) {
				r.Fatalf("%d octets: got %t %v", n, ok, err)
			}
		}
	})
}

func TestUnknownKeyIsErrNoKey(t *testing.T) {
	keys, other := seal.TestKeys(mark()), dsrc.Mark{0xB2, 0x80, 0x05}
	if _, err := keys.Access(t.Context(), seal.Challenge{Mark: other}); !errors.Is(err, seal.ErrNoKey) {
		t.Errorf("another issuer's credentials: got %v", err)
	}
	for _, s := range []seal.Stamp{{Mark: other, KeyRef: keyRef}, {Mark: mark(), KeyRef: 1}} {
		if ok, err := keys.Check(t.Context(), s); ok || !errors.Is(err, seal.ErrNoKey) {
			t.Errorf("%+v: got %t %v", s, ok, err)
		}
	}
}

// Another issuer's derivation is a value, not another implementation.
func TestDerivationIsReplaceable(t *testing.T) {
	plain := seal.Derivation{
		Access: func(ref uint16) seal.Block { return seal.Block{byte(ref)} },
		Stamp:  func(pan dsrc.PAN, _ dsrc.Mark) seal.Block { return seal.Block(pan[:8]) },
	}
	m := seal.MasterKeys{Stamp: map[int]seal.MasterKey{keyRef: {1, 2, 3}}, Derivation: plain}
	ours := seal.NewKeySet(map[dsrc.Mark]seal.MasterKeys{mark(): m})
	m.Derivation = seal.Standard()
	theirs := seal.NewKeySet(map[dsrc.Mark]seal.MasterKeys{mark(): m})
	pan := dsrc.PAN{9, 8, 7, 6, 5, 4, 3, 2, 1}
	a, errA := ours.TagKeys(mark(), pan).Sign(keyRef, []byte{1}, nil)
	b, errB := theirs.TagKeys(mark(), pan).Sign(keyRef, []byte{1}, nil)
	if a == b || errA != nil || errB != nil {
		t.Errorf("got %X %v and %X %v, want them to differ", a, errA, b, errB)
	}
}

func TestKeysAreNeverPrinted(t *testing.T) {
	master := seal.MasterKey(bytes.Repeat([]byte{0xA7}, 16))
	keys := seal.NewKeySet(map[dsrc.Mark]seal.MasterKeys{mark(): {Access: master, Stamp: map[int]seal.MasterKey{keyRef: master}, Derivation: seal.Standard()}})
	for _, verb := range []string{"%v", "%+v", "%#v", "%x", "%X", "%s", "%d", "%q"} {
		for _, v := range []any{master, &master, []seal.MasterKey{master}, map[int]seal.MasterKey{1: master}, seal.MasterKeys{Access: master}} {
			text := strings.ToLower(fmt.Sprintf(verb, v))
			for _, leak := range []string{"a7a7", "167, 167", "167 167", "0xa7"} {
				if strings.Contains(text, leak) {
					t.Errorf("%s shows %s", verb, text)
				}
			}
		}
	}
	if text := fmt.Sprintf("%+v", keys); strings.Contains(text, "167 167") {
		t.Errorf("the set shows %s", text)
	}
	if b, err := json.Marshal(master); err == nil {
		t.Errorf("JSON shows %s", b)
	}
}

func BenchmarkCheck(b *testing.B) {
	keys := seal.TestKeys(mark())
	list, nonce := make([]byte, 18), make([]byte, 4)
	own, err := keys.TagKeys(mark(), dsrc.PAN{}).Sign(keyRef, list, nonce)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if ok, err := keys.Check(b.Context(), seal.Stamp{Mark: mark(), KeyRef: keyRef, List: list, Nonce: nonce, Authenticator: own[:]}); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
