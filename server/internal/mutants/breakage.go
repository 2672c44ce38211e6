package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bompass/server/internal/asvs"
)

// brokenVariable is the environment variable that names the break which a test binary has.
const brokenVariable = "BOMPASS_BROKEN"

// brokenFile is the file that every package with a break gets.
const brokenFile = "zz_broken.go"

// brokenSource tells the code of a package which of its breaks is in force. Initialisation follows dependencies,
// so variables of the package may call it.
const brokenSource = `package %s

import "os"

func isBroken(name string) bool { return os.Getenv("` + brokenVariable + `") == name }

func ifBroken[T any](name string, broken, whole T) T {
	if isBroken(name) {
		return broken
	}
	return whole
}

var _ = ifBroken[bool]
`

// breakage is the code with many breaks, one of which is in force at a time. So one build serves all of them: the
// body of a function that a break changes is preceded by the changed body, and a constant becomes a variable. A break
// elsewhere, such as in an import, needs a build of its own.
type breakage struct {
	top     string
	changed map[string][]byte // by file below top
	alone   []asvs.Break      // breaks that need a build of their own
}

// newBreakage puts breaks into the code of the checkout at top.
func newBreakage(top string, breaks []asvs.Break) (*breakage, error) {
	b := &breakage{top: top, changed: map[string][]byte{}}
	edits := map[string][]switched{} // by file
	for _, one := range breaks {
		fits := true
		var list []switched
		for _, e := range one.Edits {
			s, ok, err := b.locate(one.Name, e)
			if err != nil {
				return nil, err
			}
			fits = fits && ok
			list = append(list, s)
		}
		if !fits {
			b.alone = append(b.alone, one)
			continue
		}
		for _, s := range list {
			edits[s.file] = append(edits[s.file], s)
		}
	}
	for file, list := range edits {
		if err := b.write(file, list); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// switched is an edit within the body of a function or the value of a constant.
type switched struct {
	file, name  string
	declared    string    // name of the constant; empty for a function
	kind, value string    // of the constant
	begin, end  token.Pos // offsets of the constant's declaration; begin alone for the inside of a body
	text        string    // the body's inside, or the value, after the edit
}

// located is an edit's place in a parsed file. Positions are offsets.
type located struct {
	source     []byte
	base       int // of the file's positions
	begin, end int // of the text that changes
	text       string
}

// edited returns the part of the file between two positions, after the edit.
func (l located) edited(from, to token.Pos) string {
	return string(l.source[int(from)-l.base:l.begin]) + l.text + string(l.source[l.end:int(to)-l.base])
}

// part returns the part of the file that a node is.
func (l located) part(n ast.Node) string {
	return string(l.source[int(n.Pos())-l.base : int(n.End())-l.base])
}

// within reports whether the edit lies between two positions.
func (l located) within(from, to token.Pos) bool {
	return l.begin >= int(from)-l.base && l.end <= int(to)-l.base
}

// locate finds the function or constant that an edit changes. It reports false for an edit elsewhere.
func (b *breakage) locate(name string, e asvs.Edit) (s switched, ok bool, err error) {
	source, err := os.ReadFile(filepath.Join(b.top, filepath.FromSlash(e.File)))
	if err != nil {
		return s, false, err
	}
	if n := bytes.Count(source, []byte(e.Old)); n != 1 {
		return s, false, fmt.Errorf("%s: the old text occurs %d times in %s", name, n, e.File)
	}
	if !strings.HasSuffix(e.File, ".go") {
		return s, false, nil
	}
	files := token.NewFileSet()
	tree, err := parser.ParseFile(files, e.File, source, parser.SkipObjectResolution)
	if err != nil {
		return s, false, err
	}
	// What the old and the new text have in common may reach beyond the function or constant.
	at, before, after := bytes.Index(source, []byte(e.Old)), commonPrefix(e.Old, e.New), 0
	for after < min(len(e.Old), len(e.New))-before && e.Old[len(e.Old)-1-after] == e.New[len(e.New)-1-after] {
		after++
	}
	l := located{
		source: source, base: files.File(tree.FileStart).Base(), begin: at + before, end: at + len(e.Old) - after,
		text: e.New[before : len(e.New)-after],
	}
	for _, d := range tree.Decls {
		if s, ok = l.switchIn(d); ok {
			s.file, s.name = e.File, name
			return s, true, nil
		}
	}
	return s, false, nil
}

// switchIn returns the edit as one of a declaration: of the body of a function, or of the value of a constant.
func (l located) switchIn(d ast.Decl) (s switched, ok bool) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Body == nil || !l.within(d.Body.Lbrace+1, d.Body.Rbrace) {
			return s, false
		}
		s.begin, s.text = d.Body.Lbrace+1-token.Pos(l.base), l.edited(d.Body.Lbrace+1, d.Body.Rbrace)
		if d.Type.Results == nil {
			s.text += "\nreturn\n"
		}
		return s, true
	case *ast.GenDecl:
		spec := l.constantIn(d)
		if spec == nil {
			return s, false
		}
		s.declared, s.value = spec.Names[0].Name, l.part(spec.Values[0])
		if spec.Type != nil {
			s.kind = "[" + l.part(spec.Type) + "]"
		}
		s.text = l.edited(spec.Values[0].Pos(), spec.Values[0].End())
		s.begin, s.end = spec.Pos()-token.Pos(l.base), spec.End()-token.Pos(l.base)
		if !d.Lparen.IsValid() {
			s.begin = d.Pos() - token.Pos(l.base)
		}
		return s, true
	}
	return s, false
}

// constantIn returns the constant of a declaration whose value the edit changes.
func (l located) constantIn(d *ast.GenDecl) *ast.ValueSpec {
	if d.Tok != token.CONST {
		return nil
	}
	for _, spec := range d.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if ok && len(v.Names) == 1 && len(v.Values) == 1 && l.within(v.Values[0].Pos(), v.Values[0].End()) {
			return v
		}
	}
	return nil
}

// commonPrefix returns how many bytes two texts have in common at their beginning.
func commonPrefix(a, b string) (n int) {
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// write puts switched edits into a file, from its end to its beginning.
func (b *breakage) write(file string, list []switched) error {
	source, err := os.ReadFile(filepath.Join(b.top, filepath.FromSlash(file)))
	if err != nil {
		return err
	}
	slices.SortStableFunc(list, func(x, y switched) int { return int(y.begin - x.begin) })
	var variables strings.Builder
	for n := 0; n < len(list); {
		s, text := list[n], ""
		// All edits of one function or constant are made together.
		for ; n < len(list) && list[n].begin == s.begin; n++ {
			if s.declared == "" {
				text += fmt.Sprintf("\nif isBroken(%q) {%s}\n", list[n].name, list[n].text)
				continue
			}
			s.value = fmt.Sprintf("ifBroken%s(%q, %s, %s)", s.kind, list[n].name, list[n].text, s.value)
		}
		end := int(s.end)
		if s.declared == "" {
			end = int(s.begin)
		} else {
			fmt.Fprintf(&variables, "\nvar %s = %s\n", s.declared, s.value)
		}
		source = slices.Concat(source[:s.begin], []byte(text), source[end:])
	}
	b.changed[file] = append(source, variables.String()...)
	name := packageName(source)
	b.changed[filepath.ToSlash(filepath.Join(filepath.Dir(file), brokenFile))] = fmt.Appendf(nil, brokenSource, name)
	return nil
}

func packageName(source []byte) string {
	tree, err := parser.ParseFile(token.NewFileSet(), "", source, parser.PackageClauseOnly)
	if err != nil {
		return "broken"
	}
	return tree.Name.Name
}

// edited returns the changed files of one break that is built alone.
func (b *breakage) edited(one asvs.Break) (map[string][]byte, error) {
	changed := map[string][]byte{}
	for _, e := range one.Edits {
		source, err := os.ReadFile(filepath.Join(b.top, filepath.FromSlash(e.File)))
		if err != nil {
			return nil, err
		}
		changed[e.File] = bytes.Replace(source, []byte(e.Old), []byte(e.New), 1)
	}
	return changed, nil
}
