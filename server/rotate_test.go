package main_test

import (
	"strings"
	"testing"

	"bompass/server/internal/pgtest"
)

// The command prints the number of secrets it encrypted again, and of those it could not decrypt.
func TestRotateEncryptsSecretsAgain(t *testing.T) {
	server, dsn := program(t), pgtest.URL(t)
	env := func(seals string) []string {
		return []string{"DATABASE_URL=" + dsn, "BOMPASS_HOME=" + t.TempDir(), "BOMPASS_SECRET=8f2b6c1d94e07a35b8c2d1e4f60718293a4b5c6d7e8f90a1b2c3d4e5f6071829", "BOMPASS_SEAL_KEYS=" + seals}
	}
	first, second := strings.Repeat("5e", 32), strings.Repeat("6f", 32)
	if _, said, err := perform(t, server, env(""), "seed"); err != nil {
		t.Fatalf("seed: %v %s", err, said)
	}
	out, said, err := perform(t, server, env(first), "rotate")
	if err != nil || !strings.Contains(out, "account.totp_secret") || strings.Contains(out, "account.totp_secret  0 encrypted") {
		t.Fatalf("rotate: %v %s%s", err, out, said)
	}
	if _, said, err = perform(t, server, env(second), "rotate"); err == nil || !strings.Contains(said, "BOMPASS_SEAL_KEYS") {
		t.Errorf("without the first key: %v %s", err, said)
	}
	if out, said, err = perform(t, server, env(second+","+first), "rotate"); err != nil || strings.Contains(out, "account.totp_secret  0 encrypted") {
		t.Errorf("with both: %v %s%s", err, out, said)
	}
	if _, said, err = perform(t, server, env("short"), "rotate"); err == nil || !strings.Contains(said, "BOMPASS_SEAL_KEYS is ") {
		t.Errorf("an invalid key: %v %s", err, said)
	}
}
