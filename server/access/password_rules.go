package access

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn"

	"bompass/server/access/seal"
	"bompass/shared/fault"
)

// Limits of a password, ASVS V6.2. No kinds of characters are required, and passwords do not expire.
const (
	PasswordMin           = 12  // characters: there is always a second factor
	PasswordMax           = 128 // characters
	distinctCharactersMin = 5   // different characters
	ownWordMin            = 4   // shorter words from the person's name and address are ignored
	guessesMin            = 1e8 // by the estimate of zxcvbn: lists of leaked passwords and words, keyboard rows, dates
	estimatedMax          = 40  // characters that are estimated: the estimate of long ones takes long
)

// CheckPassword returns a fault for a password that is too short, too long or easy to guess. The own words are
// the person's, such as the address.
func CheckPassword(password string, own ...string) error {
	p := seal.NormalizePassword(password)
	if n := utf8.RuneCountInString(p); n < PasswordMin || !utf8.ValidString(p) {
		return fault.New(fault.PasswordShort, "min", strconv.Itoa(PasswordMin)).At("password")
	} else if n > PasswordMax {
		return fault.New(fault.TooLarge, "max", strconv.Itoa(PasswordMax)).At("password")
	}
	lower := strings.ToLower(p)
	if isMonotonous(lower) || isCommon(lower) || madeOfOwnWords(lower, own) || isGuessable(p, own) {
		return fault.New(fault.PasswordCommon).At("password")
	}
	return nil
}

// LeakedPasswords is a list of passwords that have been found in data leaks.
type LeakedPasswords interface {
	// Contains reports whether a password is in the list.
	Contains(password string) (bool, error)
}

// RefuseLeaked makes the Registrar refuse the passwords of a list, too. It is called before the first use.
func (r *Registrar) RefuseLeaked(list LeakedPasswords) { r.leaked = list }

// checkPassword is CheckPassword and the list of leaked passwords, if there is one.
func (r *Registrar) checkPassword(password string, own ...string) error {
	if err := CheckPassword(password, own...); err != nil || r.leaked == nil {
		return err
	}
	found, err := r.leaked.Contains(seal.NormalizePassword(password))
	if err != nil {
		return err
	}
	if found {
		return fault.New(fault.PasswordLeaked).At("password")
	}
	return nil
}

// isMonotonous reports whether a password has few different characters or counts along the alphabet.
func isMonotonous(p string) bool {
	seen, steps, last := map[rune]bool{}, 0, rune(-5)
	for _, r := range p {
		seen[r] = true
		if r == last+1 || r == last-1 || r == last {
			steps++
		}
		last = r
	}
	return len(seen) < distinctCharactersMin || steps >= utf8.RuneCountInString(p)-3
}

// isGuessable reports whether a guesser who knows the usual lists, and the person, needs few guesses.
func isGuessable(p string, own []string) bool {
	if runes := []rune(p); len(runes) > estimatedMax {
		p = string(runes[:estimatedMax])
	}
	return zxcvbn.PasswordStrength(p, own).Guesses < guessesMin
}

// trimmedCharacters are characters that are often added to a word to make it a password.
const trimmedCharacters = "0123456789-_. !?"

// isCommon reports whether a password is a word that guessers begin with, with digits and signs around it
// or the word again.
func isCommon(p string) bool {
	core := strings.TrimFunc(p, func(r rune) bool { return !unicode.IsLetter(r) })
	plain := strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i").
		Replace(strings.Trim(p, trimmedCharacters))
	for _, word := range commonWords() {
		for _, form := range []string{core, plain} {
			if form == word || form == word+word || strings.Trim(strings.ReplaceAll(form, word, ""), trimmedCharacters) == "" {
				return true
			}
		}
	}
	return false
}

// madeOfOwnWords reports whether a password is little more than the person's own words.
func madeOfOwnWords(p string, own []string) bool {
	rest := p
	for _, text := range own {
		for word := range strings.FieldsFuncSeq(strings.ToLower(seal.NormalizePassword(text)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if len(word) >= ownWordMin {
				rest = strings.ReplaceAll(rest, word, "")
			}
		}
	}
	return rest != p && utf8.RuneCountInString(rest) < PasswordMin/2
}

// commonWords returns frequent words of leaked passwords, in our users' languages, and the
// words of this service.
func commonWords() []string {
	return strings.Fields(`
		password passord lösenord losenord passwort kennwort qwerty qwertyuiop asdfghjkl zxcvbnm qwertz azerty welcome velkommen
		välkommen valkommen willkommen letmein iloveyou jegelskerdeg jagälskardig ichliebedich monkey dragon football fotball
		fotboll fussball baseball master sunshine princess superman batman shadow michael jordan liverpool manchester arsenal
		chelsea brann rosenborg vålerenga tottenham barcelona sommer sommar summer vinter winter høst host autumn vår spring
		januar februar mars april juni juli august september oktober november desember december mandag tirsdag onsdag torsdag
		fredag lørdag søndag monday friday oslo bergen trondheim stavanger norge norway sverige deutschland changeme secret
		hemmelig geheim hemlig admin administrator administrasjon login logginn default guest gjest test testing computer
		internet whatever trustnoone starwars pokemon google facebook samsung bompass autopass bompenger bomring tollroad
		bompengar maut minside minasidor mypage toyota volvo volkswagen tesla mercedes ferrari porsche`)
}
