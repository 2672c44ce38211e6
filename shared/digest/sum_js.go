//go:build js

package digest

// Sum returns the SHA-256 digest of a message.
func Sum(message []byte) [Size]byte { return Small(message) }
