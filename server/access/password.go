package access

import "context"

// concurrentHashes is the number of passwords that are hashed at once, unless a Service has another one: each takes 19 MiB.
const concurrentHashes = 4

// WithConcurrentHashes sets the number of passwords that are hashed at once. It is called before the first request.
func (s *Service) WithConcurrentHashes(n int) *Service {
	s.hashSlots = make(chan struct{}, n)
	return s
}

// passwordMatches waits for a free slot and checks a password; an empty hash costs the same and never matches.
func (s *Service) passwordMatches(ctx context.Context, password, hash string) (bool, error) {
	release, err := s.hashSlot(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	return s.keys.PasswordMatches(password, hash)
}

// hashPassword waits for a free slot and hashes a password.
func (s *Service) hashPassword(ctx context.Context, password string) (string, error) {
	release, err := s.hashSlot(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	return s.keys.HashPassword(password)
}

// hashSlot waits for permission to compute a password hash. Each needs 19 MiB, so the number of concurrent ones is
// limited.
func (s *Service) hashSlot(ctx context.Context) (release func(), err error) {
	select {
	case s.hashSlots <- struct{}{}:
		return func() { <-s.hashSlots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
