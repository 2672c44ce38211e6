package dsrc_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bompass/hardware/dsrc"
)

// Every alternative of a container round-trips, by its type octet.
func TestEveryContainerAlternativeRoundTrips(t *testing.T) {
	for _, c := range []struct{ notation, octets string }{
		{`{"octetstring":"0011"}`, "02020011"},
		{`{"time":1781510399}`, "0F6A2FB0FF"},
		{`{"gstrq":{"attributeIdList":[32],"nonce":"4ECF3FBD","keyRef":115}}`, "110120044ECF3FBD73"},
		{`{"gstrs":{"attributeList":[{"attributeId":17,"attributeValue":{"vehclass":1}}],"authenticator":"AA"}}`, "120111310101AA"},
		{`{"sstrq":{"attributeList":[],"nonce":"AABB","keyRef":255}}`, "130002AABBFF"},
		{`{"contser":4294967295}`, "21FFFFFFFF"},
		{`{"contauth":"AABB"}`, "2402AABB"},
		{`{"recauth":"CC"}`, "2D01CC"},
		{`{"vehwtladen":65535}`, "35FFFF"},
		{`{"vehauth":""}`, "3700"},
		{`{"equOBUId":"0102030405"}`, "38050102030405"},
		{`{"equstat":"b1000000000000001"}`, "3A8001"},
		{`{"dvrchars":{"driverClass":1,"tripPurpose":255}}`, "3B01FF"},
		{`{"paymbal":{"negative":-1}}`, "3DFFFFFF"},
		{`{"paymunit":"2578"}`, "3E2578"},
		{`{"paysecdata":"00"}`, "3F0100"},
		{`{"valofcon":{"issuerRestrictions":"0102","contractExpiryDate":{"year":2031,"month":12,"day":31}}}`, "430102539F"},
		{`{"setmmirq":255}`, "45FF"},
	} {
		b, err := dsrc.EncodeType("Container", []byte(c.notation))
		if got := strings.ToUpper(hex.EncodeToString(b)); err != nil || got != c.octets {
			t.Errorf("%s: got %s %v, want %s", c.notation, got, err, c.octets)
		}
		notation, err := dsrc.DecodeType("Container", octets(t, c.octets))
		if err != nil {
			t.Errorf("%s: %v", c.octets, err)
			continue
		}
		if diff := cmp.Diff(plain(t, []byte(c.notation)), plain(t, notation)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.octets, diff)
		}
	}
}

// Reserved alternatives are rejected.
func TestUnusedAlternativesAreRejected(t *testing.T) {
	used := map[int]bool{}
	for _, n := range []int{2, 15, 17, 18, 19, 32, 33, 36, 45, 47, 49, 50, 51, 52, 53, 54, 55, 56, 58, 59, 61, 62, 63, 64, 65, 66, 67, 69} {
		used[n] = true
	}
	for n := range 256 {
		_, err := dsrc.DecodeType("Container", append([]byte{byte(n)}, make([]byte, 60)...))
		switch unknown := err != nil && strings.Contains(err.Error(), "is not known"); {
		case n < 87 && unknown == used[n]:
			t.Errorf("alternative %d: got %v", n, err)
		case n >= 87 && err == nil:
			t.Errorf("alternative %d: got no error", n)
		}
	}
}
