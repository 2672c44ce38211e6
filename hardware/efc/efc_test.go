package efc_test

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bompass/hardware"
	"bompass/hardware/dsrc"
	"bompass/hardware/efc"
	"bompass/hardware/sim"
)

const number = "9578010000000000012"

func beacon() dsrc.BeaconID { return dsrc.BeaconID{Manufacturer: 1, Individual: 1052} }

func now() time.Time { return time.Unix(1781510399, 0) }

func newTag(t *testing.T) *sim.Tag {
	t.Helper()
	tag, err := sim.NewTag(number, hardware.PlateRead{Country: "NO", Text: "DP45821"})
	if err != nil {
		t.Fatal(err)
	}
	return tag
}

// The octets of an unauthenticated transaction: BST, VST, GET, its response, SET_MMI, its response, release.
func TestTransactionReadsTheTag(t *testing.T) {
	tag := newTag(t)
	read, err := sim.Exchange(efc.Standard(beacon()), tag.Answer, now())
	if err != nil {
		t.Fatal(err)
	}
	if read.Finding != hardware.Read || read.PAN != number || read.Plate != tag.Plate || read.OBU != "00000001" || dsrc.Mark(read.Mark) != tag.Mark {
		t.Errorf("got %+v", read)
	}
	want := []string{
		"9180000800041C6A2FB0FF00010100",
		"91900001C102020630C001000102800100020000",
		"91620203201018",
		"91740203" + "20409578010000000000012F5B9F0000" + "102F30C007" + "44503435383231" + "18380400000001",
		"9105020A4500",
		"911002",
		"91200000",
	}
	var got []string
	for i, m := range read.Raw {
		got = append(got, strings.ToUpper(hex.EncodeToString(m.Octets)))
		if m.FromTag != (i%2 == 1) {
			t.Errorf("message %d: from the tag is %t", i, m.FromTag)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

// An unusual tag is a finding, not an error.
func TestFindings(t *testing.T) {
	other := dsrc.Mark{0xB2, 0x80, 0x05, 0, 1, 1}
	for _, c := range []struct {
		name    string
		change  func(*sim.Tag, *efc.Profile)
		finding hardware.Finding
		last    string // the last message, hexadecimal
	}{
		{"an accepted issuer is read", func(_ *sim.Tag, p *efc.Profile) { p.Marks = []dsrc.Mark{other, {0x30, 0xC0, 1, 0, 1, 2}} }, hardware.Read, "91200000"},
		{"another issuer is unknown", func(_ *sim.Tag, p *efc.Profile) { p.Marks = []dsrc.Mark{other} }, hardware.UnknownIssuer, "91200000"},
		{"a refusing tag is reported", func(tag *sim.Tag, _ *efc.Profile) { tag.Refuses = true }, hardware.AccessDenied, "91200000"},
		{"a wrong Luhn digit is found", func(tag *sim.Tag, _ *efc.Profile) { tag.Number[9] = 0x3F }, hardware.WrongNumber, "91200000"},
		{"a number with letters is reported", func(tag *sim.Tag, _ *efc.Profile) { tag.Number[3] = 0xAA }, hardware.WrongNumber, "91200000"},
		{"a tag that expired yesterday is reported", func(tag *sim.Tag, _ *efc.Profile) { tag.Expiry = dsrc.DateCompact{Year: 2026, Month: 6, Day: 14} }, hardware.Expired, "91200000"},
		{"a tag that expires today is read", func(tag *sim.Tag, _ *efc.Profile) { tag.Expiry = dsrc.DateCompact{Year: 2026, Month: 6, Day: 15} }, hardware.Read, "91200000"},
		{"a tag without a date never expires", func(tag *sim.Tag, _ *efc.Profile) { tag.Expiry = dsrc.NoDate() }, hardware.Read, "91200000"},
		{"a missing attribute is unreadable", func(_ *sim.Tag, p *efc.Profile) { p.Attributes = []int{95} }, hardware.Unreadable, "91200000"},
	} {
		tag, profile := newTag(t), efc.Standard(beacon())
		c.change(tag, &profile)
		read, err := sim.Exchange(profile, tag.Answer, now().UTC())
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		last := read.Raw[len(read.Raw)-1]
		if read.Finding != c.finding || strings.ToUpper(hex.EncodeToString(last.Octets)) != c.last || last.FromTag {
			t.Errorf("%s: got %s, last message %X, want %s", c.name, read.Finding, last.Octets, c.finding)
		}
	}
}

// The tag may leave after any message. After it has sent its number it counts as read.
func TestTagLeavesAtEveryStep(t *testing.T) {
	for answers, want := range []hardware.Finding{hardware.NoTag, hardware.Interrupted, hardware.Read, hardware.Read} {
		tag, left := newTag(t), answers
		read, err := sim.Exchange(efc.Standard(beacon()), func(in []byte) []byte {
			if left--; left < 0 {
				return nil
			}
			return tag.Answer(in)
		}, now())
		if err != nil || read.Finding != want {
			t.Errorf("after %d answers: got %q %v, want %q", answers, read.Finding, err, want)
		}
	}
}

func TestReleasedTagIgnoresSameBeacon(t *testing.T) {
	tag := newTag(t)
	for i, want := range []hardware.Finding{hardware.Read, hardware.NoTag} {
		if read, err := sim.Exchange(efc.Standard(beacon()), tag.Answer, now()); err != nil || read.Finding != want {
			t.Errorf("contact %d: got %q %v, want %q", i, read.Finding, err, want)
		}
	}
	other := dsrc.BeaconID{Manufacturer: 1, Individual: 1053}
	if read, err := sim.Exchange(efc.Standard(other), tag.Answer, now()); err != nil || read.Finding != hardware.Read {
		t.Errorf("another beacon: got %q %v", read.Finding, err)
	}
}

// The BST lists the applications of the profile: the vector's BST with two more.
func TestBSTListsProfileApplications(t *testing.T) {
	p := efc.Standard(beacon())
	p.AIDs = []int{dsrc.AIDToll, dsrc.AIDCompliance, dsrc.AIDPrivate}
	out, _, err := efc.New(p, dsrc.Octets4{}).Step(nil, now())
	if got := strings.ToUpper(hex.EncodeToString(out)); err != nil || got != "9180000800041C6A2FB0FF000301141D00" {
		t.Errorf("got %s %v", got, err)
	}
}

func TestStepAfterEndIsAnError(t *testing.T) {
	m := efc.New(efc.Standard(beacon()), dsrc.Octets4{})
	for range 2 {
		if _, _, err := m.Step(nil, now()); err != nil {
			t.Fatal(err)
		}
	}
	if _, done, err := m.Step(nil, now()); !done || !errors.Is(err, efc.ErrOver) {
		t.Errorf("got %t %v, want %v", done, err, efc.ErrOver)
	}
}

func TestInvalidProfileIsAnError(t *testing.T) {
	if _, err := sim.Exchange(efc.Standard(dsrc.BeaconID{Individual: 1 << 27}), newTag(t).Answer, now()); err == nil {
		t.Error("a beacon id of 28 bits was sent")
	}
}

// For any answers of a tag, the transaction ends within its number of messages and without an error.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte{0x91, 0x90, 0x00}, []byte{0x91}, []byte{})
	f.Add([]byte("\x91\x90\x00\x01\xC1\x02\x02\x06\x30\xC0\x01\x00\x01\x02\x80\x01\x00\x02\x00\x00"), []byte{0x91, 0x70, 0x02}, []byte{0x91, 0x10, 0x02})
	f.Fuzz(func(t *testing.T, vst, got, beeped []byte) {
		answers := [][]byte{vst, got, beeped, got, vst, got, vst, nil, nil}
		sent := 0
		read, err := sim.Exchange(efc.Standard(beacon()), func([]byte) []byte { sent++; return answers[sent-1] }, now())
		if err != nil || sent > 8 {
			t.Fatalf("got %v after %d messages", err, sent)
		}
		if read.Finding == hardware.Read && len(read.PAN) != 19 {
			t.Fatalf("read the number %q", read.PAN)
		}
	})
}
