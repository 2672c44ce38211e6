package kit

// Sessions returns the number of sessions that have an entry.
func (s *Streams) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

// SetMandates replaces the check of mandates.
func (k *Kit) SetMandates(m Mandates) { k.mandates = m }
