// Package migration owns the schema's history: one SQL file a step, applied in order, never changed
// once published.
package migration

import "embed"

// Files are the steps.
//
//go:embed *.sql
var Files embed.FS
