package help_test

import (
	"bytes"
	"html"
	"image"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"bompass/server/casework"
	"bompass/server/internal/proves"
	"bompass/server/notice"
	"bompass/server/store/casedb"
	"bompass/server/web/webtest"
	rules "bompass/shared/casework"
	"bompass/shared/site"
)

// S2.87: everybody can choose a toll company, and reads its telephone number, web site and address. A customer's own is chosen.
func TestTollCompanyIsChosenFromAList(t *testing.T) {
	p := webtest.NewPortal(t, webtest.WithReading(t))
	page := html.UnescapeString(p.Visitor().Get(site.Help).Body)
	for _, option := range []string{`<option value="ferde">Ferde</option>`, `<option value="vegamot">Vegamot</option>`} {
		if !strings.Contains(page, option) {
			t.Errorf("the list lacks %s", option)
		}
	}
	if strings.Contains(page, `id="contact"`) {
		t.Error("a company is shown before one is chosen")
	}
	page = html.UnescapeString(p.Visitor().Get(site.Help + "?company=vegamot").Body)
	for _, text := range []string{`<option value="vegamot" selected>`, `href="tel:+4772540900"`, "72 54 09 10", `href="https://www.vegamot.no"`, "Postboks 6052, 7434 Trondheim"} {
		if !strings.Contains(page, text) {
			t.Errorf("the page of a company lacks %s", text)
		}
	}
	if page := p.Visitor().Get(site.Help + "?company=nobody"); page.StatusCode != http.StatusOK || strings.Contains(page.Body, `id="contact"`) {
		t.Error("an unknown company has a page")
	}
	if page := p.SignIn(webtest.Kari).Get(site.Help).Body; !strings.Contains(page, " selected>") || !strings.Contains(page, `id="contact"`) {
		t.Error("a customer's own company is not chosen")
	}
	proves.That(t, "S2.87")
}

// hidden matches the hidden fields of a form.
var hidden = regexp.MustCompile(`name="(csrf|once)" value="([^"]+)"`)

// file is a file of a form.
type file struct {
	name string
	body []byte
}

// form returns what a browser sends for the form of a page, with its type. Fields that are given replace those of the page.
func form(t *testing.T, page string, fields url.Values, files ...file) (body, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_, main, _ := strings.Cut(page, "<main")
	for _, field := range hidden.FindAllStringSubmatch(main, 2) {
		if !fields.Has(field[1]) {
			_ = w.WriteField(field[1], field[2])
		}
	}
	for name, values := range fields {
		_ = w.WriteField(name, values[0])
	}
	for _, f := range files {
		part, err := w.CreateFormFile("files", f.name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write(f.body)
	}
	_ = w.Close()
	return b.String(), w.FormDataContentType()
}

// send sends a form of a page to an address.
func send(t *testing.T, v *webtest.Visitor, from, to string, fields url.Values, files ...file) webtest.Page {
	t.Helper()
	body, kind := form(t, v.Get(from).Body, fields, files...)
	return v.Do(http.MethodPost, to, body, webtest.Header("Content-Type", kind))
}

// question is a case that can be opened.
func question() url.Values {
	return url.Values{"charger": {"ferde"}, "topic": {"passage"}, "about": {"agreement:7001001"}, "title": {"Feil pris?"}, "text": {"Hei!\n\nHvorfor 15,20 kr?"}}
}

// photo returns a picture that is one.
func photo(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 30, 30)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// wantOn reports texts that a page lacks.
func wantOn(t *testing.T, page webtest.Page, texts ...string) {
	t.Helper()
	body := html.UnescapeString(page.Body)
	for _, text := range texts {
		if !strings.Contains(body, text) {
			t.Errorf("the page lacks %q: %d", text, page.StatusCode)
		}
	}
}

// S2.88, S2.89: a customer opens a case with the toll company, with files; the company asks and answers; the customer is mailed of
// it without what was written, answers, and opens the case again.
func TestCaseIsOpenedAskedAnsweredAndReopened(t *testing.T) {
	h := webtest.New(t)
	kari := h.SignIn(webtest.Kari)
	wantOn(t, kari.Get(site.Cases), "Du har ikke skrevet til oss ennå")
	pdf := file{"vedtak.pdf", []byte("%PDF-1.7\n1 0 obj")}
	opened := send(t, kari, site.NewCase, site.NewCase, question(), file{"bil.jpg", photo(t)}, pdf)
	if opened.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d: %s", opened.StatusCode, opened.Body)
	}
	address := opened.Header.Get("Location")
	page := kari.Get(address)
	wantOn(t, page, "Vi har fått meldingen din", "Feil pris?", "Hei!<br><br>Hvorfor 15,20 kr?", "Ferde", "Avtale 7001001", "Mottatt. Vi svarer senest", "bil.jpg", "vedtak.pdf")
	proves.That(t, "S2.88")

	files := regexp.MustCompile(`href="(/cases/details/file[^"]+)"`).FindAllStringSubmatch(page.Body, -1)
	if len(files) != 2 {
		t.Fatalf("%d files", len(files))
	}
	got := kari.Get(html.UnescapeString(files[1][1]))
	if got.Body != string(pdf.body) || !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment") || !strings.Contains(got.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the file: %q %v", got.Body, got.Header)
	}
	proves.That(t, "S2.89")

	cases, teller := casework.NewService(casedb.New(h.DB), nil, h.Now), casework.NewTeller(casedb.New(h.DB), notice.NewWriter(h.Keys, h.URL, h.Now), h.Now)
	waiting, err := cases.Waiting(t.Context())
	if err != nil || len(waiting) != 1 {
		t.Fatalf("%d cases wait: %v", len(waiting), err)
	}
	id := waiting[0].ID
	reply := func(act rules.Act, text string) {
		t.Helper()
		if err := cases.Reply(t.Context(), casework.NewMessage{Case: id, Once: uuid.NewString(), Staff: "Mari Moe", Act: act, Text: text}); err != nil {
			t.Fatal(err)
		}
		full, err := cases.Any(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // a job that is run again mails nothing more
			if act == rules.Take {
				continue
			}
			if err := teller.Work(t.Context(), casework.TellJob{Message: full.Messages[len(full.Messages)-1].ID}, 1); err != nil {
				t.Fatal(err)
			}
		}
	}
	reply(rules.Take, "")
	wantOn(t, kari.Get(address), "Vi arbeider med saken")
	reply(rules.Ask, "Hvilken dag gjelder det?")
	wantOn(t, kari.Get(address), "Vi venter på svar fra deg", "Hvilken dag gjelder det?", "Mari Moe, Ferde")
	if err := cases.Reply(t.Context(), casework.NewMessage{Case: id, Once: uuid.NewString(), Staff: "Mari Moe", Act: rules.Ask, Text: "Hallo?"}); err == nil {
		t.Error("a question is asked while the customer answers")
	}
	number := url.Values{"number": {casework.Number(id)}, "text": {"Den 3. mars."}}
	if p := send(t, kari, address, site.Case+"/write", number); p.StatusCode != http.StatusSeeOther {
		t.Fatalf("answer: %d", p.StatusCode)
	}
	wantOn(t, kari.Get(address), "Den 3. mars.", "Vi arbeider med saken. Vi svarer senest")
	reply(rules.Answer, "Da var det rushtid.")
	wantOn(t, kari.Get(address), "Besvart og avsluttet", "Da var det rushtid.", "Ble du ikke fornøyd?")
	if p := send(t, kari, address, site.Case+"/write", url.Values{"number": {casework.Number(id)}, "text": {"Nei, det var søndag."}}); p.StatusCode != http.StatusSeeOther {
		t.Fatalf("reopen: %d", p.StatusCode)
	}
	wantOn(t, kari.Get(site.Cases), "Feil pris?", "Åpnet igjen")

	var mails int
	if err := h.DB.Pool.QueryRow(t.Context(), "select count(*) from outbox where kind = 'case.answered' and account_id = $1", string(waiting[0].Account)).Scan(&mails); err != nil || mails != 2 {
		t.Errorf("%d mails, %v; want one of the question and one of the answer", mails, err)
	}
}

// What is wrong with a message is said at its field, and nothing that was written is lost.
func TestWrongMessageIsKept(t *testing.T) {
	h := webtest.New(t)
	kari := h.SignIn(webtest.Kari)
	empty := send(t, kari, site.NewCase, site.NewCase, url.Values{"charger": {""}, "topic": {""}, "title": {""}, "text": {""}})
	wantOn(t, empty, `id="charger-error"`, `id="topic-error"`, `id="title-error"`, `id="text-error"`)
	if empty.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an empty form: %d", empty.StatusCode)
	}
	odd := send(t, kari, site.NewCase, site.NewCase, question(), file{"tegning.svg", []byte("<svg xmlns='http://www.w3.org/2000/svg'/>")})
	wantOn(t, odd, "«tegning.svg» kan vi ikke ta imot", "Hvorfor 15,20 kr?", `value="Feil pris?"`, `<option value="passage" selected>`)
	many := make([]file, rules.FilesMax+1)
	for i := range many {
		many[i] = file{"a.pdf", []byte("%PDF-1.7")}
	}
	wantOn(t, send(t, kari, site.NewCase, site.NewCase, question(), many...), "Du kan sende 10 filer om gangen")
	if list := kari.Get(site.Cases).Body; strings.Contains(list, "Feil pris?") {
		t.Error("a case was opened")
	}
	signedOut := h.Visitor()
	body, kind := form(t, kari.Get(site.NewCase).Body, question(), file{"a.pdf", append([]byte("%PDF-1.7"), make([]byte, 5<<20)...)})
	if p := signedOut.Do(http.MethodPost, site.NewCase, body, webtest.Header("Content-Type", kind)); p.StatusCode != http.StatusSeeOther || !strings.HasPrefix(p.Header.Get("Location"), site.Login) {
		t.Errorf("without a session: %d", p.StatusCode)
	}
	if p := kari.Do(http.MethodPost, site.NewCase, body, webtest.Header("Content-Type", kind)); p.StatusCode != http.StatusSeeOther {
		t.Errorf("a file of 5 MB: %d %s", p.StatusCode, p.Body)
	}
}

// The form sent twice, also at the same time, opens one case and writes one message.
func TestCaseIsOpenedOnce(t *testing.T) {
	h := webtest.New(t)
	kari := h.SignIn(webtest.Kari)
	body, kind := form(t, kari.Get(site.NewCase).Body, question())
	places := make(chan string, 4)
	for range cap(places) {
		go func() {
			places <- kari.Do(http.MethodPost, site.NewCase, body, webtest.Header("Content-Type", kind)).Header.Get("Location")
		}()
	}
	first := <-places
	for range cap(places) - 1 {
		if place := <-places; place != first || place == "" {
			t.Errorf("the same form leads to %q and %q", first, place)
		}
	}
	if n := strings.Count(kari.Get(site.Cases).Body, "Feil pris?"); n != 1 {
		t.Errorf("%d cases", n)
	}
}

// A case is read by whoever opened it, and by those who may change something for the customer; by nobody else.
func TestCaseIsReadByItsOwn(t *testing.T) {
	h := webtest.New(t)
	accountant := h.SignIn("astrid@fjordfrakt.example")
	address := send(t, accountant, site.NewCase, site.NewCase, question(), file{"a.pdf", []byte("%PDF-1.7")}).Header.Get("Location")
	wantOn(t, h.SignIn("nils@fjordfrakt.example").Get(address), "Feil pris?")
	page := accountant.Get(address)
	document := html.UnescapeString(regexp.MustCompile(`href="(/cases/details/file[^"]+)"`).FindStringSubmatch(page.Body)[1])
	number := regexp.MustCompile(`number=(\d+)`).FindStringSubmatch(address)[1]
	for _, other := range []string{webtest.Kari, "olav@bompass.example"} {
		v := h.SignIn(other)
		for _, path := range []string{address, document} {
			if p := v.Get(path); p.StatusCode != http.StatusNotFound {
				t.Errorf("%s reads %s: %d", other, path, p.StatusCode)
			}
		}
		fields := url.Values{"number": {number}, "text": {"x"}}
		if p := send(t, v, site.NewCase, site.Case+"/write", fields); p.StatusCode != http.StatusNotFound {
			t.Errorf("%s writes: %d", other, p.StatusCode)
		}
		if p := v.SubmitFormAt(site.Case+"/withdraw", site.NewCase, fields); p.StatusCode != http.StatusNotFound {
			t.Errorf("%s withdraws: %d", other, p.StatusCode)
		}
	}
	jonas := h.SignIn("jonas@fjordfrakt.example")
	if p := accountant.Get(send(t, jonas, site.NewCase, site.NewCase, question()).Header.Get("Location")); p.StatusCode != http.StatusNotFound {
		t.Errorf("the accountant reads the administrator's case: %d", p.StatusCode)
	}
	if p := accountant.SubmitFormAt(site.Case+"/withdraw", address, url.Values{"number": {number}}); p.StatusCode != http.StatusSeeOther {
		t.Errorf("withdraw: %d", p.StatusCode)
	}
	wantOn(t, accountant.Get(address), "Besvart og avsluttet", "Trenger ikke svar lenger")
}
