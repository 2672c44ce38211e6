package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// Spacing uses the steps of one scale, so that all pages look alike.
func TestSpacingUsesTokens(t *testing.T) {
	literal := regexp.MustCompile(`(?:gap|padding|margin|inset)[a-z-]*\s*:[^;}]*?\d(?:rem|px)[^;}]*`)
	hairline := regexp.MustCompile(`^margin-bottom: -1px$`)
	for _, name := range []string{"bompass.css", "component.css"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "..", "assets", "css", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range literal.FindAllString(string(text), -1) {
			if !hairline.MatchString(found) {
				t.Errorf("%s: %s: write var(--bp-space-…)", name, found)
			}
		}
	}
}
