// Package assets carries, inside the program, the files that are not code: price plans, the built web
// bundle, stylesheets and the parts of letters and invoices.
package assets

import "embed"

// Tariff holds the price plans, one file for each scheme; see docs/tariff.md for how they are written.
//
//go:embed tariff/*.tariff
var Tariff embed.FS

// Help holds the drawings of the guide to tags. The word TITLE in each stands for what it shows.
//
//go:embed help/*.svg
var Help embed.FS
