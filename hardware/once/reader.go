package once

import (
	"context"
	"log/slog"
	"time"

	"bompass/hardware"
)

// Reader passes on the sightings of another reader, except those of vehicles that the station has reported
// already. It implements hardware.Reader.
type Reader struct {
	Source hardware.Reader
	Window *Window // shared by all readers of a station
	Now    func() time.Time
	Review func(hardware.Sighting, Decision) error // stores a doubtful sighting; nil passes it on
	Log    *slog.Logger
}

var _ hardware.Reader = (*Reader)(nil)

// Health implements hardware.Reader.
func (r *Reader) Health() hardware.Health { return r.Source.Health() }

// Run implements hardware.Reader.
func (r *Reader) Run(ctx context.Context, emit func(hardware.Sighting) error) error {
	return r.Source.Run(ctx, func(s hardware.Sighting) error {
		if s.Tag.IsZero() {
			return emit(s)
		}
		switch d := r.Window.Tag(s, r.Now()); {
		case d.Doubtful && r.Review != nil:
			return r.Review(s, d)
		case d.Same && !d.Doubtful:
			r.Log.Info("vehicle reported already", "lane", s.Lane, "reason", d.Reason)
			return nil
		}
		return emit(s)
	})
}
