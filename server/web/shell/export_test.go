package shell

// Markup returns what go-app has written as HTML.
func Markup(text string) (string, bool) { return markup(text) }
