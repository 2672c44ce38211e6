package apiclient_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"bompass/shared/api"
	"bompass/shared/apiclient"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// What one end writes, the other reads back.
func TestQueryComesBackAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := api.PassageListRequest{
			Vehicle: toll.VehicleID(rapid.String().Draw(t, "vehicle")),
			From:    oslo.Day(rapid.IntRange(0, 40_000).Draw(t, "from")),
			To:      oslo.Day(rapid.IntRange(0, 40_000).Draw(t, "to")), After: rapid.String().Draw(t, "after"),
		}
		query, err := apiclient.Query(want)
		if err != nil {
			t.Fatal(err)
		}
		var got api.PassageListRequest
		if err := apiclient.ParseQuery(strings.TrimPrefix(query, "?"), &got); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", query, diff)
		}
	})
}

func TestQueryIsExactlyTheRequest(t *testing.T) {
	for _, query := range []string{
		"unknown=1", "from=2026-11-01&from=2026-11-02", "from=yesterday", "from=%zz", "from=2026-11-01;to=2026-11-02",
		"=x", "From[]=2026-11-01",
	} {
		var req api.PassageListRequest
		if err := apiclient.ParseQuery(query, &req); err == nil {
			t.Errorf("%q was read as %+v", query, req)
		}
	}
	var none api.Empty
	if err := apiclient.ParseQuery("", &none); err != nil {
		t.Errorf("no query for a request without fields: %v", err)
	}
	if err := apiclient.ParseQuery("x=1", &none); err == nil {
		t.Error("a field for a request without fields was read")
	}
	if _, err := apiclient.Query(struct{ N int }{1}); err == nil {
		t.Error("a field that is no string was written")
	}
}
