package kit

import (
	"fmt"
	"net/url"
	"strings"
)

// Origin is the scheme, host and port by which browsers reach this server.
type Origin struct {
	Secure bool   // https
	Host   string // with port, as browsers write it
	port   string // empty for the scheme's default port
	names  map[string]bool
}

// ParseOrigin parses the public address. On loopback every name of loopback belongs to the origin. Plain http
// is accepted for loopback and in development only, because passwords travel to this address.
func ParseOrigin(public string, development bool) (Origin, error) {
	u, err := url.Parse(public)
	if err != nil || u.Hostname() == "" || (u.Scheme != "http" && u.Scheme != "https") ||
		(u.Path != "" && u.Path != "/") {
		return Origin{}, fmt.Errorf("public address %q is not like https://bompass.example", public)
	}
	host := strings.ToLower(u.Host)
	o := Origin{Secure: u.Scheme == "https", Host: host, port: u.Port(), names: map[string]bool{host: true}}
	switch u.Hostname() {
	// A person may type any of these names for the same server.
	case "localhost", "127.0.0.1", "::1", "0.0.0.0", "::":
		port := strings.TrimPrefix(host, strings.TrimSuffix(host, ":"+u.Port()))
		for _, name := range []string{"localhost", "127.0.0.1", "[::1]"} {
			o.names[name+port] = true
		}
	default:
		if !o.Secure && !development {
			return Origin{}, fmt.Errorf("public address %q must begin with https: passwords travel to it", public)
		}
	}
	return o, nil
}

// Of returns the origin that a browser states on one of the server's host names.
func (o Origin) Of(host string) string {
	if o.Secure {
		return "https://" + host
	}
	return "http://" + host
}
