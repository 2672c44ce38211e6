package access

import (
	"net/netip"
	"strings"
)

// Place is where a session was begun, coarse enough to keep.
type Place struct {
	Device  string // browser and system
	Network string // the /24 or /48 of the address
}

// placeOf makes a place from what the network tells.
func placeOf(v Visitor) Place {
	return Place{Device: DeviceName(v.Agent), Network: truncateNetwork(v.Address)}
}

// truncateNetwork leaves of an address what its owner recognises and nobody is found by.
func truncateNetwork(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	bits := 24
	if ip = ip.Unmap(); ip.Is6() {
		bits = 48
	}
	prefix, err := ip.WithZone("").Prefix(bits)
	if err != nil {
		return ""
	}
	return prefix.String()
}

// DeviceName is how a person recognises a browser: its name and the system it runs on. The order
// matters, since browsers pretend to be those before them.
func DeviceName(agent string) string {
	browser := firstMatch(agent, "Edg", "Edge", "OPR/", "Opera", "Firefox/", "Firefox", "SamsungBrowser", "Samsung Internet", "Chrome/", "Chrome", "Safari/", "Safari")
	system := firstMatch(agent, "Windows", "Windows", "Android", "Android", "iPhone", "iPhone", "iPad", "iPad", "Mac OS", "macOS", "CrOS", "ChromeOS", "Linux", "Linux")
	switch {
	case browser == "":
		return system
	case system == "":
		return browser
	}
	return browser + ", " + system
}

// firstMatch returns the name of the first sign that the text has; signs and names alternate.
func firstMatch(text string, pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		if strings.Contains(text, pairs[i]) {
			return pairs[i+1]
		}
	}
	return ""
}
