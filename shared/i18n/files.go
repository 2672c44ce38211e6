//go:build !lean

package i18n

import "embed"

//go:embed catalogue
var files embed.FS
