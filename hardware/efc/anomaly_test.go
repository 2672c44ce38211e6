package efc_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"bompass/hardware"
	"bompass/hardware/dsrc"
	"bompass/hardware/efc"
	"bompass/hardware/sim"
)

// twisted returns the tag's answer function with its answers changed on the way, in the notation of the
// vectors. An answer changed to the empty string arrives as octets that do not decode.
func twisted(t *testing.T, tag *sim.Tag, twist func(answer int, text string) string) func([]byte) []byte {
	t.Helper()
	answers := 0
	return func(in []byte) []byte {
		out := tag.Answer(in)
		if out == nil {
			return nil
		}
		_, apdu, err := dsrc.CutFragment(out)
		if err != nil {
			t.Fatal(err)
		}
		notation, err := dsrc.DecodeType("TApdu", apdu)
		if err != nil {
			t.Fatal(err)
		}
		answers++
		text := twist(answers, string(notation))
		if text == "" {
			return []byte{out[0], 0xFF}
		}
		changed, err := dsrc.EncodeType("TApdu", []byte(text))
		if err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		return append([]byte{out[0]}, changed...)
	}
}

const (
	tollApplication = `{"aid":1,"eid":2,"parameter":{"octetstring":"30C001000102"}}`
	unreadableMark  = `{"aid":1,"eid":3,"parameter":{"octetstring":"30C0"}}`
	noElement       = `{"aid":1,"parameter":{"octetstring":"30C001000102"}}`
	compliance      = `{"aid":20,"eid":3,"parameter":{"octetstring":"30C001000102"}}`
	noOctets        = `{"aid":1,"eid":3,"parameter":{"equOBUId":"00000001"}}`
)

// A tag may list other applications than toll collection, and malformed ones.
func TestAcceptedContractIsChosen(t *testing.T) {
	for _, c := range []struct {
		name, applications string
		finding            hardware.Finding
	}{
		{"another application comes first", compliance + "," + tollApplication, hardware.Read},
		{"an application without an element is skipped", noElement + "," + tollApplication, hardware.Read},
		{"an application without an octet string is skipped", noOctets + "," + tollApplication, hardware.Read},
		{"an invalid mark comes first", unreadableMark + "," + tollApplication, hardware.Read},
		{"no toll application", compliance, hardware.NoContract},
		{"no element", noElement, hardware.NoContract},
		{"no octet string", noOctets, hardware.NoContract},
		{"only an invalid mark", unreadableMark, hardware.Unreadable},
		{"no application", "", hardware.NoContract},
	} {
		read, err := sim.Exchange(efc.Standard(beacon()), twisted(t, newTag(t), func(answer int, text string) string {
			if answer > 1 {
				return text
			}
			return strings.Replace(text, tollApplication, c.applications, 1)
		}), now())
		if err != nil || read.Finding != c.finding {
			t.Errorf("%s: got %s %v, want %s", c.name, read.Finding, err, c.finding)
		}
	}
}

// A damaged answer, or one of another element, is requested again a limited number of times.
func TestInvalidResponseIsRequestedAgain(t *testing.T) {
	other := func(text string) string { return strings.Replace(text, `"eid":2`, `"eid":3`, 1) }
	damaged := func(string) string { return "" }
	for name, change := range map[string]func(string) string{"another element": other, "no message": damaged} {
		for _, at := range []int{1, 2} { // the VST does not carry the element's id
			if at == 1 && name == "another element" {
				continue
			}
			tag := newTag(t)
			read, err := sim.Exchange(efc.Standard(beacon()), twisted(t, tag, func(answer int, text string) string {
				if answer == at {
					return change(text)
				}
				return text
			}), now())
			if err != nil || read.Finding != hardware.Read || read.PAN != number {
				t.Errorf("%s as answer %d, once: got %s %v", name, at, read.Finding, err)
			}
			read, err = sim.Exchange(efc.Standard(beacon()), twisted(t, newTag(t), func(answer int, text string) string {
				if answer >= at {
					return change(text)
				}
				return text
			}), now())
			if err != nil || read.Finding != hardware.Unreadable || read.PAN != "" {
				t.Errorf("%s from answer %d on: got %s %q %v", name, at, read.Finding, read.PAN, err)
			}
		}
	}
}

// At security level 1, an authenticator over a list without the tag's number proves nothing.
func TestInvalidStampedResponseIsRejected(t *testing.T) {
	number := `"personalAccountNumber":"9578010000000000012F"`
	for _, c := range []struct {
		name    string
		change  func(string) string
		times   int
		finding hardware.Finding
	}{
		{"another element, once", func(s string) string { return strings.Replace(s, `"eid":2`, `"eid":3`, 1) }, 1, hardware.Read},
		{"another element, always", func(s string) string { return strings.Replace(s, `"eid":2`, `"eid":3`, 1) }, 9, hardware.Unreadable},
		{"no message, once", func(string) string { return "" }, 1, hardware.Read},
		{"a number of zeros", func(s string) string {
			if !strings.Contains(s, number) {
				t.Fatalf("%s has no number", s)
			}
			return strings.Replace(s, number, `"personalAccountNumber":"00000000000000000000"`, 1)
		}, 1, hardware.Unreadable},
		{"another number", func(s string) string {
			return strings.Replace(s, number, `"personalAccountNumber":"9578010000000000020F"`, 1)
		}, 1, hardware.Unproven},
	} {
		times := 0
		h := host(newTag(t).Secure(keys()))
		h.Antenna = sim.DirectAntenna(twisted(t, newTag(t).Secure(keys()), func(answer int, text string) string {
			if answer > 1 && strings.Contains(text, "actionResponse") && times < c.times {
				times++
				return c.change(text)
			}
			return text
		}))
		read, err := h.Run(t.Context(), efc.New(secure(), nonce()))
		if err != nil || read.Finding != c.finding {
			t.Errorf("%s: got %s %v, want %s", c.name, read.Finding, err, c.finding)
		}
	}
}

// Step is rejected while the machine waits for a need, the device time is kept, and a finished machine stays
// finished.
func TestMachineRejectsStepsOutOfOrder(t *testing.T) {
	tag, m := newTag(t).Secure(keys()), efc.New(secure(), nonce())
	out, _, err := m.Step(nil, now())
	if err != nil {
		t.Fatal(err)
	}
	at := now().Add(-3 * time.Second)
	m.SetDeviceTime(at)
	if out, done, err := m.Step(tag.Answer(out), now()); out != nil || done || err != nil || m.Need() != efc.Credentials {
		t.Fatalf("got %X %t %v, need %v", out, done, err, m.Need())
	}
	if out, done, err := m.Step(nil, now()); out != nil || done || err != efc.ErrWaiting { //nolint:errorlint // the very error
		t.Errorf("step during a need: got %X %t %v, want %v", out, done, err, efc.ErrWaiting)
	}
	if !m.Result().Device.Equal(at) {
		t.Errorf("signals at %v, want %v", m.Result().Device, at)
	}
	m.Abort()
	raw := slices.Clone(m.Result().Raw)
	m.Abort()
	if _, done, err := m.Step(tag.Answer(out), now()); !done || err == nil || len(m.Result().Raw) != len(raw) || m.Result().Finding == hardware.Read || m.Released() {
		t.Errorf("after the end: got %t %v, %+v", done, err, m.Result())
	}
}

func TestCompletedTransactionIsReleased(t *testing.T) {
	tag, m := newTag(t), efc.New(efc.Standard(beacon()), nonce())
	read, err := host(tag).Run(t.Context(), m)
	if err != nil || read.Finding != hardware.Read || !m.Released() {
		t.Errorf("got %s %v, released %t", read.Finding, err, m.Released())
	}
}

// A driver whose tag cannot be charged gets the NotOK signal.
func TestSignalMatchesFinding(t *testing.T) {
	yesterday := dsrc.DateCompact{Year: 2026, Month: 6, Day: 14}
	for _, c := range []struct {
		name   string
		change func(*sim.Tag)
		signal string
	}{
		{"read", func(*sim.Tag) {}, `"setmmirq":0`},
		{"expired", func(tag *sim.Tag) { tag.Expiry = yesterday }, `"setmmirq":1`},
		{"a wrong number", func(tag *sim.Tag) { tag.Number[9] = 0x3F }, `"setmmirq":1`},
	} {
		tag := newTag(t)
		c.change(tag)
		read, err := sim.Exchange(efc.Standard(beacon()), tag.Answer, now().UTC())
		if err != nil {
			t.Fatal(err)
		}
		var signals []string
		for _, m := range read.Raw {
			_, apdu, err := dsrc.CutFragment(m.Octets)
			if err != nil {
				t.Fatal(err)
			}
			text, err := dsrc.DecodeType("TApdu", apdu)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), "setmmirq") && !m.FromTag {
				signals = append(signals, string(text))
			}
		}
		if len(signals) != 1 || !strings.Contains(signals[0], c.signal) {
			t.Errorf("%s: got %v, want one with %s", c.name, signals, c.signal)
		}
	}
}

func TestLowBatteryBitsComeFromProfile(t *testing.T) {
	for status, want := range map[uint16]bool{0x0800: true, 0x0801: true, 0x0400: false, 0: false} {
		tag, profile := newTag(t), efc.Standard(beacon())
		tag.Status, profile.LowBattery = status, 0x0800
		if read, err := sim.Exchange(profile, tag.Answer, now()); err != nil || read.LowBattery != want {
			t.Errorf("%04X: got %t %v, want %t", status, read.LowBattery, err, want)
		}
	}
}

// A tag without a plate, or a plate that was not read, never counts as a mismatch.
func TestUnknownPlateNeverDiffers(t *testing.T) {
	silent := hardware.TagRead{Finding: hardware.Read}
	if got := efc.ComparePlate(silent, hardware.PlateRead{Country: "NO", Text: "DP45821"}); got != hardware.Read {
		t.Errorf("got %s", got)
	}
}
