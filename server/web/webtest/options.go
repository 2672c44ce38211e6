package webtest

import (
	"bompass/server/notice"
	"bompass/server/person"
	"bompass/server/store/persondb"
	"bompass/server/web"
)

// WithoutSMS leaves the provider of SMS unconfigured for what people state about themselves.
func WithoutSMS(d *web.Deps) {
	h, ok := d.Overview.(*Server)
	if !ok {
		return
	}
	writer := notice.NewWriter(h.Keys, h.URL, h.Now).WithDisabled(notice.SMS, "BOMPASS_SMS_URL")
	d.Person = person.NewService(persondb.New(h.DB), h.Keys, writer, d.Access, h.Now)
}
