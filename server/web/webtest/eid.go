package webtest

import (
	"net/http"
	"strings"
)

// FrontChannelLogoutPath ends the session at the issuer and returns the path of front-channel logout in the issuer's
// frame, without opening it. Back-channel logout is disabled meanwhile.
func (p *Portal) FrontChannelLogoutPath(v *Visitor) string {
	p.t.Helper()
	back := p.Norway.Client.Back
	p.Norway.Client.Back = ""
	left := v.DoCrossSite(http.MethodGet, p.Issuers+"/no/endsession", "")
	p.Norway.Client.Back = back
	_, rest, _ := strings.Cut(left.Body, `<iframe src="`)
	address, _, _ := strings.Cut(rest, `"`)
	return strings.ReplaceAll(strings.TrimPrefix(address, p.URL), "&amp;", "&")
}
