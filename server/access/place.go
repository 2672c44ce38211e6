package access

import (
	"net/netip"
	"strings"
)

// Place is where a session was begun, coarse enough to store.
type Place struct {
	Device  string // browser and system
	Network string // the /24 or /48 network of the address
}

// Place returns the visitor's browser and network.
func (v Visitor) Place() Place {
	return Place{Device: DeviceName(v.Agent), Network: truncateNetwork(v.Address)}
}

// truncateNetwork returns the part of an address that its owner recognises and that identifies nobody.
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

// DeviceName returns the name of a User-Agent's browser and system. The order of the checks matters, since
// browsers imitate older ones.
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

// firstMatch returns the name of the first sign that the text contains; signs and names alternate.
func firstMatch(text string, pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		if strings.Contains(text, pairs[i]) {
			return pairs[i+1]
		}
	}
	return ""
}
