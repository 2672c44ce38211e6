// Package archtest holds the rules of who may import whom, as a test with a reason for each.
package archtest

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// Rule forbids packages to be reached from others.
type Rule struct {
	From   string   // package pattern of go list, such as ./shared/...
	Except []string // import path prefixes within From that the rule does not bind
	Never  []string // import path prefixes
	Allow  []string // prefixes within Never that are allowed after all
	Direct bool     // only direct imports count
	Tags   string   // "js" looks at the build for the browser
	Why    string
}

// Rules are the house's rules; see assets/docs/architecture.md.
var Rules = []Rule{
	{
		From: "./shared/...", Never: []string{"bompass/"}, Allow: []string{"bompass/shared"},
		Why: "shared travels to the browser and to the server: it knows neither",
	},
	{
		From: "./shared/...", Direct: true, Why: "shared has no I/O, no clock of its own and the standard library only",
		Never: []string{"github.com/", "gorm.io/", "golang.org/", "net/http", "os", "database/sql", "log", "os/exec", "net"}, Allow: []string{"net/url"},
	},
	{
		From: "./shared/toll", Never: []string{"bompass/"},
		Allow: []string{"bompass/shared/toll", "bompass/shared/money", "bompass/shared/oslo", "bompass/shared/fault", "bompass/shared/digest"},
		Why:   "the vocabulary is a leaf: it imports only money, time and faults",
	},
	{
		From: "./app/...", Never: []string{"bompass/server", "bompass/hardware", "gorm.io/"},
		Why: "app and server meet at shared/api only",
	},
	{
		From: "./app/...", Except: []string{"bompass/app/browser"}, Tags: "js", Direct: true, Never: []string{"syscall/js", "net/http"},
		Why: "only app/browser touches the browser, so every page compiles and is tested natively",
	},
	{
		From: "./app/frame", Never: []string{"bompass/app/page"},
		Why: "pages embed the frame; the frame imports no page",
	},
	{
		From: "./app/ui", Never: []string{"bompass/"}, Allow: []string{"bompass/app/ui"},
		Why: "components know nothing of tolls",
	},
	{
		From: "./hardware/...", Except: []string{"bompass/hardware/cmd"}, Never: []string{"bompass/"}, Allow: []string{"bompass/hardware"},
		Why: "hardware is a library that others may use without the rest",
	},
	{
		From: "./server/store/...", // it knows the domains' records and the words of partners' roles, which it keeps
		Never: []string{
			"bompass/server/web", "bompass/server/config", "bompass/server/embedded", "bompass/app", "bompass/hardware",
			"bompass/server/partner/identity/openid", "bompass/server/partner/identity/sim",
			"bompass/server/partner/mandate/altinn", "bompass/server/partner/mandate/sim",
			"bompass/server/partner/register/vegvesen", "bompass/server/partner/register/sim", "github.com/gofiber/",
		},
		Why: "store remembers, it does not decide",
	},
	{
		From: "./server/web", Never: []string{"gorm.io/", "bompass/server/store", "bompass/app"},
		Allow: []string{"bompass/app/page", "bompass/app/frame", "bompass/app/ui", "bompass/app/session", "bompass/app/browser", "bompass/app/workbench"},
		Why:   "handlers do not query; of the app only pages are compiled in, for the first paint",
	},
	{
		From: "./server/access", Never: domain, Why: "domains decide; HTTP and SQL are details",
	},
	{
		From: "./server/eid", Never: domain, Why: "domains decide; HTTP and SQL are details",
	},
	{
		From: "./server/party", Never: domain, Why: "domains decide; HTTP and SQL are details",
	},
	{
		From: "./server/partner/...", Never: domain, Why: "a system outside knows its own part and nothing of ours",
	},
	{
		From: "./server/agreement", Never: domain, Why: "domains decide; HTTP and SQL are details",
	},
	{
		From: "./server/legacy", Never: domain, Why: "domains decide; HTTP and SQL are details",
	},
	{
		From: "./server/account", Never: domain, Why: "domains decide; HTTP and SQL are details",
	},
	{
		From: "./server/passage/...", Never: domain, Why: "domains decide; HTTP and SQL are details",
	},
	{
		From: "./...", Except: []string{"bompass/app", "bompass/server/web"}, Direct: true,
		Never: []string{"github.com/maxence-charriere/go-app"},
		Why:   "go-app v9 is at its end: a later move must stay small",
	},
}

var domain = []string{"bompass/server/web", "bompass/server/store", "github.com/gofiber/", "gorm.io/", "bompass/app"}

// Package is what the toolchain tells of one package.
type Package struct {
	Path    string
	Imports []string // direct
	Deps    []string // all
}

// List asks the toolchain for the packages of a pattern, in the build for tags ("" or "js").
func List(top, pattern, tags string) ([]Package, error) {
	cmd := exec.Command("go", "list", "-f", `{{.ImportPath}}|{{join .Imports " "}}|{{join .Deps " "}}`, pattern)
	cmd.Dir = top
	if tags == "js" {
		cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w\n%s", pattern, err, stderr.Bytes())
	}
	var packages []Package
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		parts := strings.SplitN(lines.Text(), "|", 3)
		packages = append(packages, Package{parts[0], strings.Fields(parts[1]), strings.Fields(parts[2])})
	}
	return packages, lines.Err()
}

// Broken lists what a package reaches against the rule.
func (r Rule) Broken(p Package) (found []string) {
	if under(p.Path, r.Except) {
		return nil
	}
	reach := p.Deps
	if r.Direct {
		reach = p.Imports
	}
	for _, dep := range reach {
		if under(dep, r.Never) && !under(dep, r.Allow) {
			found = append(found, dep)
		}
	}
	return found
}

// under tells whether path is one of the prefixes or lies beneath one.
func under(path string, prefixes []string) bool {
	for _, prefix := range prefixes {
		if path == strings.TrimSuffix(prefix, "/") || strings.HasPrefix(path, strings.TrimSuffix(prefix, "/")+"/") {
			return true
		}
	}
	return false
}
