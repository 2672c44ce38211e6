package access

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"math/big"
	"time"

	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/shared/fault"
	"bompass/shared/text"
)

// Limits of codes by SMS that allow a new password, ASVS V6.5.4.
const (
	ResetCodeMax         = 10 * time.Minute
	ResetCodeTries       = 5  // of one code
	ResetCodeTriesPerDay = 15 // of all codes of a number: a new code gives no new tries
)

// resetCode is the content of a link that only the asking browser has. The code that comes by SMS opens it.
type resetCode struct {
	Reset  reset
	Number string
	Code   []byte // keyed hash
}

// requestResetCode stores and sends a code, and returns the token of the browser. A number that no account has gets a
// code that is not sent, so that the page and its answers are the same.
func (r *Registrar) requestResetCode(ctx context.Context, number string, account Account, there bool) (seal.Token, error) {
	random, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", fmt.Errorf("make code: %w", err)
	}
	code, now := fmt.Sprintf("%06d", random), r.service.now()
	until := now.Add(ResetCodeMax)
	holds := resetCode{Reset: resetOf(account), Number: number, Code: r.service.keys.CodeHash(code, "reset", number)}
	// Where the telephone receives codes, too, it would be the only factor: the next subscriber of the number would get in.
	// The link comes by mail then, and the code is nobody's.
	byMail := there && account.TextMobile != ""
	owner := account.ID
	if byMail {
		owner = ""
	}
	link, token, err := r.service.keys.NewLink(seal.PurposePasswordCode, owner, until, holds)
	if err != nil {
		return "", err
	}
	links, content := []seal.Link{link}, notice.Content{Code: code, Until: until}
	var message notice.Message
	switch {
	case !there:
		message, err = r.messages.Decoy(notice.Reset, content)
	case byMail:
		var mailed seal.Link
		mailed, message, err = r.resetByMail(account, there)
		links = append(links, mailed)
	default:
		recipient := account.Recipient()
		recipient.Address = account.Mobile
		message, err = r.messages.SMS(notice.Reset, recipient, content)
	}
	if err != nil {
		return "", err
	}
	return token, r.store.AddLinks(ctx, now, links, []notice.Message{message})
}

// VerifyResetCode exchanges the token of the asking browser and the code that was sent by SMS for a token with which
// ResetPassword works. A wrong, used or expired code returns fault.CodeWrong, whether the account exists or not.
func (r *Registrar) VerifyResetCode(ctx context.Context, token seal.Token, code string) (seal.Token, error) {
	wrong := fault.New(fault.CodeWrong).At("code")
	var holds resetCode
	link, err := r.openLink(ctx, token, seal.PurposePasswordCode, &holds)
	if err != nil && fault.CodeOf(err) == fault.LinkSpent {
		return "", wrong
	}
	if err != nil {
		return "", err
	}
	if err := r.service.AllowDaily(ctx, DailyLimit{Kind: "reset codes", Name: holds.Number, Max: ResetCodeTriesPerDay}); err != nil {
		return "", err
	}
	err = r.service.AllowDaily(ctx, DailyLimit{Kind: "reset code", Name: hex.EncodeToString(link.Hash[:]), Max: ResetCodeTries})
	if err != nil && fault.CodeOf(err) == fault.TooManyToday {
		return "", wrong
	}
	if err != nil {
		return "", err
	}
	if !r.service.keys.CodeMatches(holds.Code, text.Code(code), "reset", holds.Number) || link.Account == "" {
		return "", wrong
	}
	now := r.service.now()
	next, opens, err := r.service.keys.NewLink(seal.PurposePassword, link.Account, now.Add(ResetMax), holds.Reset)
	if err != nil {
		return "", err
	}
	if err := r.store.ExchangeLink(ctx, link.Hash, next, now); fault.CodeOf(err) == fault.LinkSpent && err != nil {
		return "", wrong
	} else if err != nil {
		return "", err
	}
	return opens, nil
}
