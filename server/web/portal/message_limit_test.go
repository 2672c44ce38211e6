package portal_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"bompass/server/person"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fault"
)

// textsTo returns how many text messages were sent to numbers that begin so.
func textsTo(h *webtest.Server, begin string) (n int) {
	for _, m := range h.Inbox.List("") {
		if m.SMS && strings.HasPrefix(m.To, begin) {
			n++
		}
	}
	return n
}

// A person who changes the mobile number again and again has few codes sent, and none to numbers that cost more than
// those of people. A refused change is not saved.
func TestTextMessagesCannotBePumped(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	details := webtest.Call(v, api.Profile, api.Empty{}, "").Details
	var sent, refused int
	for n := range 40 {
		details.Mobile = fmt.Sprintf("+47480%05d", n)
		p := v.Do(http.MethodPost, api.SaveProfile.Path, webtest.JSON(t, details))
		switch p.StatusCode {
		case http.StatusOK:
			sent++
		case http.StatusTooManyRequests:
			refused++
			if p.Header.Get("Retry-After") == "" || !strings.Contains(p.Body, string(fault.TooManyToday)) {
				t.Errorf("refused without saying why or until when: %s", p.Body)
			}
		default:
			t.Fatalf("got %d %s", p.StatusCode, p.Body)
		}
	}
	h.LastMessage("+4748000000")
	if got := textsTo(h, "+47480"); got != 10 || sent != 10 || refused != 30 {
		t.Errorf("%d codes sent for %d changes, %d refused; want 10, 10, 30", got, sent, refused)
	}
	if p := webtest.Call(v, api.Profile, api.Empty{}, ""); p.Mobile != "+4748000009" {
		t.Errorf("the number is %s, want the last that a code was sent to", p.Mobile)
	}
	h.Advance(24 * time.Hour)
	v = h.SignIn(webtest.Kari)
	for _, number := range []string{"+4782912345", "+882345678901", "+4470123456789", "+19005551234"} {
		details.Mobile = number
		webtest.Call(v, api.SaveProfile, api.SaveRequest{Details: details}, fault.FieldWrong)
	}
}

// All people together have few codes sent to a country that is not on the list.
func TestTextMessagesToOtherCountriesAreLimited(t *testing.T) {
	h := webtest.New(t)
	sent := 0
	for _, who := range []string{webtest.Kari, "olav@bompass.example", "per@bompass.example"} {
		v := h.SignIn(who)
		details := webtest.Call(v, api.Profile, api.Empty{}, "").Details
		for n := range 8 {
			details.Mobile = fmt.Sprintf("+38349%06d", 100*len(who)+n)
			if details.Street == "" {
				details.Street, details.PostalCode, details.City, details.Country = "Storgata 1", "0155", "Oslo", "NO"
			}
			if p := v.Do(http.MethodPost, api.SaveProfile.Path, webtest.JSON(t, details)); p.StatusCode == http.StatusOK {
				sent++
			}
		}
	}
	h.LastMessage("+38349" + fmt.Sprintf("%06d", 100*len(webtest.Kari)))
	if got := textsTo(h, "+383"); got != 20 || sent != 20 {
		t.Errorf("%d codes sent for %d changes of 24, want 20", got, sent)
	}
}

// A new code gives no new tries: of 200 guesses between new codes, few are compared with one. The right code is refused,
// too, until the next day.
func TestNewCodeGivesNoNewTries(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	details := webtest.Call(v, api.Profile, api.Empty{}, "").Details
	guess := func(code string) fault.Code {
		return webtest.FaultOf(t, v.Do(http.MethodPost, api.ConfirmCode.Path, webtest.JSON(t, api.ConfirmRequest{Channel: person.Mobile, Code: code}))).Code
	}
	compared := 0
	for n := range 200 {
		if n%4 == 0 {
			details.Mobile = fmt.Sprintf("+4748000%03d", n/4%2)
			v.Do(http.MethodPost, api.SaveProfile.Path, webtest.JSON(t, details))
		}
		switch code := guess(fmt.Sprintf("%06d", n)); code {
		case fault.CodeWrong:
			compared++
		case fault.TooManyToday:
		default:
			t.Fatalf("guess %d: %s", n, code)
		}
	}
	if compared > person.CodeTriesOfAccount {
		t.Errorf("%d guesses were compared, want at most %d", compared, person.CodeTriesOfAccount)
	}
	number := webtest.Call(v, api.Profile, api.Empty{}, "").Mobile
	if got := guess(webtest.CodePattern.FindString(h.LastMessage(number).Text)); got != fault.TooManyToday {
		t.Errorf("the right code after all tries: %s", got)
	}
	h.Advance(24 * time.Hour)
	v = h.SignIn(webtest.Kari)
	webtest.Call(v, api.SendCode, api.CodeRequest{Channel: person.Mobile}, "")
	webtest.Call(v, api.ConfirmCode, api.ConfirmRequest{Channel: person.Mobile, Code: webtest.CodePattern.FindString(h.LastMessage(number).Text)}, "")
}

// Messages that visitors cause are limited for the address that they go to. The answer does not tell, since it would
// differ for an address without an account.
func TestMessagesThatVisitorsCauseAreLimited(t *testing.T) {
	h := webtest.New(t)
	for n := range 14 {
		h.Advance(31 * time.Minute) // past the throttle of tries
		for _, name := range []string{webtest.Kari, "ingen@bompass.example"} {
			if p := h.Visitor().SubmitForm("/password/forgot", map[string][]string{"name": {name}}); p.StatusCode != http.StatusOK {
				t.Errorf("%s, try %d: got %d", name, n, p.StatusCode)
			}
		}
	}
	h.LastMessage(webtest.Kari)
	if n := len(h.Inbox.List(webtest.Kari)); n > 13 || n < 10 {
		t.Errorf("%d of 14 messages in seven hours were sent, want ten and what is refilled meanwhile", n)
	}
}
