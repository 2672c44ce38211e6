package uplink_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bompass/hardware"
	"bompass/hardware/lane"
	"bompass/hardware/uplink"
)

// recordMarker begins every record of a segment.
var recordMarker = []byte{0xFF, 'R', 'C', 0xFE}

// segmentFiles returns the segments of a spool in their order.
func segmentFiles(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.seg"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// flipBits flips n random bits of a spool's segments and returns the index of every record with a flipped bit.
func flipBits(t *testing.T, dir string, n int, random *rand.Rand) map[int]bool {
	t.Helper()
	files := segmentFiles(t, dir)
	contents, starts, total := make([][]byte, len(files)), make([]int, len(files)), 0
	records := 0
	var first []int // index of the first record of every file
	for i, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		contents[i], starts[i] = b, total
		first = append(first, records)
		total += len(b)
		records += bytes.Count(b, recordMarker)
	}
	originals := make([][]byte, len(files))
	for i, b := range contents {
		originals[i] = bytes.Clone(b)
	}
	hit := map[int]bool{}
	for range n {
		at := random.IntN(total)
		i := len(files) - 1
		for starts[i] > at {
			i--
		}
		contents[i][at-starts[i]] ^= 1 << random.IntN(8)
		hit[first[i]+bytes.Count(originals[i][:at-starts[i]+1], recordMarker)-1] = true
		if offset := at - starts[i]; offset < 4 || bytes.LastIndex(originals[i][:min(offset+4, len(originals[i]))], recordMarker) > offset-4 {
			// inside a marker: the record that begins there
			begin := bytes.LastIndex(originals[i][:min(offset+4, len(originals[i]))], recordMarker)
			delete(hit, first[i]+bytes.Count(originals[i][:offset+1], recordMarker)-1)
			hit[first[i]+bytes.Count(originals[i][:begin+4], recordMarker)-1] = true
		}
	}
	for i, path := range files {
		if err := os.WriteFile(path, contents[i], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return hit
}

// After bits have flipped anywhere in a spool, every undamaged passage arrives, and every damaged one is
// counted and kept in a .torn file.
func TestFlippedBitsLoseOnlyTheirPassages(t *testing.T) {
	passages, flips := 4_000, 100
	if figures() {
		passages, flips = 40_000, 1_000
	}
	dir := t.TempDir()
	spool := open(t, dir)
	want := fill(t, spool, passages)
	if err := spool.Close(); err != nil {
		t.Fatal(err)
	}
	hit := flipBits(t, dir, flips, rand.New(rand.NewPCG(5, 6)))
	spool = open(t, dir)
	s := newServer(t, nil)
	if spool.Waiting() != passages-len(hit) || spool.Damage().Records != len(hit) {
		t.Errorf("got %d waiting and %d damaged, want %d and %d", spool.Waiting(), spool.Damage().Records, passages-len(hit), len(hit))
	}
	if err := sender(s.URL, spool).Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	var undamaged []string
	for i, key := range want {
		if !hit[i] {
			undamaged = append(undamaged, key)
		}
	}
	same(t, s.received(), undamaged)
	torn, err := filepath.Glob(filepath.Join(dir, "*.torn"))
	if err != nil || len(torn) == 0 || spool.Waiting() != 0 || spool.Damage().Records != len(hit) {
		t.Errorf("got %d .torn files %v, %d waiting, %d damaged", len(torn), err, spool.Waiting(), spool.Damage().Records)
	}
	t.Logf("%d bits flipped in %d passages: %d damaged and counted, %d arrived", flips, passages, len(hit), len(s.received()))
}

// Damage that appears while the spool is open is found by a scrub, before the passages are sent.
func TestScrubFindsDamage(t *testing.T) {
	dir := t.TempDir()
	spool := open(t, dir)
	want := fill(t, spool, 1000)
	if err := spool.Sync(); err != nil {
		t.Fatal(err)
	}
	hit := flipBits(t, dir, 3, rand.New(rand.NewPCG(7, 8)))
	if err := spool.Scrub(); err != nil {
		t.Fatal(err)
	}
	if spool.Damage().Records != len(hit) || spool.Waiting() != len(want)-len(hit) {
		t.Errorf("got %d damaged and %d waiting, want %d and %d", spool.Damage().Records, spool.Waiting(), len(hit), len(want)-len(hit))
	}
	s := newServer(t, nil)
	if err := sender(s.URL, spool).Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := len(s.received()); got != len(want)-len(hit) || spool.Waiting() != 0 || spool.Damage().Records != len(hit) {
		t.Errorf("got %d passages, %d waiting, %d damaged", got, spool.Waiting(), spool.Damage().Records)
	}
}

// A missing segment is counted by the numbers of the records around it.
func TestMissingSegmentIsCounted(t *testing.T) {
	dir := t.TempDir()
	for range 3 {
		spool := open(t, dir)
		fill(t, spool, 10)
		if err := spool.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(segmentFiles(t, dir)[1]); err != nil {
		t.Fatal(err)
	}
	spool := open(t, dir)
	if spool.Damage().Records != 10 || spool.Waiting() != 20 {
		t.Errorf("got %d damaged and %d waiting, want 10 and 20", spool.Damage().Records, spool.Waiting())
	}
}

// An empty or damaged epoch file is rebuilt from the segments, so that no number is used twice; a damaged
// position makes everything be sent again.
func TestEpochAndPositionAreRebuilt(t *testing.T) {
	for name, text := range map[string]string{"empty": "", "damaged": "17800x0000", "zeros": "\x00\x00\x00"} {
		dir := t.TempDir()
		var want []string
		for range 2 {
			spool := open(t, dir)
			want = append(want, fill(t, spool, 10)...)
			if err := spool.Close(); err != nil {
				t.Fatal(err)
			}
		}
		for _, file := range []string{"epoch", "sent"} {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		spool := open(t, dir)
		want = append(want, fill(t, spool, 10)...)
		s := newServer(t, nil)
		if err := sender(s.URL, spool).Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		same(t, s.received(), want)
		if err := spool.Close(); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: epoch %d", name, spool.Epoch())
	}
}

// A position whose digits changed on disk is not believed: it could skip passages.
func TestDamagedPositionSkipsNothing(t *testing.T) {
	dir := t.TempDir()
	spool := open(t, dir)
	fill(t, spool, 10)
	s := newServer(t, nil)
	if err := sender(s.URL, spool).Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := fill(t, spool, 10)
	if err := spool.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "sent")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Replace(text, []byte(`"segment":1`), []byte(`"segment":9`), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	spool = open(t, dir)
	if spool.Waiting() < len(want) {
		t.Errorf("got %d waiting, want at least %d", spool.Waiting(), len(want))
	}
}

// A damaged record of the journal loses itself only, and a passage that was emitted before is not emitted
// again.
func TestJournalSurvivesDamage(t *testing.T) {
	dir := t.TempDir()
	spool, j := reopen(t, dir)
	emit := func(spool *uplink.Spool) func(hardware.Sighting) error {
		return func(s hardware.Sighting) error {
			_, err := spool.Append(uplink.FromSighting("oslo-301", s))
			return err
		}
	}
	for i := range 20 {
		id, err := j.Keep(tagAt(i))
		if err != nil {
			t.Fatal(err)
		}
		if i < 10 {
			if err := j.Settle(lane.Passage{Sighting: tagAt(i), Events: []int64{id}}, emit(spool)); err != nil {
				t.Fatal(err)
			}
		}
	}
	closeBoth(t, spool, j)
	path := filepath.Join(dir, "journal")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(whole); at += 97 {
		damaged := bytes.Clone(whole)
		damaged[at] ^= 0x10
		home := crash(t, dir)
		if err := os.WriteFile(filepath.Join(home, "journal"), damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		spool, j := reopen(t, home)
		for id, s := range j.Waiting() {
			if err := j.Settle(lane.Passage{Sighting: s, Events: []int64{id}}, emit(spool)); err != nil {
				t.Fatal(err)
			}
		}
		if n := spool.Waiting(); j.Damaged() == 0 || n < 19 || n > 20 {
			t.Errorf("octet %d: %d records damaged, %d passages of 20", at, j.Damaged(), n)
		}
		closeBoth(t, spool, j)
	}
}

// A sighting that can never be stored is quarantined, and those behind it go on.
func TestInvalidSightingIsQuarantined(t *testing.T) {
	s, dir := newServer(t, nil), t.TempDir()
	sender := sender(s.URL, open(t, dir))
	sender.Wait = uplink.Sleep
	huge := tagAt(1)
	huge.Plate.Text = "E" + string(bytes.Repeat([]byte("×"), 20_000)) + "20000"
	huge.Tag.OBU = string(bytes.Repeat([]byte("A"), 1<<17))
	reader := scripted{tagAt(0), huge, {Lane: 1, At: time.Date(12_000, 1, 1, 0, 0, 0, 0, time.UTC)}, tagAt(2)}
	agent := uplink.Agent{Sites: []uplink.Site{{Station: "oslo-301", Reader: reader}}, Sender: sender}
	if err := agent.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "quarantine.ndjson"))
	if err != nil || bytes.Count(text, []byte{'\n'}) != 2 || sender.Spool.Quarantined() != 2 || len(s.received()) != 2 {
		t.Errorf("got %d quarantined %v and %d passages, want 2 and 2", sender.Spool.Quarantined(), err, len(s.received()))
	}
}

// scripted is a reader that emits its sightings and ends.
type scripted []hardware.Sighting

func (r scripted) Run(_ context.Context, emit func(hardware.Sighting) error) error {
	for _, s := range r {
		if err := emit(s); err != nil {
			return err
		}
	}
	return nil
}

func (scripted) Health() hardware.Health { return hardware.Health{} }

// The proof of a transaction travels with its passage.
func TestProofTravelsWithThePassage(t *testing.T) {
	seen := tagAt(1)
	seen.Offset, seen.Correction = 300*time.Millisecond, -300*time.Millisecond
	seen.Images = []hardware.Image{{Ref: "lane1/7.jpg", SHA256: "ab"}}
	seen.Tag.RSSI, seen.Tag.LowBattery, seen.Tag.Mark = -48, true, [6]byte{0x30, 0xC0, 1, 0, 1, 2}
	seen.Tag.Stamp = hardware.Stamp{KeyRef: 115, List: []byte{1, 2}, Nonce: []byte{3}, Authenticator: []byte{4}}
	seen.Tag.Raw = []hardware.Message{{FromTag: true, At: seen.At, Octets: []byte{0x91, 0x90}}}
	spool, j := reopen(t, t.TempDir())
	id, err := j.Keep(seen)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Settle(lane.Passage{Sighting: j.Waiting()[id], Events: []int64{id}}, func(s hardware.Sighting) error {
		_, err := spool.Append(uplink.FromSighting("oslo-301", s))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	s := newServer(t, nil)
	if err := sender(s.URL, spool).Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, o := range s.passages() {
		p := o.Proof
		if p == nil || p.Mark != "30C001000102" || p.RSSI != -48 || !p.LowBattery || p.OffsetMS != 300 || p.CorrectionMS != -300 ||
			p.Stamp.KeyRef != 115 || !bytes.Equal(p.Stamp.Authenticator, []byte{4}) || len(p.Raw) != 1 || !p.Raw[0].FromTag || len(p.Images) != 1 {
			t.Errorf("got %+v", p)
		}
	}
	if len(s.passages()) != 1 {
		t.Errorf("got %d passages, want 1", len(s.passages()))
	}
	closeBoth(t, spool, j)
}

// A station that gets an empty disk, with a clock that was put back meanwhile, does not number its passages as before: the
// server would take them for those that it has.
func TestEmptySpoolDoesNotRepeatAnEpochOfTheSameSecond(t *testing.T) {
	now := time.Date(2026, 11, 30, 16, 40, 13, 245_000_000, time.UTC)
	first, err := uplink.Open(t.TempDir(), now)
	if err != nil {
		t.Fatal(err)
	}
	second, err := uplink.Open(t.TempDir(), now.Add(3*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	if first.Epoch() == second.Epoch() {
		t.Errorf("both have the epoch %d", first.Epoch())
	}
	if err := errors.Join(first.Close(), second.Close()); err != nil {
		t.Error(err)
	}
}
