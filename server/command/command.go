// Package command has the commands of operators: every subcommand of the server except serve. Each is in a file of its
// own. They work on the database of the settings: the one of DATABASE_URL, that of the server running on the home, or
// the home's own.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"bompass/server/config"
)

// Usage lists the commands and the settings.
const Usage = `Bompass: passages in, charges out, and a page that says why.

  server serve [--simulate]        start the whole product
  server migrate                   bring the database's schema up to date
  server seed                      add the demo data
  server rotate                    encrypt stored secrets again with the first of BOMPASS_SEAL_KEYS
  server quarantine [--json]       list passages that need a person
  server quarantine release ID… | --all
                                   process them again, for instance after adding a tariff
  server reset                     delete the data that serve stores under BOMPASS_HOME
  server legacy import [--dry-run] FILE…
                                   import customers, agreements, vehicles, tags or passwords of a legacy system
  server station key add NAME STATION… | --all
                                   make the API key of stations and print it
  server station key list [--json] list the API keys of stations
  server station key withdraw NAME withdraw one
  server backup FILE               write a copy of the server's own database to a new file, also while it runs
  server restore FILE              read such a copy into an empty home
  server tags [--json]             list orders of tags and holders that are not sent yet
  server tags sent ORDER TAG       record which tag was sent; for a holder, without TAG
  server tags delivered ORDER      record that an order was delivered; a replacement is on its vehicle then
  server tags received TAG         record that a settled tag was returned; a refund that awaits it is due
  server cases [--json]            list the cases of customer service that wait for an answer
  server cases show NUMBER         print one with its messages
  server cases take|ask|answer NUMBER --by NAME
                                   work on it, ask the customer, or answer and close it; the text is read from standard input
  server cases file FILE --to PATH write a file of a case to a new file
  server billing run [--period YYYY-MM]
                                   make the invoices of a month, once, however often it is repeated
  server billing paid --kid KID --amount KRONER --on DAY --reference TEXT
                                   enter a payment of the bank statement, once for a reference
  server billing remind [--on DAY] write the reminders that are due; --on is another today, in development only
  server billing hold NUMBER --reason TEXT
                                   remind nobody of an invoice, such as a disputed one; release NUMBER ends that
  server billing credit NUMBER --reason TEXT
                                   credit what is left of an invoice, and of its reminders
  server billing disputes [--json] list complaints about passages that a person has to decide
  server billing decide NUMBER --uphold | --reject --reason TEXT [--take-back]
                                   decide one, and take the passage's charge back
  server billing held [--json]     list payers to whom nothing is invoiced until a person has looked at it
  server billing ehf --number NUMBER --to FILE
                                   write an invoice or credit note to a company as EHF (Peppol BIS Billing 3.0)
  server bank import FILE…         enter the payments of the bank's files (OCR giro, camt.054), each once
  server bank export --to FOLDER   write the claims of AvtaleGiro for the bank, each once
  server bank unplaced [--json]    list payments that stand on no invoice, with what they may be for
  server bank place REFERENCE --invoice NUMBER
                                   enter one of them for an invoice
  server bank return REFERENCE     take a payment from its invoice, onto that list
  server payments [--json]         list payments by card that stand on no invoice, such as of a credited one, and why
  server ledger check [--since YYYY-MM]
                                   rate passages again, recompute lines, invoices and ledger, and print the first difference
  server ledger export --month YYYY-MM --to FILE [--chart FILE]
                                   write the postings of a month for an accounting system (SIE 4)
  server rate [--tariff DIR] --passages FILE [--explain] [--compare OTHER [--on DAY]]
                                   rate a file of passages without a database
  server check tariffs [DIR]       check price plans
  server tariff import nvdb FILE [--out DIR] [--from DAY]
                                   draft price plans from the national road data bank
  server tariff publish --note WHY [--dry-run] [DIR | --release NUMBER]
                                   put price lists in force: of a directory, of an earlier release, or of this build
  server tariff releases           list the releases of the price lists
  server simulate [flags]          let the demo vehicles pass the stations of the server on BOMPASS_ADDR
  server version                   print the version of this build

Settings are environment variables: BOMPASS_ADDR, BOMPASS_HOME, BOMPASS_PUBLIC_URL, BOMPASS_MODE, BOMPASS_SECRET,
BOMPASS_EID_…, BOMPASS_EID_SE_…, BOMPASS_MANDATE_…, BOMPASS_SMTP_URL, BOMPASS_MAIL_FROM, BOMPASS_SMS_…,
BOMPASS_PAPER_DIR, BOMPASS_SEAL_KEYS, BOMPASS_PEPPERS, BOMPASS_PROXIES, BOMPASS_LEAF…, BOMPASS_METRICS_ADDR,
BOMPASS_STREAM_…, BOMPASS_VEHICLES_…, BOMPASS_CARD_…, BOMPASS_CHARGERS, BOMPASS_ACCOUNT, BOMPASS_BANK_FILES, BOMPASS_BANK_FOLDER, BOMPASS_DIRECT_DEBIT, BOMPASS_LEAKED_PASSWORDS, BOMPASS_CLAMAV, BOMPASS_ASSETS, DATABASE_URL, NATS_URL. With none set, serve
starts its own PostgreSQL and message stream, and stores everything under .run.
`

// World is the part of the machine that commands use.
type World struct {
	Getenv   func(string) string
	Environ  []string // name=value
	Now      func() time.Time
	In       io.Reader
	Out, Err io.Writer
}

// Settings reads the configuration. Unknown names in the environment are an error.
func (w World) Settings() (config.Config, error) {
	if err := config.CheckNames(w.Environ); err != nil {
		return config.Config{}, err
	}
	return config.Read(w.Getenv)
}

// Run performs one subcommand.
func Run(ctx context.Context, args []string, w World) error {
	if len(args) == 0 {
		_, err := io.WriteString(w.Out, Usage)
		return err
	}
	name, args := args[0], args[1:]
	switch name {
	case "migrate", "seed", "rotate", "reset", "version":
		return plainCommand(ctx, name, args, w)
	case "quarantine":
		return quarantineCommand(ctx, args, w)
	case "legacy":
		return legacyCommand(ctx, args, w)
	case "station":
		return stationCommand(ctx, args, w)
	case "backup":
		return backupCommand(ctx, args, w)
	case "restore":
		return restoreCommand(ctx, args, w)
	case "tags":
		return tagsCommand(ctx, args, w)
	case "cases":
		return casesCommand(ctx, args, w)
	case "billing":
		return billingCommand(ctx, args, w)
	case "bank":
		return bankCommand(ctx, args, w)
	case "payments":
		return paymentsCommand(ctx, args, w)
	case "ledger":
		return ledgerCommand(ctx, args, w)
	case "rate":
		return rateCommand(ctx, args, w.In, w.Out, w.Err)
	case "check":
		return checkCommand(args, w.Out)
	case "tariff":
		switch {
		case len(args) > 0 && args[0] == "publish":
			return tariffPublishCommand(ctx, args[1:], w)
		case len(args) > 0 && args[0] == "releases":
			return tariffReleasesCommand(ctx, args[1:], w)
		}
		return tariffCommand(args, w.In, w.Out, w.Err)
	case "simulate":
		return Simulate(ctx, args, ownAddress(w.Getenv), w.Out, w.Err)
	case "help", "-h", "--help":
		_, err := io.WriteString(w.Out, Usage)
		return err
	}
	return fmt.Errorf("there is no command %q; server help lists them", name)
}

// plainCommand performs a subcommand that takes no arguments.
func plainCommand(ctx context.Context, name string, args []string, w World) error {
	if len(args) > 0 && isHelp(args[0]) {
		_, err := io.WriteString(w.Out, Usage)
		return err
	}
	if len(args) > 0 {
		return fmt.Errorf("%s takes no arguments, but %q was given; server help lists the commands", name, args[0])
	}
	switch name {
	case "migrate":
		return migrateCommand(ctx, w)
	case "seed":
		return seedCommand(ctx, w)
	case "rotate":
		return rotateCommand(ctx, w)
	case "reset":
		return resetCommand(ctx, w)
	default:
		return versionCommand(w)
	}
}

func isHelp(arg string) bool {
	return arg == "help" || arg == "-h" || arg == "-help" || arg == "--help"
}

// versionCommand prints the version, revision and toolchain of the build.
func versionCommand(w World) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return errors.New("this build has no version information")
	}
	version, revision := info.Main.Version, "unknown revision"
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			revision = s.Value
		}
	}
	_, err := fmt.Fprintf(w.Out, "bompass %s (%s, %s)\n", version, revision, info.GoVersion)
	return err
}
