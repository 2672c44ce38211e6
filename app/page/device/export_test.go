package device

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// SetOwn ticks the box or not.
func SetOwn(ctx app.Context, c app.Composer, own bool) { c.(*page).setOwn(ctx, own) }
