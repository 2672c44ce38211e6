// Package pricelist publishes price lists and tells which of them are in force.
//
// A release is everything that passages are priced by at a time: all tariff files, and the number of the rating core
// that they are to be rated with. Releases are rows of the database. The latest one is in force on every server at
// once: a transaction that posts charges names the release that it has rated by, and the database refuses it if
// another has been published since. So two servers never rate the same passage by different prices in turn.
package pricelist

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"bompass/shared/rating"
	"bompass/shared/tariff"
)

// Stored is a release as it is stored.
type Stored struct {
	Number    int64 // from 1; 0 means that nothing has been published
	Core      int   // rating.Core of the build that published it
	Files     []tariff.File
	Note      string // why it was published
	Published time.Time
}

// Store stores releases.
type Store interface {
	// Latest returns the release in force. Its Number is 0 if there is none.
	Latest(ctx context.Context) (Stored, error)
	// LatestNumber returns the number of the release in force, or 0.
	LatestNumber(ctx context.Context) (int64, error)
	// Publish stores a release after the one with the given number and returns its own. It returns ErrOvertaken if
	// another has been published meanwhile.
	Publish(ctx context.Context, after int64, r Stored) (int64, error)
}

// Errors of this package.
var (
	ErrOvertaken = errors.New("another release of the price lists was published meanwhile")
	ErrOldBuild  = errors.New("this build is older than the price lists in force; start the newer build")
)

// Release is a release that is compiled for rating.
type Release struct {
	Number int64
	Files  []tariff.File
	Book   *tariff.Book
	Plan   *rating.Plan
}

// Compile reads, checks and compiles a stored release. It returns ErrOldBuild if a newer rating core is needed.
func Compile(r Stored) (*Release, error) {
	if r.Core > rating.Core {
		return nil, fmt.Errorf("price lists, release %d: rating core %d is needed, and this build has %d: %w", r.Number, r.Core, rating.Core, ErrOldBuild)
	}
	book, problems := tariff.Read(r.Files)
	if len(problems) > 0 {
		return nil, fmt.Errorf("price lists, release %d: %w", r.Number, problems[0])
	}
	plan, err := rating.Compile(book)
	if err != nil {
		return nil, fmt.Errorf("price lists, release %d: %w", r.Number, err)
	}
	return &Release{Number: r.Number, Files: r.Files, Book: book, Plan: plan}, nil
}

// Publish checks files, publishes them as a release, and returns its number. It returns the number of the release in
// force and published false if that has the same files.
func Publish(ctx context.Context, s Store, files []tariff.File, note string) (number int64, published bool, err error) {
	latest, err := s.Latest(ctx)
	if err != nil {
		return 0, false, err
	}
	if latest.Number > 0 && latest.Core >= rating.Core && tariff.Fingerprint(latest.Files) == tariff.Fingerprint(files) {
		return latest.Number, false, nil
	}
	next := Stored{Core: max(rating.Core, latest.Core), Files: files, Note: note}
	if next.Core > rating.Core {
		return 0, false, ErrOldBuild
	}
	if _, err := Compile(next); err != nil {
		return 0, false, err
	}
	number, err = s.Publish(ctx, latest.Number, next)
	return number, err == nil, err
}

// InForce holds the release in force. It is safe for concurrent use.
type InForce struct {
	store   Store
	log     *slog.Logger
	reload  sync.Mutex
	release atomic.Pointer[Release]
}

// Options say what Open publishes by itself.
type Options struct {
	BuiltIn     []tariff.File // price lists of this build
	Development bool          // whether the built-in price lists replace others
}

// Open returns the release in force. The price lists of the build are published if there is no release yet, and in
// development if they differ. A build with a newer rating core publishes the lists in force again, so that builds with
// the old one post no more.
func Open(ctx context.Context, s Store, o Options, log *slog.Logger) (*InForce, error) {
	latest, err := s.Latest(ctx)
	if err != nil {
		return nil, err
	}
	files, note := latest.Files, "a newer rating core"
	differ := tariff.Fingerprint(latest.Files) != tariff.Fingerprint(o.BuiltIn)
	switch {
	case latest.Number == 0:
		files, note = o.BuiltIn, "the price lists of the first start"
	case o.Development && differ:
		files, note = o.BuiltIn, "the price lists of a development build"
	case differ:
		log.Info("the price lists of this build differ from those in force; server tariff publish puts them in force", "release", latest.Number)
	}
	if latest.Core <= rating.Core {
		if _, _, err := Publish(ctx, s, files, note); err != nil && !errors.Is(err, ErrOvertaken) {
			return nil, err
		}
	}
	f := &InForce{store: s, log: log}
	return f, f.Reload(ctx)
}

// Fixed returns a release of a plan that is never published, for tests and measurements.
func Fixed(plan *rating.Plan) *InForce {
	f := &InForce{}
	f.release.Store(&Release{Plan: plan})
	return f
}

// Release returns the release in force, as of the last Reload.
func (f *InForce) Release() *Release { return f.release.Load() }

// Plan returns the compiled prices of the release in force.
func (f *InForce) Plan() *rating.Plan { return f.Release().Plan }

// Reload reads the release in force. If it cannot be used, the one before stays; it cannot post any more.
func (f *InForce) Reload(ctx context.Context) error {
	if f.store == nil {
		return nil
	}
	f.reload.Lock()
	defer f.reload.Unlock()
	latest, err := f.store.Latest(ctx)
	if err != nil {
		return err
	}
	if was := f.release.Load(); was != nil && was.Number == latest.Number {
		return nil
	}
	next, err := Compile(latest)
	if err != nil {
		return err
	}
	f.release.Store(next)
	f.log.Info("price lists in force", "release", next.Number, "version", tariff.Fingerprint(next.Files))
	return nil
}

// Watch reloads the release in force soon after another is published, until ctx ends.
func (f *InForce) Watch(ctx context.Context, interval time.Duration) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		number, err := f.store.LatestNumber(ctx)
		if err == nil && number != f.Release().Number {
			err = f.Reload(ctx)
		}
		if err != nil && ctx.Err() == nil {
			f.log.Error("read the price lists in force", "error", err)
		}
	}
}
