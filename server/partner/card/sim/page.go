package sim

import (
	_ "embed"
	"html/template"
	"net/http"
	"strings"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// cards are the cards to choose from, with what they do.
type choice struct{ Number, Does string }

// view is the content of the page. Its texts are not in the product's catalogues, because the page is only shown to people who
// develop or try out the product.
type view struct {
	Session

	Lang  string
	Words map[string]string
	Cards []choice
	Bank  bool // the bank asks who the person is
}

func wordsOf(language string) (lang string, words map[string]string) {
	if language == "nb" || language == "sv" {
		return language, map[string]string{
			"title": "Kortbetaling (simulert)", "lead": "Dette er en simulert betalingsside. Ingen penger flyttes, og ingen kortnummer lagres.", "number": "Kortnummer", "other": "Testkort",
			"pay": "Betal", "stop": "Avbryt", "bank": "Banken din spør om du godkjenner betalingen (3-D Secure).", "yes": "Godkjenn", "no": "Avvis",
			"declined": "Kortet ble avvist. Prøv et annet kort, eller gå tilbake.", "closed": "Denne betalingen er avsluttet.", "back": "Tilbake",
			Approved: "godkjennes", Declined: "avvises", NoFunds: "avvises: ikke dekning", Secure: "krever 3-D Secure", Late: "svaret kommer senere", Twice: "meldingen sendes to ganger",
			Disorder: "meldingene kommer i feil rekkefølge", Unheard: "ingen melding sendes",
		}
	}
	return "en", map[string]string{
		"title": "Card payment (simulated)", "lead": "This is a simulated payment page. No money moves, and no card number is stored.", "number": "Card number", "other": "Test cards",
		"pay": "Pay", "stop": "Cancel", "bank": "Your bank asks whether you approve the payment (3-D Secure).", "yes": "Approve", "no": "Refuse",
		"declined": "The card was declined. Try another card, or go back.", "closed": "This payment has ended.", "back": "Back",
		Approved: "approved", Declined: "declined", NoFunds: "declined: not enough money", Secure: "needs 3-D Secure", Late: "the answer comes later", Twice: "the message is sent twice",
		Disorder: "the messages come in the wrong order", Unheard: "no message is sent",
	}
}

// payPage shows a session.
func (p *Provider) payPage(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	s := p.session(r.PathValue("id"))
	if s == nil {
		p.mu.Unlock()
		http.NotFound(w, r)
		return
	}
	v := view{Session: *s, Bank: s.Status == "open" && s.AttemptState == "requires_action"}
	p.mu.Unlock()
	v.Lang, v.Words = wordsOf(v.Language)
	if v.Lang == "sv" {
		v.Lang = "nb"
	}
	for _, number := range []string{Approved, Declined, NoFunds, Secure, Late, Twice, Disorder, Unheard} {
		v.Cards = append(v.Cards, choice{number, v.Words[number]})
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'")
	_ = page.Execute(w, v)
}

// payForm tries to pay with the number of a card.
func (p *Provider) payForm(w http.ResponseWriter, r *http.Request) {
	p.goOn(w, r, p.Pay(r.PathValue("id"), strings.ReplaceAll(r.FormValue("number"), " ", "")))
}

// bankForm answers the bank.
func (p *Provider) bankForm(w http.ResponseWriter, r *http.Request) {
	p.goOn(w, r, p.Confirm(r.PathValue("id"), r.FormValue("answer") == "yes"))
}

// goOn sends the person onward, or back to the provider's page.
func (p *Provider) goOn(w http.ResponseWriter, r *http.Request, onward string) {
	if onward == "" {
		onward = p.Address + "/pay/" + r.PathValue("id")
	}
	http.Redirect(w, r, onward, http.StatusSeeOther)
}
