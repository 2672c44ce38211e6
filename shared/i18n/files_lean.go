//go:build lean

package i18n

import "embed"

// The browser's program has no use for what stands in letters and on the pages for signing in.
//
//go:embed catalogue/*/account.json catalogue/*/agree.json catalogue/*/app.json catalogue/*/check.json catalogue/*/date.json catalogue/*/device.json
//go:embed catalogue/*/fault.json catalogue/*/frame.json catalogue/*/overview.json catalogue/*/passages.json catalogue/*/prices.json
//go:embed catalogue/*/profile.json catalogue/*/rating.json
var files embed.FS
