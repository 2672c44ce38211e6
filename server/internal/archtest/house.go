package archtest

// Sets of packages that many rows name.
const (
	anyShared = "shared/..."
	page      = "app/frame app/session app/ui app/page/fleet app/page/passagelist " + anyShared
	httpLayer = "server/web/asset server/web/kit server/access/... server/party server/person " + anyShared
	account   = "server/access server/access/seal server/notice server/seclog " + anyShared
	database  = "server/store " + account
)

// House is every package of the module, with the packages of ours that it may import. The rows are in order: a
// package imports rows above its own, so that no import leads back up. Paths are below the module; a path that
// ends in /... means a folder and all below it. Tests of a package may import what they need.
var House = []Row{
	{"assets", "", "embeds files; the build needs them in one place"},

	// shared compiles for the server and for the browser, so it imports neither.
	{"shared/digest", "", "SHA-256 needs nothing else"},
	{"shared/fault", "", "coded faults are in the signatures of all others"},
	{"shared/money", "", "whole øre are a type and its arithmetic"},
	{"shared/oslo", "", "Norwegian dates and times come from the calendar alone"},
	{"shared/dun", "shared/money shared/oslo", "the rules of reminding are dated tables"},
	{"shared/casework", "shared/oslo", "what a case is, and by when it is answered, follows from rules"},
	{"shared/role", "", "the rights of roles are a table"},
	{"shared/site", "", "the addresses of pages are a list"},
	{"shared/menu", "shared/role shared/site", "what stands in the menus follows from rights and addresses"},
	{"shared/stockholm", "shared/oslo", "Swedish days are counted as Norwegian ones"},
	{"shared/text", "", "what people may write and how codes are read depend on nothing"},
	{
		"shared/toll", "shared/digest shared/fault shared/oslo shared/text",
		"the vocabulary of tolling is imported everywhere, so it imports little",
	},
	{"shared/ident", "shared/text shared/toll", "check digits of numbers in the vocabulary"},
	{"shared/fixture", "shared/oslo shared/toll", "the demo data are written in the vocabulary"},
	{
		"shared/tariff", "shared/digest shared/money shared/oslo shared/stockholm shared/toll",
		"price plans have prices, days and vehicles",
	},
	{
		"shared/tariff/nvdb", "shared/money shared/oslo shared/tariff shared/toll",
		"drafts price plans from the road data bank",
	},
	{
		"shared/fixture/rush", "shared/oslo shared/tariff shared/toll",
		"generates traffic past the stations of price plans",
	},
	{
		"shared/rating", "shared/fault shared/money shared/oslo shared/tariff shared/toll",
		"the price of a passage follows from plan, vehicle and time",
	},
	{
		"shared/rating/file", "shared/fault shared/money shared/oslo shared/rating shared/tariff shared/toll",
		"rates a file of passages with the core",
	},
	{
		"shared/rating/internal/plain", "shared/fault shared/money shared/oslo shared/rating shared/tariff shared/toll",
		"the second implementation that the core is compared with",
	},
	{
		"shared/invoice", "shared/fault shared/money shared/oslo shared/rating shared/toll",
		"a document of money is added up from its lines",
	},
	{"shared/dispute", "shared/money shared/toll", "what is wrong with a passage is decided by its facts"},
	{
		"shared/recheck", "shared/fault shared/money shared/oslo shared/rating shared/tariff shared/toll",
		"rates a month again on the customer's device",
	},
	{
		"shared/trip", "shared/fault shared/money shared/oslo shared/rating shared/tariff shared/toll",
		"rates a trip that is only planned",
	},
	{
		"shared/i18n", "shared/fault shared/money shared/oslo shared/rating shared/toll",
		"writes amounts, days, faults and reasons in four languages",
	},
	{
		"shared/api",
		"shared/fault shared/invoice shared/money shared/oslo shared/rating shared/recheck shared/role shared/tariff shared/toll",
		"the contract carries these types as they are",
	},
	{"shared/apiclient", "shared/api shared/fault", "calls the contract's endpoints"},

	// hardware is a library that others can use without the rest of the product.
	{"hardware", "", "the interface of readers stands alone"},
	{"hardware/per", "", "packed encoding knows no message"},
	{"hardware/dsrc", "hardware/per", "link frames are written in packed encoding"},
	{"hardware/seal", "hardware/dsrc", "security signs attributes of the link"},
	{"hardware/efc", "hardware hardware/dsrc hardware/seal", "a transaction is frames, security and a sighting"},
	{"hardware/once", "hardware", "decides whether a vehicle was reported already"},
	{"hardware/supervise", "hardware", "reconnects devices and keeps their health and faults"},
	{"hardware/lane", "hardware hardware/efc hardware/once", "joins the sightings of a station's devices"},
	{
		"hardware/link", "hardware hardware/dsrc hardware/efc hardware/once hardware/seal hardware/supervise",
		"runs transactions over a line to a beacon",
	},
	{"hardware/link/linktest", "", "breaks lines for tests"},
	{"hardware/llrp", "", "messages of the open reader protocol"},
	{
		"hardware/llrp/reader", "hardware hardware/llrp hardware/once hardware/supervise",
		"drives readers of that protocol",
	},
	{"hardware/llrp/llrptest", "hardware/llrp", "a reader of that protocol for tests"},
	{
		"hardware/llrp/llrptest/record", "hardware hardware/llrp hardware/llrp/llrptest hardware/llrp/reader",
		"records a run for another dissector",
	},
	{"hardware/uplink", "hardware hardware/lane hardware/supervise", "delivers joined passages"},
	{"hardware/uplink/leaf", "hardware/uplink", "delivers them through a leaf node's stream"},
	{
		"hardware/sim", "hardware hardware/dsrc hardware/efc hardware/link hardware/seal",
		"simulates tags, beacons and lanes",
	},
	{"hardware/cmd/dsrc", "hardware/...", "a command connects parts of the library"},
	{"hardware/cmd/station", "hardware/... shared/fixture shared/toll", "the demo of a station drives the demo data"},

	// app is the program in the browser. It meets the server at shared alone.
	{"app/browser", "shared/apiclient", "the only package that touches the browser"},
	{"app/session", "app/browser " + anyShared, "the state that pages share, kept in the browser"},
	{"app/ui", "shared/menu", "components know nothing of tolls; drawings of the frame are the server's too"},
	{"app/workbench", "app/ui", "shows components to those who make them"},
	{"app/frame", "app/session app/ui " + anyShared, "the shell, queries and forms of every page"},
	{"app/page/fleet", "app/ui " + anyShared, "a choice of vehicles that several pages show"},
	{"app/page/passagelist", "app/ui " + anyShared, "a table of passages that several pages show"},
	{"app/page/agreement", page, "a page imports no other page"},
	{"app/page/change", page, "a page imports no other page"},
	{"app/page/device", page, "a page imports no other page"},
	{"app/page/invoice", page, "a page imports no other page"},
	{"app/page/notfound", page, "a page imports no other page"},
	{"app/page/overview", page, "a page imports no other page"},
	{"app/page/passages", page, "a page imports no other page"},
	{"app/page/people", page, "a page imports no other page"},
	{"app/page/prices", page, "a page imports no other page"},
	{"app/page/profile", page, "a page imports no other page"},
	{"app/page/recheck", page, "a page imports no other page"},
	{"app/page/sessions", page, "a page imports no other page"},
	{"app/page/vehicles", page, "a page imports no other page"},
	{"app/page", "app/page/... app/browser " + page, "the routes name every page, and the server paints the first screen in a window in memory"},
	{
		"app/pagetest", "app/browser app/session assets " + anyShared,
		"opens pages in tests, in front of a server in memory",
	},
	{"app", "app/browser app/page app/session", "connects the program's parts"},

	// server: packages without imports of other domains.
	{"server/config", "shared/ident", "the only package that reads the environment"},
	{"server/embedded", "", "starts PostgreSQL and NATS and knows nothing of what they carry"},
	{"server/job", "shared/oslo", "runs work of any kind, some of it at an hour of the Norwegian night"},

	// server: partners know their own side, and nothing of ours but faults and the vocabulary.
	{"server/ledger", "shared/invoice shared/money shared/oslo shared/toll", "which accounts an event touches follows from the document"},
	{"server/ledger/sie", "server/ledger shared/money shared/oslo", "a file of postings for accounting systems"},
	{"server/bank/nets", anyShared, "records of 80 characters, of which several formats are made"},
	{"server/bank/avtalegiro", "server/bank/nets " + anyShared, "reads and writes files of direct debit"},
	{"server/bank/ocr", "server/bank/nets " + anyShared, "reads and writes OCR giro"},
	{"server/bank/bgmax", anyShared, "reads and writes BgMax"},
	{"server/bank/camt054", anyShared, "reads and writes camt.054"},
	{"server/bank", "server/bank/avtalegiro server/bank/bgmax server/bank/camt054 server/bank/nets server/bank/ocr " + anyShared, "enters the payments of the bank's files"},
	{"server/bank/folder", "server/bank", "takes the bank's files out of a folder"},
	{"server/dunning", "server/ledger " + anyShared, "reminds of invoices that are overdue"},
	{"server/document/ehf", anyShared, "a document and its parties are all that a file of an invoice needs"},
	{"server/document/pdf", anyShared, "a document and its parties are all that a file of an invoice needs"},
	{"server/partner/identity", "shared/fault", "the role of an identity provider"},
	{
		"server/partner/identity/openid", "server/partner/identity shared/fault shared/ident",
		"fills the role with OpenID Connect",
	},
	{"server/partner/identity/sim", "server/partner/identity/openid", "simulates a provider for that client"},
	{"server/partner/identity/suite", "server/partner/identity shared/fault", "the tests that every provider passes"},
	{"server/partner/mandate", "shared/fault", "the role of a register of mandates"},
	{"server/partner/mandate/altinn", "server/partner/mandate shared/fault shared/ident", "fills the role with Altinn"},
	{"server/partner/mandate/sim", "", "simulates Altinn's interface"},
	{
		"server/partner/mandate/suite", "server/partner/mandate shared/fault",
		"the tests that every register of mandates passes",
	},
	{"server/partner/card", "shared/fault shared/money", "the role of a provider of payments by card"},
	{"server/partner/card/stripe", "server/partner/card shared/fault shared/money", "fills the role with Stripe"},
	{"server/partner/card/sim", "server/partner/card/stripe shared/money", "simulates Stripe's interface, and signs as it does"},
	{"server/partner/card/suite", "server/partner/card shared/fault shared/money", "the tests that every provider of payments by card passes"},
	{"server/partner/permanent", "", "errors of every partner"},
	{"server/partner/internal/certificate", "", "certificates for the servers of tests"},
	{"server/partner/mail", "server/partner/permanent", "the role of a partner that sends email"},
	{"server/partner/mail/smtp", "server/partner/mail server/partner/permanent", "fills the role with SMTP"},
	{"server/partner/mail/sim", "server/partner/mail server/partner/permanent", "the inbox of a development server"},
	{"server/partner/mail/suite", "server/partner/mail server/partner/permanent", "the tests that every mailer passes"},
	{"server/partner/text", "server/partner/permanent", "the role of a partner that sends text messages"},
	{"server/partner/text/oneapi", "server/partner/text server/partner/permanent", "fills the role with OneAPI"},
	{
		"server/partner/text/sim", "server/partner/text server/partner/permanent server/partner/mail/sim",
		"delivers to the inbox",
	},
	{"server/partner/text/suite", "server/partner/text server/partner/permanent", "the tests that every texter passes"},
	{"server/partner/print", "server/partner/permanent", "the role of a partner that prints letters"},
	{"server/partner/print/folder", "server/partner/print", "fills the role with a folder"},
	{"server/partner/print/sim", "server/partner/print server/partner/mail/sim", "delivers to the inbox"},
	{
		"server/partner/print/suite", "server/partner/print server/partner/permanent",
		"the tests that every printer passes",
	},
	{"server/partner/tagshop", "shared/toll", "the role of a shop that sends tags"},
	{"server/partner/tagshop/sim", "server/partner/tagshop shared/ident shared/toll", "simulates a shop by its clock"},
	{"server/partner/register", "shared/fault shared/ident shared/toll", "the role of a vehicle register"},
	{"server/partner/register/sim", "server/partner/register shared/toll", "simulates the register's interface"},
	{
		"server/partner/register/suite", "server/partner/register shared/fault shared/toll",
		"the tests that every vehicle register passes",
	},
	{
		"server/partner/register/vegvesen", "server/partner/register shared/fault shared/toll",
		"fills the role with Statens vegvesen",
	},
	{
		"server/partner/rehearsal", "server/partner/card/sim server/partner/card/stripe server/partner/identity/openid server/partner/identity/sim server/partner/mandate/altinn server/partner/mandate/sim " +
			"server/partner/register server/partner/register/sim server/partner/register/vegvesen shared/fixture",
		"runs all simulators on one handler, with the demo data",
	},

	// server: domains decide. HTTP and SQL are details that they do not import.
	{
		"server/notice",
		"server/partner/mail server/partner/text server/partner/print server/partner/permanent " + anyShared,
		"messages to people leave through partners",
	},
	{"server/billing", "server/ledger server/notice " + anyShared, "makes invoices of what was charged, and sends them"},
	{"server/testclock", "server/billing server/dunning " + anyShared, "moves time for one agreement while the product is tried out"},
	{"server/document", "server/billing server/document/... " + anyShared, "a document as a file of each form"},
	{"server/access/seal", anyShared, "encrypts and hashes what is secret, with the keys of the configuration"},
	{"server/seclog", anyShared, "events of sign-in and rights for the operator's alarms"},
	{"server/access", "server/access/seal server/notice server/seclog " + anyShared, "tells people about changes of their account"},
	{"server/access/leaked", "", "reads a file of hashes"},
	{"server/access/factor", account, "passwords, codes and passkeys of an account"},
	{"server/eid", account + " server/partner/identity", "turns an identity into a sign-in"},
	{"server/payment", "server/access server/partner/card " + anyShared, "takes payments by card, of which the provider has the last word"},
	{"server/party", account + " server/partner/mandate", "rights to act come from mandates and accounts"},
	{"server/person", account, "details of a person hang on the account"},
	{"server/privacy", account, "export and erasure are requests of an account"},
	{"server/sheet", anyShared, "spreadsheets are files for people, whatever is in them"},
	{
		"server/fleet", "server/access server/access/seal server/partner/register server/partner/tagshop server/sheet " + anyShared,
		"changes of tags and vehicles need a person and the register; a shop sends tags; vehicles are listed in spreadsheets",
	},
	{"server/legacy", account, "links agreements of the legacy system to accounts"},
	{"server/attachment", anyShared, "checks the files that people send"},
	{"server/casework", "server/access server/attachment server/notice " + anyShared, "customer service in writing"},
	{"server/draft", "server/access/seal " + anyShared, "keeps the answers to a form encrypted until they are used"},
	{
		"server/agreement", account + " server/draft server/partner/register",
		"a new agreement needs a person and a vehicle",
	},
	{"server/overview", anyShared, "adds up amounts that are charged already"},
	{"server/pricelist", anyShared, "publishes price lists; passages are priced by those in force"},
	{"server/passage", anyShared, "the types between the steps from passage to charge"},
	{"server/passage/ndjson", anyShared, "decodes what stations send"},
	{"server/passage/stream", "server/passage " + anyShared, "carries passages between the steps"},
	{
		"server/passage/intake",
		"server/pricelist server/passage server/passage/ndjson server/passage/stream " + anyShared,
		"takes in a station's batch",
	},
	{
		"server/passage/worker",
		"server/pricelist server/passage server/passage/ndjson server/passage/stream " + anyShared, "rates and posts",
	},
	{"server/passage/reading", "server/passage server/passage/stream " + anyShared, "shows passages to customers"},
	{"server/dispute", "server/access server/passage " + anyShared, "takes complaints about passages, and decides what can be decided"},
	{"server/passage/export", "server/document/pdf server/sheet " + anyShared, "writes passages as files of any kind"},
	{"server/passage/sumcheck", "server/passage " + anyShared, "compares sums with charges"},
	{"server/passage/pipeline", "server/pricelist server/passage/... " + anyShared, "connects the steps"},

	// server: the store keeps the records of domains and decides nothing.
	{"server/store", account + " server/job", "transactions write messages and jobs, too"},
	{"server/store/migration", "server/job", "the schema has the tables of jobs"},
	{"server/store/inventory", "server/privacy", "names the retention rule of each table"},
	{
		"server/store/accessdb",
		database + " server/access/factor server/eid server/partner/identity server/store/inventory",
		"keeps the records of access and eid",
	},
	{
		"server/store/agreementdb", database + " server/agreement server/draft",
		"makes drafts into agreements and keeps them",
	},
	{"server/store/demo", "server/store " + anyShared, "writes the demo data"},
	{"server/store/disputedb", "server/store server/dispute server/passage " + anyShared, "keeps complaints, and takes passages back"},
	{"server/store/draftdb", "server/store server/access/seal server/draft", "keeps the records of draft"},
	{"server/store/fleetdb", "server/store server/fleet server/job " + anyShared, "keeps orders of tags and changes of the fleet"},
	{"server/store/legacydb", database + " server/legacy", "keeps the records of legacy"},
	{"server/store/noticedb", database, "keeps the records of notice"},
	{"server/store/overviewdb", "server/store server/overview " + anyShared, "reads what overview adds up"},
	{
		"server/store/passagedb", "server/store server/passage server/passage/reading server/passage/sumcheck " + anyShared,
		"keeps the records of passage",
	},
	{
		"server/store/persondb", database + " server/partner/mandate server/party server/person server/privacy",
		"keeps the records of person and party",
	},
	{
		"server/store/billingdb", "server/store server/billing server/dunning server/job server/ledger server/notice server/testclock " + anyShared,
		"keeps what waits for an invoice, invoices and the ledger",
	},
	{"server/store/paymentdb", "server/store server/access server/ledger server/partner/card server/payment " + anyShared, "keeps payments by card and their moves"},
	{"server/store/bankdb", "server/store server/bank server/ledger " + anyShared, "keeps the bank's files and their payments"},
	{"server/store/casedb", database + " server/attachment server/casework server/notice server/job", "keeps the cases of customer service"},
	{"server/store/pricedb", "server/store server/pricelist " + anyShared, "keeps the releases of price lists"},
	{"server/store/privacydb", database + " server/privacy server/store/inventory", "exports, erases and prunes"},

	// server: the HTTP layer calls domains and does not query.
	{"server/web/asset", "", "sends the browser's files as the build made them"},
	{"server/web/framing", "", "reports whether a request can be read in one way only"},
	{"server/web/kit", "server/web/asset server/web/framing server/access server/access/seal server/seclog " + anyShared, "mounts routes and knows who calls"},
	{"server/web/once", httpLayer, "a form that was sent twice gets the first answer again"},
	{"server/web/resume", httpLayer, "a request waits for the proof that it needs"},
	{"server/web/roadside", httpLayer, "the routes of stations"},
	{"server/web/shell", "app/page app/workbench " + httpLayer, "paints the first page with the program's own code"},
	{"server/web/hook", httpLayer + " server/payment", "the routes that partners call by themselves"},
	{"server/web/signin", httpLayer + " server/web/resume server/eid server/partner/identity", "the pages of signing in"},
	{"server/web/welcome", httpLayer, "asks for what is missing before a person gets in"},
	{"server/web/help", httpLayer + " server/agreement server/attachment server/casework", "the pages of help and of cases"},
	{
		"server/web/portal", httpLayer + " assets server/agreement server/dispute server/draft server/fleet server/legacy server/notice server/partner/mail server/partner/mail/sim server/passage/export server/payment server/privacy server/sheet server/testclock",
		"the routes of customers",
	},
	{
		"server/web",
		"server/web/... server/agreement server/casework server/dispute server/fleet server/legacy server/partner/mail/sim server/payment server/privacy server/testclock " + httpLayer,
		"connects the rooms of the HTTP layer",
	},

	// server: tools for building and testing.
	{"server/internal/archtest", "", "reads imports from the toolchain"},
	{"server/internal/asvs", "", "reads a document"},
	{"server/internal/proves", "", "writes records of tests"},
	{"server/internal/behaviours", "server/internal/proves", "counts those records"},
	{"server/internal/mutants", "server/internal/asvs", "runs the toolchain on changed files"},
	{"server/internal/bundle/slim", "", "knows the layout of linked programs"},
	{"server/internal/bundle", "server/internal/bundle/slim", "builds the browser's files"},
	{"server/internal/oracle", "assets " + anyShared, "computes what the demo data must cost"},
	{
		"server/internal/pgtest", "server/embedded server/store server/store/demo server/store/migration shared/toll",
		"gives tests a migrated database",
	},
	{"server/internal/natstest", "", "gives tests a cluster of NATS servers"},
	{
		"server/internal/pipelinetest",
		"server/embedded server/internal/oracle server/internal/pgtest server/passage/... server/pricelist server/store server/store/passagedb " + anyShared,
		"runs the pipeline for tests",
	},
	{
		"server/internal/e2e", "server/embedded server/internal/proves " + anyShared,
		"drives the running program from outside",
	},
	{"server/internal/bench", "", "has tests and benchmarks only"},
	{
		"server/web/webtest", "assets server/... " + anyShared,
		"assembles the HTTP layer with domains, store and simulators for tests",
	},

	// server: the commands of operators call domains and stores; the HTTP layer is not among them.
	{
		"server/command",
		"assets hardware/... server/access server/access/seal server/attachment server/bank server/bank/folder server/billing server/casework server/config server/dispute server/document/... server/dunning server/eid server/embedded server/fleet server/ledger/... " +
			"server/legacy server/partner/card server/partner/identity/openid server/passage server/passage/reading server/payment server/pricelist server/store/... " + anyShared,
		"does what operators ask for",
	},

	// The only package that imports all others.
	{"server", "assets hardware/... server/... " + anyShared, "connects everything by hand"},
}
