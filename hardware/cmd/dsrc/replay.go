package main

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"

	"bompass/hardware/link"
)

// recordingMax bounds a line of a recording.
const recordingMax = 1 << 20

// replay says what a recording says: every frame, and in it the message between beacon and tag.
func (t tool) replay(args []string) error {
	if len(args) != 1 {
		return errors.New("replay: a file wanted")
	}
	f, err := os.Open(args[0])
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, recordingMax)
	ways := map[byte]*link.Deframer{'>': {}, '<': {}}
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || text[0] == '#' {
			continue
		}
		octets, err := hex.DecodeString(strings.TrimSpace(text[1:]))
		way := ways[text[0]]
		if err != nil || way == nil {
			return fmt.Errorf("%s, line %d: > or < and hexadecimal wanted", args[0], n)
		}
		for _, body := range way.Feed(octets) {
			t.frame(text[:1], body)
		}
	}
	if bad := ways['>'].Bad() + ways['<'].Bad(); bad > 0 {
		fmt.Fprintf(t.out, "%d frames were damaged\n", bad)
	}
	return lines.Err()
}

// frame prints one request or answer.
func (t tool) frame(arrow string, body []byte) {
	m, err := link.ParseMessage(body)
	if err != nil {
		fmt.Fprintf(t.out, "%s %X  %v\n", arrow, body, err)
		return
	}
	status := ""
	if m.Answer {
		status = ": " + m.Status.String()
	}
	fmt.Fprintf(t.out, "%s %d %v%s\n", arrow, m.Sequence, m.Op, status)
	if apdu := apduOf(m); len(apdu) > 0 {
		t.message(m.Answer, apdu)
	}
}

// apduOf is the message between beacon and tag that a request or an answer carries.
func apduOf(m link.Message) []byte {
	switch {
	case m.Op == link.OpFind && !m.Answer && len(m.Payload) > 2:
		return m.Payload[2:]
	case m.Op == link.OpFind && m.Answer && m.Status == link.Done:
		_, vst, err := link.CutClock(m.Payload)
		if err == nil {
			return vst
		}
	case m.Op == link.OpExchange && m.Answer && m.Status == link.Done:
		return m.Payload
	case m.Op == link.OpExchange && !m.Answer && len(m.Payload) > 1:
		return m.Payload[1:]
	}
	return nil
}
