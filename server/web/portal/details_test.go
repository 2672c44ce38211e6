package portal_test

import (
	"encoding/json"
	"testing"

	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// S4.26: details and consents are saved together or not at all.
func TestDetailsAndConsentsAreSavedTogether(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	before := webtest.Call(v, api.Profile, api.Empty{}, "")
	req := api.SaveRequest{Details: before.Details, Given: map[toll.ConsentKind]bool{toll.ConsentSMS: true}}
	req.City = "Ranheim"
	body, err := json.Marshal(req)
	if err != nil {
		t.Fatal(err)
	}
	if f := webtest.FaultOf(t, v.Do(api.SaveProfile.Method, api.SaveProfile.Path, string(body))); f.Code != fault.ConsentNeeded || f.Field != "privacy" {
		t.Errorf("without the privacy statement: %+v", f)
	}
	if p := webtest.Call(v, api.Profile, api.Empty{}, ""); p.City != before.City {
		t.Errorf("the city was saved without the consents: %+v", p)
	}
	req.Given[toll.ConsentPrivacy] = true
	after := webtest.Call(v, api.SaveProfile, req, "")
	if after.City != "Ranheim" || !after.Consents[0].Given || after.Consents[1].Given || !after.Consents[2].Given {
		t.Errorf("saved: %+v", after)
	}
	req.Given, req.City = nil, "Trondheim" // consents keep their answers
	if last := webtest.Call(v, api.SaveProfile, req, ""); last.City != "Trondheim" || !last.Consents[2].Given {
		t.Errorf("saved again: %+v", last)
	}
}
