package e2e_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"bompass/server/internal/e2e"
	"bompass/server/internal/proves"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/oslo"
)

// period asks for the customer's passages of a period, and returns the status and the code of a refusal.
func (c *customer) period(t *testing.T, from, to oslo.Day) (status int, code fault.Code) {
	t.Helper()
	res, err := c.client.Get(fmt.Sprintf("%s/api/v1/passages?from=%s&to=%s", c.product.URL(), from, to))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode == http.StatusOK {
		var reply api.PassageListReply
		if err := json.Unmarshal(body, &reply); err != nil {
			t.Fatalf("%v: %s", err, body)
		}
		return res.StatusCode, ""
	}
	var refused fault.Error
	if err := json.Unmarshal(body, &refused); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return res.StatusCode, refused.Code
}

// One query covers at most thirty days, or one calendar month, which may have thirty-one.
func TestPeriodIsThirtyDaysOrOneMonth(t *testing.T) {
	product := e2e.Start(t, program)
	olav := signInHTTP(t, product, account(t, "olav@bompass.example"))
	january := oslo.Date(2026, time.January, 1)
	for _, c := range []struct {
		name     string
		from, to oslo.Day
		want     fault.Code
	}{
		{"one day", january, january, ""},
		{"thirty days across two months", january + 9, january + 38, ""},
		{"thirty-one days across two months", january + 9, january + 39, fault.PeriodTooLong},
		{"a calendar month of thirty-one days", january, january + 30, ""},
		{"a calendar month and a day", january, january + 31, fault.PeriodTooLong},
		{"a year", january, january + 364, fault.PeriodTooLong},
	} {
		status, code := olav.period(t, c.from, c.to)
		if code != c.want || (status == http.StatusOK) != (c.want == "") {
			t.Errorf("%s: got %d %q, want %q", c.name, status, code, c.want)
		}
	}
	proves.That(t, "S1.20")
}
