package archtest

// Libraries are the packages of others, and of the standard library where it matters, with the packages of ours
// that may import them. A library that is not named may be imported by none.
var Libraries = []Library{
	{
		"github.com/maxence-charriere/go-app", "app/... server/web/shell",
		"go-app is not developed further: a later move must stay small",
	},
	{"github.com/gofiber/fiber", "server server/web/...", "HTTP is a detail of the web layer"},
	{"github.com/valyala/fasthttp", "server/web/...", "requests and answers of Fiber"},
	{"gorm.io", "server/store/...", "SQL is a detail of the store"},
	{
		"github.com/jackc/pgx", "server/store/... server/job server/embedded server/internal/... server/web/webtest",
		"SQL is a detail of the store; jobs share its transactions, embedded asks whether PostgreSQL is ready",
	},
	{"github.com/jackc/pgerrcode", "server/store/...", "names of PostgreSQL's errors"},
	{"github.com/pressly/goose", "server/store/migration", "runs migrations"},
	{"github.com/riverqueue/river", "server/job", "runs jobs"},
	{"github.com/prometheus/client_golang", "server server/job", "serves metrics"},
	{"github.com/nats-io/nats-server", "server/embedded server/internal/natstest hardware/uplink/leaf", "the stream in the process"},
	{
		"github.com/nats-io/nats.go",
		"server server/embedded server/passage/... server/internal/pipelinetest hardware/uplink/leaf",
		"the stream of passages",
	},
	{"codeberg.org/go-pdf/fpdf", "server/document/pdf", "pages, text and fonts of PDF"},
	{"golang.org/x/image", "server/document/pdf", "fonts of PDF"},
	{"github.com/alexedwards/argon2id", "server/access/seal server/legacy", "hashes of passwords"},
	{"github.com/andybalholm/brotli", "server/internal/bundle server/web/portal", "compression of what browsers load"},
	{"github.com/disintegration/imaging", "server/attachment", "turns pictures as the camera was held"},
	{"github.com/gabriel-vasile/mimetype", "server/attachment", "tells the kind of a file by its content"},
	{"github.com/boombuler/barcode", "server/web/signin", "QR codes for authenticator apps"},
	{"github.com/chromedp", "server/internal/e2e", "drives a browser"},
	{"github.com/coreos/go-oidc", "server/partner/identity/openid", "verifies tokens of identity providers"},
	{
		"github.com/go-jose/go-jose", "server/partner/identity/... server/partner/mandate/sim",
		"signs and verifies tokens",
	},
	{"github.com/go-webauthn/webauthn", "server/access/factor", "passkeys"},
	{"github.com/google/go-cmp", "server/internal/... server/partner/...", "compares values in tests"},
	{
		"github.com/google/uuid",
		"server/access/... server/agreement server/command server/draft server/eid server/fleet server/legacy server/notice server/party server/person server/web/help",
		"identities of records",
	},
	{"github.com/trustelem/zxcvbn", "server/access", "estimates how many guesses a password takes"},
	{"github.com/pquerna/otp", "server/access/factor server/web/webtest", "one-time codes"},
	{"github.com/wneessen/go-mail", "server/partner/mail/smtp", "mail"},
	{"github.com/xuri/excelize", "server/sheet", "spreadsheets"},
	{"go.bug.st/serial", "hardware/link", "serial lines"},
	{"golang.org/x/crypto", "server/legacy", "hashes of the legacy system"},
	{"golang.org/x/oauth2", "server/partner/identity/openid", "tokens of identity providers"},
	{"golang.org/x/sys", "hardware/sim", "pseudo terminals"},
	{"golang.org/x/text", "server/access/seal server/ledger/sie", "normal forms of passwords, character sets of files"},

	{
		"syscall/js", "app/browser",
		"only one package touches the browser, so every page compiles and is tested natively",
	},
	{"net/http", "server/... hardware/... app/pagetest", "shared and the browser's program have no I/O of their own"},
	{"os", "server/... hardware/... app/pagetest app", "shared and the browser's program have no I/O of their own"},
	{"os/exec", "server/embedded server/internal/... hardware/...", "nothing else starts programs"},
	{"net", "server/... hardware/...", "shared and the browser's program have no I/O of their own"},
}
