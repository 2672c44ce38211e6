//go:build !js

package digest

import "crypto/sha256"

// Sum is the digest of some bytes.
func Sum(message []byte) [Size]byte { return sha256.Sum256(message) }
