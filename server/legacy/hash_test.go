package legacy_test

import (
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"bompass/server/access/seal"
	"bompass/server/legacy"
	"bompass/shared/fixture"
)

// Hashes of "password" and of the old password of the demo data; the PBKDF2 ones are published examples of other
// programs.
func TestEveryHashFormatIsVerified(t *testing.T) {
	made, err := bcrypt.GenerateFromPassword([]byte("password"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	own, err := (seal.Keys{}).HashPassword("password")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ hash, password string }{
		"bcrypt":              {string(made), "password"},
		"bcrypt of PHP":       {strings.Replace(string(made), "$2a$", "$2y$", 1), "password"},
		"the cast's":          {fixture.LegacyHash, fixture.LegacyPassword},
		"argon2id":            {own, "password"},
		"pbkdf2-sha256, bare": {"$pbkdf2-sha256$6400$.6UI/S.nXIk8jcbdHx3Fhg$98jZicV16ODfEsEZeYPGHU3kbrUrvUEXOPimVSQDD44", "password"},
		"pbkdf2-sha256, PHC":  {"$pbkdf2-sha256$i=6400,l=32$+6UI/S+nXIk8jcbdHx3Fhg==$98jZicV16ODfEsEZeYPGHU3kbrUrvUEXOPimVSQDD44=", "password"},
		"pbkdf2-sha1":         {"$pbkdf2-sha1$i=5000$c2FsdHNhbHRzYWx0$nSHNoZLAzH0fwH2q9qW0qenR7sw", "password"},
		"pbkdf2-sha512":       {"$pbkdf2-sha512$i=5000$c2FsdHNhbHRzYWx0$RWDJfVA3xgIoO1uMPmkxxI3B76qkkwOGdF9u66MUyblpyFAEK9wwY8uEfU/rPk0P8lPVOl2h0JnZeCrUE8bOOA", "password"},
	} {
		h, err := legacy.ParseHash(c.hash)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !h.Matches(c.password) || h.Matches(c.password+"x") || h.Matches("") {
			t.Errorf("%s: right %v, wrong %v, empty %v", name, h.Matches(c.password), h.Matches(c.password+"x"), h.Matches(""))
		}
	}
}

func TestUnknownOrExpensiveHashIsRefused(t *testing.T) {
	for name, hash := range map[string]string{
		"nothing": "", "bare MD5": "5f4dcc3b5aa765d61d8327deb882cf99", "crypt MD5": "$1$salt$qJH7.N4xYta3aEG/dfqo/0", "plain": "password",
		"half a bcrypt": "$2b$10$abc", "bcrypt too dear": strings.Replace(fixture.LegacyHash, "$10$", "$31$", 1),
		"no rounds": "$pbkdf2-sha256$x$0ZrzXitFSGltTQnBWOsdew$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M",
		"too few":   "$pbkdf2-sha256$10$0ZrzXitFSGltTQnBWOsdew$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M",
		"too many":  "$pbkdf2-sha256$i=99999999$0ZrzXitFSGltTQnBWOsdew$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M",
		"another":   "$pbkdf2-md5$6400$0ZrzXitFSGltTQnBWOsdew$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M",
		"no key":    "$pbkdf2-sha256$6400$0ZrzXitFSGltTQnBWOsdew$", "no salt": "$pbkdf2-sha256$6400$$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M",
		"argon2id too dear": "$argon2id$v=19$m=4194304,t=2,p=1$c29tZSBzYWx0IHRoYXQgaXM$nR1mCz6vD0Hn7mDk0cQ1y9eE8m2n3a0b4c5d6e7f8gA",
		"endless":           "$2a$" + strings.Repeat("x", 1000),
	} {
		if h, err := legacy.ParseHash(hash); err == nil {
			t.Errorf("%s is taken", name)
		} else if h.Matches("") || h.Matches("password") || (len(hash) > 20 && strings.Contains(err.Error(), hash)) {
			t.Errorf("%s: it opens, or its error repeats it: %v", name, err)
		}
	}
}

func TestCSVAndJSONFilesAreRead(t *testing.T) {
	const h = fixture.LegacyHash
	for name, text := range map[string]string{
		"CSV":             "number,hash\n7005001," + h + "\n7005002," + h + "\n",
		"CSV with all":    "\ufeffAgreement,Number,Hash\r\n7005001,7005001," + h + "\r\n7005002,7005002,\"" + h + "\"\r\n",
		"CSV, last empty": "number,hash,agreement\n7005001," + h + ",\n7005002," + h + "\n",
		"NDJSON":          `{"number":"7005001","hash":"` + h + `"}` + "\n\n" + `{"number":"7005002","hash":"` + h + `","agreement":"7005002"}`,
	} {
		var got []string
		n, err := legacy.Read(strings.NewReader(text), func(l legacy.Line, hash legacy.Hash) error {
			if hash.String() != h {
				t.Errorf("%s: hash %q", name, hash)
			}
			got = append(got, l.Number+"="+l.Agreement)
			return nil
		})
		if err != nil || n != 2 || strings.Join(got, " ") != "7005001=7005001 7005002=7005002" {
			t.Errorf("%s: %d %v, %v", name, n, got, err)
		}
	}
}

// The error for an invalid file names the line and contains no hash.
func TestErrorNamesTheInvalidLine(t *testing.T) {
	const h = fixture.LegacyHash
	for name, c := range map[string]struct{ text, line, why string }{
		"unknown format": {"number,hash\n7005001," + h + "\n7005002,5f4dcc3b5aa765d61d8327deb882cf99\n", "line 3", "no format that is known"},
		"no header":      {"7005001," + h + "\n", "line 1", "names the columns"},
		"no hash":        {"number,hash\n7005001\n", "line 2", "a column is missing"},
		"no number":      {"number,hash\n," + h + "\n", "line 2", "customer number is missing"},
		"odd agreement":  {"number,hash\nA-17," + h + "\n", "line 2", "third column"},
		"twice":          {"number,hash\n7005001," + h + "\n7005001," + h + "\n", "line 3", "on line 2 already"},
		"open quote":     {"number,hash\n7005001,\"" + h + "\n", "line", "quote"},
		"broken JSON":    {`{"number":"7005001","hash":"` + h + `"}` + "\n{\n", "line 2", "no object"},
		"unknown field":  {`{"number":"7005001","hash":"` + h + `","admin":true}`, "line 1", "no object"},
		"long JSON":      {`{"number":"` + strings.Repeat("7", 5000) + `"}`, "line 1", "longer than"},
	} {
		_, err := legacy.Read(strings.NewReader(c.text), func(legacy.Line, legacy.Hash) error { return nil })
		if err == nil || !strings.Contains(err.Error(), c.line) || !strings.Contains(err.Error(), c.why) || strings.Contains(err.Error(), h) {
			t.Errorf("%s: got %v, want %s and %q", name, err, c.line, c.why)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("number,hash\n7005001," + fixture.LegacyHash)
	f.Add(`{"number":"7005001","hash":"x"}`)
	f.Fuzz(func(t *testing.T, text string) {
		n, err := legacy.Read(strings.NewReader(text), func(l legacy.Line, h legacy.Hash) error {
			if l.Number == "" || l.Agreement == "" || h.String() == "" {
				t.Errorf("an empty line was kept: %+v", l)
			}
			return nil
		})
		if err == nil && n > strings.Count(text, "\n")+strings.Count(text, "\r")+1 {
			t.Errorf("%d lines of %q", n, text)
		}
	})
}
