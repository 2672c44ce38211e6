package web

import (
	"context"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/shared/api"
	"bompass/shared/toll"
)

// Addresses of becoming a customer: two pages of the program, and the terms to read.
const (
	becomePath = "/agreements/new"
	becamePath = "/agreements/done"
	termsPath  = "/terms/"
)

// termsParts is how many parts each set of terms has.
const termsParts = 7

func (s *server) mountAgreements() {
	mount(s, api.AgreementDraft, func(ctx context.Context, a access.Principal, _ api.Empty) (api.AgreementDraftReply, error) {
		return s.Agreements.Draft(ctx, a)
	})
	mount(s, api.AgreementAnswer, s.Agreements.Answer)
	mount(s, api.AgreementBegin, func(ctx context.Context, a access.Principal, req api.AgreementRequest) (api.AgreementReceipt, error) {
		return s.Agreements.Confirm(ctx, a, req.ID)
	})
	mount(s, api.AgreementConfirm, func(ctx context.Context, a access.Principal, req api.AgreementReceiptRequest) (api.AgreementReceipt, error) {
		return s.Agreements.Receipt(ctx, a, req.Number)
	})
}

// part is one part of a text: a heading and what stands below it.
type part struct{ Title, Text string }

// terms shows one set of terms to everybody, in the version that is accepted today.
func (s *server) terms(c *fiber.Ctx) error {
	kind := toll.TermsKind(c.Params("kind"))
	if !slices.Contains(toll.Terms(), kind) {
		return s.notFound(c)
	}
	s.chooseLanguage(c)
	v := s.view(c)
	name := "terms." + string(kind)
	v.Title, v.Program, v.Self = v.T(name), "", termsPath+string(kind)
	v.Text = v.T("terms.version", "version", toll.TermsVersion(kind))
	for n := 1; n <= termsParts; n++ {
		key := name + "." + strconv.Itoa(n)
		v.Parts = append(v.Parts, part{v.T(key + ".title"), v.T(key + ".text")})
	}
	return s.pages.send(c, fiber.StatusOK, "terms", v)
}
