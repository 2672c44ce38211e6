package dsrc_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bompass/hardware/dsrc"
)

// The stamped list is kept as received and equals its encoding.
func TestStampedListKeepsReceivedOctets(t *testing.T) {
	p, err := dsrc.Decode(answer(t, "get-stamped-response-two"))
	if err != nil {
		t.Fatal(err)
	}
	v, ok := p.(dsrc.ActionResponse).Parameter.Value.(dsrc.GetStampedResponse)
	want := octets(t, "02002030C00100010220409578019999999999996F539F0000")
	if !ok || !bytes.Equal(v.Received, want) {
		t.Errorf("got %X, want %X", v.Received, want)
	}
	if again, err := dsrc.AppendAttributes(nil, v.Attributes); err != nil || !bytes.Equal(again, want) {
		t.Errorf("got %X %v, want %X", again, err, want)
	}
}

func TestMarkFields(t *testing.T) {
	m := dsrc.Mark(octets(t, "30C001123482"))
	if p := m.Provider(); p.Country.Code() != "NO" || p.Issuer != 1 || m.Contract() != (dsrc.Octets2{0x12, 0x34}) || m.Version() != 2 {
		t.Errorf("got %+v, %X, %d", p, m.Contract(), m.Version())
	}
}

func TestDateAndTimeConversion(t *testing.T) {
	at := time.Date(2026, 6, 15, 7, 59, 59, 0, time.UTC)
	want := dsrc.DateAndTime{Date: dsrc.DateCompact{Year: 2026, Month: 6, Day: 15}, Time: dsrc.TimeCompact{Hours: 7, Minutes: 59, DoubleSecs: 29}}
	got := dsrc.DateAndTimeOf(at)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	never := dsrc.DateAndTime{Date: dsrc.NoDate()}
	later := dsrc.DateAndTimeOf(at.Add(2 * time.Second))
	if !never.Before(got) || !got.Before(later) || got.Before(got) || later.Before(never) {
		t.Errorf("%v, %v and %v are not in order", never, got, later)
	}
}
