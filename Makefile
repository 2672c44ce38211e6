# Bompass: `make run` starts the whole product, `make test` runs every test.

GOLANGCI := v2.15.0
GOFUMPT  := v0.12.0
LIGHTHOUSE := 12.8.2

BIN    := $(CURDIR)/.bin
SUDO   := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
NODERUN := $(shell go env GOROOT)/lib/wasm/go_js_wasm_exec
TEST_TIMEOUT := 50m

# install PACKAGES installs system packages. It waits while another program holds one of apt's locks: apt-get
# install does so by itself, apt-get update is tried again.
APT = $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3
install = for try in 1 2 3 4 5 6; do $(APT) update && $(APT) install -y -o Dpkg::Options::=--force-confold $(1) >/dev/null && exit 0; \
	echo "apt-get failed; trying again in 10 seconds ($$try of 6)"; sleep 10; done; exit 1
SOURCES := $(shell find app shared assets/css assets/icon assets/tariff -type f ! -name '*_test.go' 2>/dev/null) \
	$(wildcard server/internal/bundle/*.go server/internal/bundle/lean/* server/internal/bundle/slim/*.go) assets/package-lock.json go.mod

.DEFAULT_GOAL := help
.PHONY: security test-secrets node help run build test test-wasm lint fmt bench faults size gates reset clean postgres chromium saxon pdftools tools shots icons mutants mutants-asvs reader llrp-check behaviours

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

run: postgres build ## start the whole product with its own database and stream (SIMULATE=1: with traffic)
	@exec $(BIN)/bompass serve $(if $(SIMULATE),--simulate)

build: $(BIN)/bompass ## build the browser's files and the server

$(BIN)/bompass: assets/web/manifest.json $(shell find server hardware assets -name '*.go' -o -name '*.sql' -o -name '*.html' 2>/dev/null)
	@go build -trimpath -o $@ ./server

# In a fresh checkout the server's packages compile while the bundle is compressed.
assets/web/manifest.json: assets/node_modules/.package-lock.json $(SOURCES)
	@$(if $(wildcard $(BIN)/bompass),,go build -trimpath -o $(BIN)/bompass ./server & )go run ./server/internal/bundle; \
		status=$$?; wait; exit $$status

assets/node_modules/.package-lock.json: assets/package-lock.json | node
	@npm ci --prefix assets --no-audit --no-fund --loglevel=error
	@touch $@

# Each run records what it proves in a new folder, so that the tests that prove something are never cached.
test: postgres chromium saxon pdftools build size test-wasm test-secrets test-race ## run every test, on a real PostgreSQL and a real browser
	@rm -rf .cache/proofs; run=$(CURDIR)/.cache/proofs/$$(date -u +%Y%m%dT%H%M%S); mkdir -p $$run; \
		echo "go test -timeout $(TEST_TIMEOUT) ./..."; PROOFS_DIR=$$run go test -timeout $(TEST_TIMEOUT) ./...; \
		status=$$?; touch $$run/finished; exit $$status
	@go run ./server/internal/behaviours -check
	@echo "NOT RUN: the measurements of make security (whether the time of an answer reveals an account), which need a quiet machine"

test-secrets: build ## look for secrets in the browser's program
	@out=$$(go test -tags security -count=1 -v -run 'ProgramHolds' ./server/web/... 2>&1) && echo "$$out" | grep -e '^--- PASS' || { echo "$$out"; exit 1; }

test-race: ## run the tests of the roadside library with the race detector
	go test -race -timeout $(TEST_TIMEOUT) ./hardware/...

test-wasm: node ## run the tests of shared as WebAssembly in Node: they give the same answers as natively
	GOOS=js GOARCH=wasm go test -exec="$(NODERUN)" ./shared/...

lint: tools ## check the style of the native build and of the browser's build
	$(BIN)/golangci-lint run ./...
	GOOS=js GOARCH=wasm $(BIN)/golangci-lint run ./app/... ./shared/...

fmt: tools ## format the Go code
	$(BIN)/gofumpt -l -w app assets server shared hardware

bench: postgres chromium build ## measure the rating core, the pipeline and the reader in passages per second
	go test -run '^$$' -bench 'Rating$$' -benchtime 1x -timeout 20m ./server/internal/bench
	go test -run '^$$' -bench . -benchtime 2s ./shared/rating
	GOOS=js GOARCH=wasm go test -exec="$(NODERUN)" -run '^$$' -bench . -benchtime 1s ./shared/recheck
	go test -run '^$$' -bench . -benchtime 2s ./server/document/pdf
	go test -run '^$$' -bench Pipeline -benchtime 1x -timeout 20m ./server/...
	go test -run '^$$' -bench Touch -benchtime 1x -timeout 20m ./server/internal/e2e
	go test -run '^$$' -bench BankImport -benchtime 1x -timeout 20m ./server/internal/bench
	go test -run '^$$' -bench LargeCustomer -benchtime 1x -timeout 60m ./server/internal/bench
	go test -run '^$$' -bench . -benchtime 1s ./hardware/dsrc ./hardware/efc ./hardware/seal
	go test -count=1 -v -run 'AgainstTheTruth|Margin' ./hardware/lane

faults: postgres build ## break connections, disk, station, server and files of the bank, and see that nothing is lost or doubled
	STATION_FIGURES=1 go test -count=1 -v -timeout 30m -run 'Killed|Full|Filled|Day|Sustained|Drained|Cut|HalfOpen|Flipped' ./hardware/uplink
	STATION_FIGURES=1 go test -count=1 -v -run 'Killed|Full|Outlive' ./hardware/uplink/leaf
	go test -count=1 -v -run 'Faults|Restarts|Garbled|Unusual' ./hardware/llrp/reader
	go test -count=1 -v -run 'TwoBeacons|Multilane' ./hardware/once ./hardware/lane
	STATION_FIGURES=1 go test -count=1 -v -run 'Drained|Leaf' ./server/internal/e2e
	BANK_PAYMENTS=1000000 go test -count=1 -v -timeout 60m -run 'LargeFilesOfTheBank|KilledImports' ./server
	DISTURBED_PASSAGES=121800 go test -count=1 -v -timeout 60m -run 'Disturbances' ./server
	PAYMENT_KILLS=500 PAYMENT_COUNT=400 go test -count=1 -v -timeout 30m -run 'KilledServers' ./server/payment
	BOMPASS_WEBHOOKS=100000 go test -count=1 -v -timeout 60m -run 'HostileMessages|ParallelPayments' ./server/web/portal
	go test -count=1 -v -timeout 60m -run 'NothingLost|ReadsAtSpeed' ./hardware/link -seeds 300

reader: ## start a simulated station of four lanes for the running portal
	@go build -trimpath -o $(BIN)/station ./hardware/cmd/station
	@exec $(BIN)/station --demo --server "$${BOMPASS_SERVER:-http://$${BOMPASS_ADDR:-127.0.0.1:8080}}"

llrp-check: ## check a recorded run of the LLRP driver with Wireshark's dissector
	@./hardware/llrp/llrptest/check.sh

shots: postgres chromium build ## take the screenshots that are shown before the program is installed
	BOMPASS_PICTURES=$(CURDIR)/assets/icon go test -count=1 -run ManifestScreenshots ./server/internal/e2e

# Chromium draws each icon in the sizes that phones ask for. drawn.sha256 says which drawings they were made from.
icons: chromium ## draw the icons in assets/icon as PNG, after a change of an SVG
	@cd assets/icon && for drawing in *.svg; do for side in 192 512; do \
		chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --force-device-scale-factor=1 --default-background-color=00000000 \
			--window-size=$$side,$$side --screenshot="$$PWD/$${drawing%.svg}-$$side.png" "file://$$PWD/$$drawing" 2>/dev/null || exit 1; \
	done; done && sha256sum *.svg >drawn.sha256

behaviours: ## count the behaviours that the last make test has proven, and write them into assets/docs/behaviours.md
	@go run ./server/internal/behaviours -write

# It takes about an hour on an idle machine, so it is no part of make test. SEED and N choose other mutants and how many.
mutants: postgres ## change the code in 60 random places, one at a time, and list the changes that no test notices (SEED, N, ONLY)
	go run ./server/internal/mutants $(if $(SEED),-seed $(SEED)) $(if $(N),-n $(N)) $(if $(ONLY),-only $(ONLY))

mutants-asvs: postgres chromium build ## break each security requirement of assets/docs/asvs.md, and expect the tests that it names to fail (ONLY)
	go run ./server/internal/mutants -asvs $(if $(ONLY),-only $(ONLY))

size: assets/node_modules/.package-lock.json ## print the transfer sizes; fails above the budgets
	@go run ./server/internal/bundle -strict

security: postgres build ## measure whether the time of an answer reveals an account, and look for secrets in the program
	go test -tags security -count=1 -parallel 8 -timeout 20m -v -run 'ResponseTime|ProgramHolds' ./server/web/...

gates: postgres chromium build .cache/lighthouse/.done ## measure pages on a slow phone and with Lighthouse; fails on accessibility and best practices
	go test -run '^$$' -bench 'Visit|Lighthouse' -benchtime 1x -timeout 20m ./server/internal/e2e

.cache/lighthouse/.done:
	@npm install --prefix .cache/lighthouse --no-audit --no-fund --loglevel=error lighthouse@$(LIGHTHOUSE)
	@touch $@

reset: ## delete the embedded database, the stream and the demo data
	@go run ./server reset

clean: ## delete what was built
	rm -rf .bin .cache/lean assets/node_modules
	find assets/web -type f ! -name .keep -delete

# PostgreSQL's package starts a cluster when it is installed, unless it is configured not to.
postgres:
	@command -v postgres >/dev/null || ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || { \
		echo "installing PostgreSQL (only its programs; no system service is started)"; \
		$(SUDO) mkdir -p /etc/postgresql-common && \
		echo 'create_main_cluster = false' | $(SUDO) tee /etc/postgresql-common/createcluster.conf >/dev/null && \
		$(call install,postgresql); }

chromium:
	@command -v chromium >/dev/null || { echo "installing Chromium for the browser tests"; $(call install,chromium); }

saxon:
	@command -v java >/dev/null && command -v xmllint >/dev/null && test -e /usr/share/java/Saxon-HE.jar || { \
		echo "installing Saxon and xmllint for the rules of electronic invoices"; \
		$(call install,default-jre-headless libsaxonhe-java libxml2-utils); }

pdftools:
	@command -v pdfinfo >/dev/null && command -v pdftotext >/dev/null && command -v qpdf >/dev/null || { \
		echo "installing Poppler's tools and qpdf, which read PDF in the tests"; $(call install,poppler-utils qpdf); }

node:
	@command -v npm >/dev/null && command -v node >/dev/null || { echo "installing Node.js for packages and for tests of WebAssembly"; $(call install,nodejs npm); }

tools: $(BIN)/golangci-lint-$(GOLANGCI) $(BIN)/gofumpt-$(GOFUMPT)

$(BIN)/golangci-lint-$(GOLANGCI):
	GOBIN=$(BIN) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI)
	@touch $@

$(BIN)/gofumpt-$(GOFUMPT):
	GOBIN=$(BIN) go install mvdan.cc/gofumpt@$(GOFUMPT)
	@touch $@
