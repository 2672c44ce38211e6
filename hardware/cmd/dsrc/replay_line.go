package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"

	"bompass/hardware/dsrc"
	"bompass/hardware/link"
)

// lineReplay is the state of a replay on a line.
type lineReplay struct {
	tool
	beacon     link.Beacon
	tagPresent bool // a tag has been found and answers
	sent       int  // messages sent to a tag
	same       int  // identical answers
}

// replayOnLine sends the host's messages of a recording to a line, as soon as a tag is found, and prints the
// differences between the answers. It does not set the beacon's clock.
func (t tool) replayOnLine(ctx context.Context, r recording, open link.Opener) error {
	beacon, err := link.NewConnector(open, rand.Reader)(ctx)
	if err != nil {
		return err
	}
	s := &lineReplay{tool: t, beacon: beacon}
	err = s.play(ctx, r.exchanges())
	fmt.Fprintf(t.out, "%d messages were sent again; %d answers were the same\n", s.sent, s.same)
	if s.sent == 0 && err == nil {
		err = errors.New("recording has no message to a tag")
	}
	return errors.Join(err, beacon.Close())
}

// play repeats the recorded requests on the line and compares the answers. An exchange or release is repeated only
// while a tag is present.
func (s *lineReplay) play(ctx context.Context, turns []exchange) error {
	for _, recorded := range turns {
		apdu := apduOf(recorded.request)
		switch {
		case recorded.request.Op == link.OpFind && len(apduOf(recorded.answer)) > 0:
			if err := s.find(ctx, recorded, apdu); err != nil {
				return err
			}
		case recorded.request.Op == link.OpExchange && s.tagPresent:
			if err := s.exchange(ctx, recorded, apdu); err != nil {
				return err
			}
		case recorded.request.Op == link.OpRelease && s.tagPresent:
			s.tagPresent = false
			if err := s.beacon.Release(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// find sends the recorded BST until a tag answers.
func (s *lineReplay) find(ctx context.Context, recorded exchange, bst []byte) error {
	s.printMessage(false, bst)
	for {
		vst, _, err := s.beacon.Find(ctx, bst)
		if ctx.Err() != nil {
			return errors.New("no tag found; a tag just released by this beacon does not answer it again; --for waits longer")
		}
		if err != nil {
			return err
		}
		if vst != nil {
			s.tagPresent = true
			s.compare(apduOf(recorded.answer), vst)
			return nil
		}
	}
}

// exchange repeats one exchange with the tag. A refusal by the beacon ends the transaction and is printed as a
// result.
func (s *lineReplay) exchange(ctx context.Context, recorded exchange, apdu []byte) error {
	s.printMessage(false, apdu)
	last := recorded.request.Payload[0] == 1
	answer, err := s.beacon.Exchange(ctx, apdu, last)
	if refusal, ok := errors.AsType[*link.Error](err); ok {
		s.tagPresent = false
		fmt.Fprintf(s.out, "    the beacon refuses: %v\n", refusal)
		return nil
	}
	if err != nil {
		return err
	}
	s.tagPresent = !last && len(answer) > 0
	s.compare(apduOf(recorded.answer), answer)
	return nil
}

// compare prints how an answer differs from the recorded one, field by field.
func (s *lineReplay) compare(then, now []byte) {
	s.sent++
	switch {
	case bytes.Equal(then, now):
		s.same++
		fmt.Fprintln(s.out, "    answered the same")
		return
	case len(now) == 0:
		fmt.Fprintln(s.out, "    not answered; it was when it was recorded")
		return
	}
	s.printMessage(true, now)
	was, is := fieldsOf(then), fieldsOf(now)
	for _, path := range slices.Sorted(maps.Keys(union(was, is))) {
		if was[path] != is[path] {
			fmt.Fprintf(s.out, "    %s: was %s, is %s\n", path, fieldText(was, path), fieldText(is, path))
		}
	}
}

func fieldText(fields map[string]string, path string) string {
	if value, ok := fields[path]; ok {
		return annotate(path, value)
	}
	return "absent"
}

func union(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// fieldsOf returns the fields of a message with its fragmentation octet; octets that do not decode are one
// field.
func fieldsOf(octets []byte) map[string]string {
	fields := map[string]string{}
	_, apdu, err := dsrc.CutFragment(octets)
	var leaves []leaf
	if err == nil {
		var notation []byte
		if notation, err = dsrc.DecodeType("TApdu", apdu); err == nil {
			leaves, err = flatten(notation)
		}
	}
	if err != nil {
		return map[string]string{"octets": fmt.Sprintf("%X", octets)}
	}
	for _, l := range leaves {
		fields[l.path] = l.value
	}
	return fields
}
