package assets

import "embed"

// Web is the browser's bundle as the build last wrote it: manifest.json and what it lists. Before the
// first build it holds nothing, which package web reports.
//
//go:embed all:web
var Web embed.FS
