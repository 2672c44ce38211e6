package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"bompass/server/billing"
	"bompass/server/config"
	"bompass/server/document"
	"bompass/server/document/ehf"
	"bompass/server/store"
	"bompass/server/store/billingdb"
	"bompass/shared/invoice"
)

const ehfUsage = "server billing ehf --number NUMBER --to FILE"

// billingEHFCommand writes an invoice or credit note to a company as EHF.
func billingEHFCommand(ctx context.Context, args []string, w World) error {
	flags := flag.NewFlagSet("billing ehf", flag.ContinueOnError)
	flags.SetOutput(w.Err)
	number := flags.String("number", "", "`number` of the document")
	to := flags.String("to", "", "`file` to write")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("billing ehf: %w", err)
	}
	if flags.NArg() > 0 || *number == "" || *to == "" {
		return errors.New("write: " + ehfUsage)
	}
	return WithStore(ctx, w, func(c config.Config, db *store.DB) error {
		text, err := writeEHF(ctx, billingdb.New(db), c.Issuer, *number)
		if err != nil {
			return err
		}
		if err := os.WriteFile(*to, text, 0o600); err != nil {
			return fmt.Errorf("billing ehf: %w", err)
		}
		_, err = fmt.Fprintf(w.Out, "document %s is in %s\n", *number, *to)
		return err
	})
}

// writeEHF returns a document to a company as EHF.
func writeEHF(ctx context.Context, st *billingdb.Store, issuer config.Issuer, number string) ([]byte, error) {
	e, err := st.Electronic(ctx, number)
	if err != nil {
		return nil, err
	}
	if e.Organisation == "" {
		return nil, fmt.Errorf("document %s is to a person, and EHF is between businesses", number)
	}
	return Documents(issuer)(e, invoice.FormEHF)
}

// Documents returns the function that writes the documents of an issuer as files.
func Documents(issuer config.Issuer) billing.Render {
	return document.Renderer(ehf.Party{
		Name: issuer.Name, Organisation: issuer.Organisation, Street: issuer.Street, PostalCode: issuer.PostalCode, City: issuer.City,
		VAT: issuer.VAT, Registered: true,
	})
}
