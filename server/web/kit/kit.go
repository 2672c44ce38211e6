// Package kit has what the rooms of the HTTP layer share: mounts of routes, sessions and rights, cookies,
// limits, decoding, faults as answers, and the engine of rendered pages. It has no route of its own.
package kit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"time"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access/seal"
	"bompass/server/web/asset"
	"bompass/shared/toll"
)

// Config is what a Kit needs.
type Config struct {
	Context     context.Context // ends when the server stops; event streams end with it
	PublicURL   string          // scheme, host and port that people use
	Proxies     string          // networks of the proxies in front, whose X-Forwarded-For is trusted
	Development bool            // accepts plain http beyond this machine, too
	Keys        seal.Keys
	Sessions    Sessions
	Details     Details
	Mandates    Mandates     // nil if nobody can act for others by mandate
	Others      OtherParties // nil if nobody can act for others
	Assets      *asset.Files
	Contact     toll.Contact    // of customer service
	ContactOf   CustomerContact // nil if that is the same for everyone
	Log         *slog.Logger
	Security    *slog.Logger // security events; nil writes them to Log
	Now         func() time.Time
}

// Kit is the common part of the rooms. Each room embeds it beside the services that it needs itself.
type Kit struct {
	Origin  Origin
	Keys    seal.Keys
	Streams *Streams
	Assets  *asset.Files
	Contact toll.Contact // of customer service, for people who are not signed in
	Others  OtherParties // nil if nobody can act for others
	Log     *slog.Logger
	Now     func() time.Time

	Security *slog.Logger // security events

	sessions Sessions
	details  Details
	mandates Mandates
	contacts CustomerContact
	stopping context.Context //nolint:containedctx // the server's life, which streams share
	proxies  []netip.Prefix
	pages    *pages
	uploads  []string // patterns of the paths whose bodies are streamed

	receiving chan struct{} // has a place for each form with files that may be in memory at once

	unnamedProxy unnamedProxy
}

// New returns a Kit with the pages that all rooms share.
func New(c Config) (*Kit, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	origin, err := ParseOrigin(c.PublicURL, c.Development)
	if err != nil {
		return nil, err
	}
	proxies, err := parseNetworks(c.Proxies)
	if err != nil {
		return nil, err
	}
	k := &Kit{
		Origin: origin, Keys: c.Keys, Streams: NewStreams(), Assets: c.Assets, Contact: c.Contact, Others: c.Others, Log: c.Log, Now: c.Now,
		sessions: c.Sessions, details: c.Details, mandates: c.Mandates, contacts: c.ContactOf, stopping: c.Context, proxies: proxies,
		pages: newPages(), receiving: make(chan struct{}, uploadsAtOnce),
	}
	if k.Security = c.Security; k.Security == nil {
		k.Security = c.Log
	}
	if err := k.LoadPages(pageFiles); err != nil {
		return nil, err
	}
	return k, nil
}

func (c Config) check() error {
	return Require(map[string]bool{
		"context": c.Context != nil, "sessions": c.Sessions != nil, "details": c.Details != nil,
		"assets": c.Assets != nil, "log": c.Log != nil, "clock": c.Now != nil,
	})
}

// Require returns an error that names each dependency that is not there.
func Require(there map[string]bool) error {
	var missing []error
	for name, ok := range there {
		if !ok {
			missing = append(missing, fmt.Errorf("%s is missing", name))
		}
	}
	return errors.Join(missing...)
}

// NewApp returns an HTTP server with the limits of this package and without routes. Bodies are streamed, so
// that large uploads are never held in memory; LimitBody bounds all others.
func (k *Kit) NewApp() *fiber.App {
	return fiber.New(fiber.Config{
		AppName:                      "Bompass",
		DisableStartupMessage:        true,
		DisablePreParseMultipartForm: true,
		StreamRequestBody:            true,
		Immutable:                    true, // request strings would change under their holders otherwise
		StrictRouting:                true,
		CaseSensitive:                true,
		BodyLimit:                    bodyBytesMax,
		ReadBufferSize:               headerBytesMax,
		ReadTimeout:                  readMax,
		WriteTimeout:                 writeMax,
		IdleTimeout:                  idleMax,
		ErrorHandler:                 k.fail,
		RequestMethods:               []string{fiber.MethodGet, fiber.MethodHead, fiber.MethodPost},
	})
}
