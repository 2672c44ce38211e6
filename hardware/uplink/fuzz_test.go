package uplink_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"bompass/hardware/uplink"
)

// octetsMax is the maximum length of a fuzz input; longer ones show nothing else and stall the minimizer.
const octetsMax = 1 << 14

// For any octets in the files of a spool, it opens, sends what is intact, and takes new passages.
func FuzzSpoolFiles(f *testing.F) {
	f.Add([]byte("\xffRC\xfe"), []byte("1780000000"), []byte(`{"segment":1,"offset":0}`))
	f.Add([]byte{}, []byte{}, []byte("{"))
	f.Fuzz(func(t *testing.T, segment, epoch, sent []byte) {
		if len(segment)+len(epoch)+len(sent) > octetsMax {
			return
		}
		dir := t.TempDir()
		for name, content := range map[string][]byte{"0000000003.seg": segment, "epoch": epoch, "sent": sent, "journal": segment} {
			if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		spool, err := uplink.Open(dir, time.Unix(1_780_000_000, 0))
		if err != nil {
			t.Fatal(err)
		}
		o, err := spool.Append(uplink.Observation{Station: "oslo-301", Lane: 1, At: time.Unix(1_780_000_000, 0).UTC()})
		if err != nil {
			t.Fatal(err)
		}
		s := newServer(t, nil)
		if err := sender(s.URL, spool).Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, arrived := s.passages()[key(o)]; !arrived || spool.Waiting() != 0 {
			t.Errorf("the new passage did not arrive, %d waiting", spool.Waiting())
		}
	})
}
