package toll

// SilentMin is how many passages of a month it takes before a tag is thought silent: cameras see cars
// that sound tags are not read of now and then.
const SilentMin = 4

// Silent tells whether a tag seems not to be read: at least half of a month's passages were known by the
// plate alone. It may sit wrongly, be in another car, or be worn out.
func Silent(passages, unread int) bool { return passages >= SilentMin && 2*unread >= passages }
