package passage

import (
	"context"
	"errors"
	"sync"
	"time"

	"bompass/shared/fault"
)

// Bounds of a cached Directory for intake: its maximum age, and the maximum wait for a newer one, or for the first one.
const (
	directoryAge       = time.Second
	directoryWait      = 5 * time.Second
	firstDirectoryWait = time.Minute
)

// DirectoryCache shares one Directory between intake and workers. It is safe for concurrent use.
type DirectoryCache struct {
	source  RegisterSource
	mu      sync.Mutex
	current *Directory
	checked time.Time
}

// NewDirectoryCache returns an empty cache of the Directory of a register.
func NewDirectoryCache(source RegisterSource) *DirectoryCache { return &DirectoryCache{source: source} }

// Fresh returns a Directory that was in force within the last second. While the database is away or slow it returns
// the last one: passages are accepted all the same, and matched when a worker processes them.
func (c *DirectoryCache) Fresh(ctx context.Context, now time.Time) (*Directory, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current != nil && now.Sub(c.checked).Abs() < directoryAge {
		return c.current, nil
	}
	c.checked = now
	wait := directoryWait
	if c.current == nil {
		wait = firstDirectoryWait
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	version, err := c.source.RegisterVersion(ctx)
	if err == nil {
		_, err = c.load(ctx, version)
	}
	if err != nil && c.current == nil {
		return nil, errors.Join(fault.New(fault.Busy), err)
	}
	return c.current, nil // the workers log that the database is away
}

// AtLeast returns a Directory of at least a version.
func (c *DirectoryCache) AtLeast(ctx context.Context, version int64) (*Directory, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.load(ctx, version)
}

func (c *DirectoryCache) load(ctx context.Context, version int64) (*Directory, error) {
	if c.current != nil && c.current.version >= version {
		return c.current, nil
	}
	register, err := c.source.Register(ctx)
	if err != nil {
		return nil, err
	}
	next, err := NewDirectory(register)
	if err != nil {
		return nil, err
	}
	c.current = next
	return next, nil
}
