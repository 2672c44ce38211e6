//go:build !js

package digest

import "crypto/sha256"

// Sum returns the SHA-256 digest of a message.
func Sum(message []byte) [Size]byte { return sha256.Sum256(message) }
