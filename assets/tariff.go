package assets

import "embed"

// Tariff holds the price plans, one file for each scheme; see docs/tariff.md for how they are written.
//
//go:embed tariff/*.tariff
var Tariff embed.FS
