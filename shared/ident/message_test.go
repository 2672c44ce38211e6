package ident_test

import (
	"strings"
	"testing"

	"bompass/shared/ident"
)

// A message's number is read as people write it, and one wrong character or two swapped neighbours are found.
func TestMessageNumber(t *testing.T) {
	number := ident.NewMessageNumber([9]byte{1, 40, 200, 17, 0, 31, 255, 5, 9})
	for _, typed := range []string{number, strings.ToLower(number), ident.FormatMessageNumber(number), " " + number[:3] + " " + number[3:] + ".", strings.ReplaceAll(number, "0", "o")} {
		if bare, problem := ident.MessageNumber(typed); bare != number || problem != ident.None {
			t.Errorf("%q: got %q %q", typed, bare, problem)
		}
	}
	for typed, want := range map[string]ident.Problem{"": ident.Missing, number[1:]: ident.Length, "!" + number[1:]: ident.Pattern} {
		if _, problem := ident.MessageNumber(typed); problem != want {
			t.Errorf("%q: got %q, want %q", typed, problem, want)
		}
	}
	for i := range number {
		for _, other := range "0123456789ABCDEFGHJKMNPQRSTVWXYZ" {
			wrong := number[:i] + string(other) + number[i+1:]
			if _, problem := ident.MessageNumber(wrong); wrong != number && problem != ident.CheckDigit {
				t.Errorf("%q for %q: got %q", wrong, number, problem)
			}
		}
		if i < len(number)-2 && number[i] != number[i+1] {
			swapped := number[:i] + string(number[i+1]) + string(number[i]) + number[i+2:]
			if _, problem := ident.MessageNumber(swapped); problem != ident.CheckDigit {
				t.Errorf("%q for %q: got %q", swapped, number, problem)
			}
		}
	}
}
