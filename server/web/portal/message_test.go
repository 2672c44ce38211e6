package portal_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"bompass/server/web/webtest"
	"bompass/shared/site"
)

// messageNumber matches the number at the end of a message.
var messageNumber = regexp.MustCompile(`[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}`)

// askAbout asks whether the message of a number is ours.
func askAbout(v *webtest.Visitor, number string) (webtest.Page, string) {
	p := v.Get(site.Message + "?message=" + url.QueryEscape(number))
	return p, html.UnescapeString(p.Body)
}

// Whoever has a message can check it by its number, without signing in and without scripts: the page shows what we sent,
// to whom and how, and nothing that gives access.
func TestMessageIsCheckedByItsNumber(t *testing.T) {
	h := webtest.New(t)
	v := h.Visitor()
	if p := v.Get(site.Login); !strings.Contains(p.Body, `href="/message"`) {
		t.Error("the sign-in page does not lead to the check")
	}
	v.SubmitForm("/password/forgot", url.Values{"name": {webtest.Kari}})
	mail := h.LastMessage(webtest.Kari)
	number := messageNumber.FindString(mail.Text)
	if number == "" || !strings.Contains(mail.HTML, number) || !strings.Contains(mail.Text, "/message") || !strings.Contains(mail.HTML, h.URL+site.Privacy) {
		t.Fatalf("the mail has no number, or does not say where it is checked and where the privacy statement is: %s", mail.Text)
	}
	for _, typed := range []string{number, strings.ToLower(strings.ReplaceAll(number, "-", " "))} {
		p, body := askAbout(h.Visitor(), typed)
		for _, want := range []string{"Ja, vi har sendt meldingen", "Velg nytt passord", "Følg lenken innen 20 minutter", "k•••@bompass.example", "E-post", number} {
			if p.StatusCode != http.StatusOK || !strings.Contains(body, want) {
				t.Errorf("%q: got %d without %q: %s", typed, p.StatusCode, want, body)
			}
		}
		if strings.Contains(body, "token=") || strings.Contains(body, webtest.Kari) || strings.Contains(body, "Kari") {
			t.Errorf("the page shows a link or the recipient: %s", body)
		}
	}

	if p := h.SignIn(webtest.Kari).SubmitFormAt("/security/text", "/security", url.Values{}); p.Header.Get("Location") != "/security/text" {
		t.Fatalf("a code by text message: %d %s", p.StatusCode, p.Body)
	}
	sms := h.LastMessage(webtest.Phone)
	_, body := askAbout(h.Visitor(), messageNumber.FindString(sms.Text))
	if !strings.Contains(body, "•••001") || !strings.Contains(body, "koden din er …") || strings.Contains(body, h.TextCode()) {
		t.Errorf("text message %q: %s", sms.Text, body)
	}
}

// A number that is in no message of ours gets an answer that says what to do. Asking often has to wait.
func TestMessageThatWeDidNotSend(t *testing.T) {
	h := webtest.New(t)
	v := h.Visitor()
	if p, body := askAbout(v, "00000-00000"); p.StatusCode != http.StatusOK || !strings.Contains(body, "Vi finner ikke meldingen") || !strings.Contains(body, "Ikke trykk på lenker") {
		t.Errorf("an unknown number: %d %s", p.StatusCode, body)
	}
	for _, typed := range []string{"00000-00001", "12", ""} {
		if p, body := askAbout(v, typed); p.StatusCode < 400 || !strings.Contains(body, `id="message-error"`) || !strings.Contains(body, "er den ikke fra oss") {
			t.Errorf("%q: %d %s", typed, p.StatusCode, body)
		}
	}
	last := 0
	for range 70 {
		p, _ := askAbout(v, "00000-00000")
		last = p.StatusCode
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("after many questions: got %d", last)
	}
}

// A decoy, which is written so that an unknown name takes the same time, cannot be found; nor can what an erasure took.
func TestErasedRecipientIsNotShown(t *testing.T) {
	h := webtest.New(t)
	h.Visitor().SubmitForm("/password/forgot", url.Values{"name": {webtest.Kari}})
	number := messageNumber.FindString(h.LastMessage(webtest.Kari).Text)
	if _, err := h.DB.Pool.Exec(t.Context(), "update outbox set shown_to = ''"); err != nil {
		t.Fatal(err)
	}
	if _, body := askAbout(h.Visitor(), number); !strings.Contains(body, "Ja, vi har sendt") || strings.Contains(body, "Mottaker") {
		t.Errorf("%s", body)
	}
	h.Visitor().SubmitForm("/password/forgot", url.Values{"name": {"nobody@bompass.example"}})
	var decoy string
	if err := h.DB.Pool.QueryRow(t.Context(), "select number from outbox where channel = 'none'").Scan(&decoy); err != nil {
		t.Fatal(err)
	}
	if _, body := askAbout(h.Visitor(), decoy); !strings.Contains(body, "Vi finner ikke meldingen") {
		t.Errorf("a decoy is shown: %s", body)
	}
}
