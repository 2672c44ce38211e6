//go:build lean

package i18n

import "embed"

// The browser program does not contain the texts of messages and of the server-rendered sign-in pages.
//
//go:embed catalogue/*/account.json catalogue/*/agree.json catalogue/*/app.json catalogue/*/change.json catalogue/*/check.json catalogue/*/date.json catalogue/*/device.json
//go:embed catalogue/*/fault.json catalogue/*/form.json catalogue/*/frame.json catalogue/*/invoices.json catalogue/*/overview.json catalogue/*/passages.json catalogue/*/prices.json
//go:embed catalogue/*/profile.json catalogue/*/rating.json catalogue/*/vehicles.json
var files embed.FS
