package efc_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bompass/hardware"
	"bompass/hardware/dsrc"
	"bompass/hardware/efc"
	"bompass/hardware/seal"
	"bompass/hardware/sim"
)

func keys() *seal.KeySet { return seal.TestKeys(sim.NorwegianMark()) }

// strangerKeys returns another key set for the same issuer.
func strangerKeys() *seal.KeySet {
	m := seal.MasterKeys{Access: seal.MasterKey{9}, Stamp: map[int]seal.MasterKey{seal.TestKeyRef: {9}}, Derivation: seal.Standard()}
	return seal.NewKeySet(map[dsrc.Mark]seal.MasterKeys{sim.NorwegianMark(): m})
}

func nonce() dsrc.Octets4 { return dsrc.Octets4{0x4E, 0xCF, 0x3F, 0xBD} }

func secure() efc.Profile {
	no := dsrc.Provider{Country: dsrc.CountryOf("NO"), Issuer: 1}
	return efc.Secure(beacon(), seal.TestKeyRef, &efc.Receipt{Charger: no, Station: 301, Lane: 2, FeeUnit: dsrc.Octets2{0x25, 0x78}})
}

func host(tag *sim.Tag) efc.Host {
	return efc.Host{Antenna: sim.DirectAntenna(tag.Answer), Keys: keys(), Now: func() time.Time { return now().UTC() }}
}

// kinds returns the names of a transaction's messages.
func kinds(t *testing.T, raw []hardware.Message) (names []string) {
	t.Helper()
	for _, m := range raw {
		_, apdu, err := dsrc.CutFragment(m.Octets)
		if err != nil {
			t.Fatal(err)
		}
		p, err := dsrc.Decode(apdu)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, map[bool]string{false: ">", true: "<"}[m.FromTag]+kind(p))
	}
	return names
}

func kind(p dsrc.PDU) string {
	switch p := p.(type) {
	case dsrc.BST:
		return "BST"
	case dsrc.VST:
		return "VST"
	case dsrc.GetRequest, dsrc.GetResponse:
		return "GET"
	case dsrc.SetRequest, dsrc.SetResponse:
		return "SET"
	case dsrc.ActionRequest:
		return map[int]string{dsrc.GetStamped: "GET_STAMPED", dsrc.SetMMI: "SET_MMI"}[p.Type]
	case dsrc.EventReportRequest:
		return "release"
	}
	return "ACTION"
}

func TestSecureTransaction(t *testing.T) {
	tag := newTag(t).Secure(keys())
	tag.Receipts[0].Time = dsrc.DateAndTimeOf(now().Add(-time.Hour))
	h, commits := host(tag), 0
	h.Commit = func(read hardware.TagRead) error {
		commits++
		if tag.Receipts[1].Station != 0 || read.Finding != hardware.Read || !read.Verified || read.PAN != number {
			t.Errorf("committed %+v, the tag's receipt is %+v", read, tag.Receipts[1])
		}
		return nil
	}
	read, err := h.Run(t.Context(), efc.New(secure(), nonce()))
	if err != nil || read.Finding != hardware.Read || !read.Verified || commits != 1 {
		t.Fatalf("got %+v %v, committed %d times", read, err, commits)
	}
	want := []string{">BST", "<VST", ">GET_STAMPED", "<ACTION", ">GET", "<GET", ">SET", "<SET", ">SET_MMI", "<ACTION", ">release"}
	if diff := cmp.Diff(want, kinds(t, read.Raw)); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	mark := sim.NorwegianMark()
	receipt := dsrc.ReceiptData{
		Time:    dsrc.DateAndTime{Date: dsrc.DateCompact{Year: 2026, Month: 6, Day: 15}, Time: dsrc.TimeCompact{Hours: 7, Minutes: 59, DoubleSecs: 29}},
		Charger: mark.Provider(), Station: 301, Lane: 2, FeeUnit: dsrc.Octets2{0x25, 0x78},
		Issuer: mark.Provider(), Contract: dsrc.Octets2{0, 1}, Version: 2,
	}
	if diff := cmp.Diff(receipt, tag.Receipts[1]); diff != "" {
		t.Errorf("the older receipt is not the new one (-want +got):\n%s", diff)
	}
}

func TestSecureFindings(t *testing.T) {
	other := dsrc.Mark{0xB2, 0x80, 0x05, 0, 1, 1}
	for _, c := range []struct {
		name     string
		change   func(*sim.Tag, *efc.Profile, *efc.Host)
		finding  hardware.Finding
		verified bool
	}{
		{"a tag of level 1 is verified", func(*sim.Tag, *efc.Profile, *efc.Host) {}, hardware.Read, true},
		{"a tag of level 0 that signs is verified", func(tag *sim.Tag, _ *efc.Profile, _ *efc.Host) { tag.Access = false }, hardware.Read, true},
		{"a tag with other keys denies access", func(tag *sim.Tag, _ *efc.Profile, _ *efc.Host) { tag.Secure(strangerKeys()) }, hardware.AccessDenied, false},
		{"a wrong authenticator is found", func(tag *sim.Tag, _ *efc.Profile, _ *efc.Host) { tag.Secure(strangerKeys()).Access = false }, hardware.Unproven, false},
		{"without keys a tag of level 1 denies access", func(_ *sim.Tag, _ *efc.Profile, h *efc.Host) { h.Keys = nil }, hardware.AccessDenied, false},
		{"without keys nothing is authenticated", func(tag *sim.Tag, _ *efc.Profile, h *efc.Host) { h.Keys, tag.Access = nil, false }, hardware.Unproven, false},
		{"authentication may be optional", func(tag *sim.Tag, p *efc.Profile, h *efc.Host) {
			h.Keys, tag.Access, p.Stamp.Required = nil, false, false
		}, hardware.Read, false},
		{"an unknown key reference is unreadable", func(tag *sim.Tag, p *efc.Profile, _ *efc.Host) { tag.Access, p.Stamp.KeyRef = false, 99 }, hardware.Unreadable, false},
		{"an expired tag may be authentic", func(tag *sim.Tag, _ *efc.Profile, _ *efc.Host) {
			tag.Expiry = dsrc.DateCompact{Year: 2026, Month: 6, Day: 14}
		}, hardware.Expired, true},
		{"the accepted contract of several is taken", func(tag *sim.Tag, p *efc.Profile, _ *efc.Host) {
			tag.Others = []sim.Contract{{AID: dsrc.AIDPrivate, EID: 7, Mark: other}, {AID: dsrc.AIDToll, EID: 8, Mark: other}}
			p.Marks = []dsrc.Mark{sim.NorwegianMark()}
		}, hardware.Read, true},
		{"no contract is accepted", func(tag *sim.Tag, p *efc.Profile, _ *efc.Host) {
			tag.Others = []sim.Contract{{AID: dsrc.AIDToll, EID: 8, Mark: dsrc.Mark{1}}}
			p.Marks = []dsrc.Mark{other}
		}, hardware.UnknownIssuer, false},
	} {
		tag, profile := newTag(t).Secure(keys()), secure()
		h := host(tag)
		c.change(tag, &profile, &h)
		read, err := h.Run(t.Context(), efc.New(profile, nonce()))
		if err != nil || read.Finding != c.finding || read.Verified != c.verified {
			t.Errorf("%s: got %s, verified %t, %v; want %s, %t", c.name, read.Finding, read.Verified, err, c.finding, c.verified)
		}
		if last := read.Raw[len(read.Raw)-1]; last.FromTag || kind(message(t, last)) != "release" {
			t.Errorf("%s: ends with %X, want the release", c.name, last.Octets)
		}
		if receipt := tag.Receipts[0].Station != 0; receipt != (c.finding == hardware.Read) {
			t.Errorf("%s: a receipt was written is %t", c.name, receipt)
		}
	}
}

func message(t *testing.T, m hardware.Message) dsrc.PDU {
	t.Helper()
	_, apdu, err := dsrc.CutFragment(m.Octets)
	if err != nil {
		t.Fatal(err)
	}
	p, err := dsrc.Decode(apdu)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Whatever bit of the authenticated answer is flipped, the tag is not charged by it.
func TestFlippedBitIsNeverChargeable(t *testing.T) {
	size := 0
	for bit := 0; bit == 0 || bit < size*8; bit++ {
		tag, n := newTag(t).Secure(keys()), 0
		h := host(tag)
		h.Antenna = sim.DirectAntenna(func(in []byte) []byte {
			out := tag.Answer(in)
			if n++; n == 2 && out != nil {
				size = len(out)
				out = slices.Clone(out)
				out[bit/8] ^= 1 << (bit % 8)
			}
			return out
		})
		read, err := h.Run(t.Context(), efc.New(secure(), nonce()))
		if err != nil {
			t.Fatal(err)
		}
		// An answer that does not decode is requested again, and the second answer is intact.
		if read.Finding == hardware.Read && (read.PAN != number || !read.Verified) {
			t.Errorf("bit %d: got %+v", bit, read)
		}
	}
}

func TestNoReceiptWithoutCommit(t *testing.T) {
	tag, full := newTag(t).Secure(keys()), errors.New("disk is full")
	h := host(tag)
	h.Commit = func(hardware.TagRead) error { return full }
	if _, err := h.Run(t.Context(), efc.New(secure(), nonce())); !errors.Is(err, full) {
		t.Errorf("got %v, want %v", err, full)
	}
	if tag.Receipts[0].Station != 0 || tag.Receipts[1].Station != 0 {
		t.Error("a receipt was written")
	}
}

// A late or damaged answer causes a repeated request, at most four times.
func TestLateResponsesAreRetried(t *testing.T) {
	for wrong, want := range []hardware.Finding{hardware.Read, hardware.Read, hardware.Read, hardware.Read, hardware.Read, hardware.Unreadable} {
		tag, n := newTag(t).Secure(keys()), 0
		var vst []byte
		h := host(tag)
		h.Antenna = sim.DirectAntenna(func(in []byte) []byte {
			out := tag.Answer(in)
			if n++; n == 1 {
				vst = out
			} else if n <= wrong+1 {
				return vst
			}
			return out
		})
		if read, err := h.Run(t.Context(), efc.New(secure(), nonce())); err != nil || read.Finding != want {
			t.Errorf("%d late answers: got %s %v, want %s", wrong, read.Finding, err, want)
		}
	}
}

func TestSecureTagLeaves(t *testing.T) {
	for answers, want := range []hardware.Finding{hardware.NoTag, hardware.Interrupted, hardware.Read, hardware.Read, hardware.Read, hardware.Read} {
		tag, left, commits := newTag(t).Secure(keys()), answers, 0
		h := host(tag)
		h.Commit = func(hardware.TagRead) error { commits++; return nil }
		h.Antenna = sim.DirectAntenna(func(in []byte) []byte {
			if left--; left < 0 {
				return nil
			}
			return tag.Answer(in)
		})
		read, err := h.Run(t.Context(), efc.New(secure(), nonce()))
		if err != nil || read.Finding != want || commits > 1 || commits == 1 != (answers >= 3) {
			t.Errorf("after %d answers: got %q %v, committed %d times, want %q", answers, read.Finding, err, commits, want)
		}
	}
}

func TestMachineWaitsForCredentials(t *testing.T) {
	tag := newTag(t).Secure(keys())
	m := efc.New(secure(), nonce())
	bst, _, err := m.Step(nil, now())
	if err != nil {
		t.Fatal(err)
	}
	out, done, err := m.Step(tag.Answer(bst), now())
	if out != nil || done || err != nil || m.Need() != efc.Credentials {
		t.Fatalf("got %X %t %v, need %d", out, done, err, m.Need())
	}
	if _, _, err := m.Step(nil, now()); !errors.Is(err, efc.ErrWaiting) {
		t.Errorf("got %v, want %v", err, efc.ErrWaiting)
	}
	m.SetCredentials(nil)
	if out, done, err = m.Step(nil, now()); out == nil || done || err != nil || m.Need() != efc.Nothing {
		t.Errorf("got %X %t %v, need %d", out, done, err, m.Need())
	}
}

func TestLowBattery(t *testing.T) {
	tag, profile := newTag(t), efc.Standard(beacon())
	tag.Status, profile.LowBattery = 0x0800, 0x0800
	if read, err := sim.Exchange(profile, tag.Answer, now()); err != nil || !read.LowBattery || read.Finding != hardware.Read {
		t.Errorf("got %+v %v", read, err)
	}
}

func TestComparePlate(t *testing.T) {
	read := hardware.TagRead{Finding: hardware.Read, Plate: hardware.PlateRead{Country: "NO", Text: "DP45821"}}
	for seen, want := range map[string]hardware.Finding{"DP45821": hardware.Read, "dp 45821": hardware.Read, "": hardware.Read, "DP45827": hardware.PlateDiffers} {
		if got := efc.ComparePlate(read, hardware.PlateRead{Text: seen}); got != want {
			t.Errorf("%q: got %s, want %s", seen, got, want)
		}
	}
	denied := hardware.TagRead{Finding: hardware.AccessDenied}
	if got := efc.ComparePlate(denied, hardware.PlateRead{Text: "X"}); got != hardware.AccessDenied || got.Chargeable() || !hardware.PlateDiffers.Chargeable() {
		t.Errorf("got %s", got)
	}
}

// For any answers of a tag, the transaction ends within its number of messages, and only a correct
// authenticator makes it chargeable.
func FuzzSecureAnswers(f *testing.F) {
	tag, err := sim.NewTag(number, hardware.PlateRead{Country: "NO", Text: "DP45821"})
	if err != nil {
		f.Fatal(err)
	}
	tag.Secure(keys())
	var answers [][]byte
	h := efc.Host{Keys: keys(), Now: func() time.Time { return now().UTC() }, Antenna: sim.DirectAntenna(func(in []byte) []byte {
		answers = append(answers, tag.Answer(in))
		return answers[len(answers)-1]
	})}
	if _, err := h.Run(f.Context(), efc.New(secure(), nonce())); err != nil {
		f.Fatal(err)
	}
	f.Add(answers[0], answers[1], answers[2])
	f.Add(answers[0], answers[1], []byte{})
	f.Add(answers[0], []byte{0x91, 0x12, 0x02, 0x01}, []byte{})
	f.Fuzz(func(t *testing.T, vst, stamped, got []byte) {
		said, sent := [][]byte{vst, stamped, got, got, got, got, got, got, got, got, got}, 0
		h := efc.Host{Keys: keys(), Now: now, Antenna: sim.DirectAntenna(func([]byte) []byte { sent++; return said[sent-1] })}
		read, err := h.Run(t.Context(), efc.New(secure(), nonce()))
		if err != nil || sent > 10 {
			t.Fatalf("got %v after %d messages", err, sent)
		}
		if read.Finding == hardware.Read && !read.Verified {
			t.Fatalf("read %+v", read)
		}
	})
}

func BenchmarkSecureTransaction(b *testing.B) {
	tag, err := sim.NewTag(number, hardware.PlateRead{Country: "NO", Text: "DP45821"})
	if err != nil {
		b.Fatal(err)
	}
	tag.Secure(keys())
	h := efc.Host{Antenna: sim.DirectAntenna(tag.Answer), Keys: keys(), Now: now}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		p := secure()
		p.Beacon.Individual = i & 0xFFFF
		if read, err := h.Run(b.Context(), efc.New(p, nonce())); err != nil || read.Finding != hardware.Read {
			b.Fatal(read, err)
		}
	}
}
