package notice_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/shared/i18n"
)

// addressPattern matches what a telephone makes a link of: a scheme, a path, a host.
var addressPattern = regexp.MustCompile(`(?i)://|\bwww\.|\S/\S|\b[a-z0-9-]+\.(example|no|com|net|org|se|de|eu)\b`)

// No text message has a link, in no language and whatever its sender puts into it. The last line of a code, with which a
// telephone offers it on our pages only, is not one: its form "@host #code" is not followed by telephones.
func TestTextMessagesHaveNoLinks(t *testing.T) {
	d := open(t)
	content := notice.Content{
		Code: "123456", Link: "/password/new?token=T",
		Params: []any{"day", "20.11.2026", "at", "12.00", "left", 9, "name", "Kari Lund", "address", "bompass.example/message"},
	}
	for _, lang := range i18n.Languages() {
		words, seen := i18n.For(lang), 0
		for _, kind := range notice.Kinds() {
			if !words.Has("sms." + string(kind)) {
				continue
			}
			seen++
			message, err := d.writer.SMS(kind, notice.Recipient{Name: "Kari Lund", Address: "+4790000001", Language: lang}, content)
			if err != nil {
				t.Fatal(err)
			}
			plain, err := d.keys.Open(seal.Sealed{Key: message.Key, Data: message.Sealed}, "letter "+message.ID)
			if err != nil {
				t.Fatal(err)
			}
			var text notice.Text
			if err := json.Unmarshal(plain, &text); err != nil {
				t.Fatal(err)
			}
			if text.Link != "" || text.LinkText != "" {
				t.Errorf("%s %s has a link: %q", lang, kind, text.Link)
			}
			body := strings.TrimSuffix(strings.Join(text.Lines, "\n"), "\n\n@bompass.example #123456")
			if found := addressPattern.FindString(body); found != "" || strings.Contains(body, "{") {
				t.Errorf("%s %s: %q in %q", lang, kind, found, body)
			}
		}
		if seen < 5 {
			t.Errorf("%s: %d kinds of text messages", lang, seen)
		}
	}
}
