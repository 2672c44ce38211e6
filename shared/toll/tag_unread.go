package toll

// TagUnreadMin is the minimum number of passages in a month before a tag is reported as not read. A working tag
// is missed now and then.
const TagUnreadMin = 4

// TagUnread reports whether a tag seems not to be read: at least half of a month's passages were known by the
// plate alone. It may sit wrongly, be in another car, or be worn out.
func TagUnread(passages, unread int) bool { return passages >= TagUnreadMin && 2*unread >= passages }
