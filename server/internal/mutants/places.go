package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// place is one change of one file: the bytes from begin to end become text.
type place struct {
	file       string // below top
	pkg        string // import path
	line       int
	begin, end int
	text       string
	what       string // for people
}

// findPlaces returns every change of the mutable packages, in the order of files and places.
func findPlaces(top string, packages map[string]*pkg, only string) ([]place, error) {
	var places []place
	for _, path := range slices.Sorted(maps.Keys(packages)) {
		p := packages[path]
		if !mutable(p) {
			continue
		}
		for _, name := range p.GoFiles {
			file := filepath.Join(p.Dir, name)
			if !strings.HasPrefix(relative(top, file), only) {
				continue
			}
			source, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			found, err := placesIn(relative(top, file), source)
			if err != nil {
				return nil, err
			}
			for i := range found {
				found[i].pkg = path
			}
			places = append(places, found...)
		}
	}
	return places, nil
}

// swaps are the operators that are exchanged.
var swaps = map[token.Token]token.Token{
	token.EQL: token.NEQ, token.NEQ: token.EQL, token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ,
	token.GEQ:  token.GTR,
	token.LAND: token.LOR, token.LOR: token.LAND, token.ADD: token.SUB, token.SUB: token.ADD, token.MUL: token.QUO,
	token.QUO: token.MUL,
}

// placesIn returns the changes of one file.
func placesIn(name string, source []byte) ([]place, error) {
	files := token.NewFileSet()
	tree, err := parser.ParseFile(files, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var places []place
	add := func(begin, end token.Pos, text, what string) {
		at := files.Position(begin)
		places = append(places, place{
			file: name, line: at.Line, begin: at.Offset, end: files.Position(end).Offset, text: text, what: what,
		})
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.CallExpr:
			return !isText(n)
		case *ast.BinaryExpr:
			// The sum of two strings has no opposite.
			if to, ok := swaps[n.Op]; ok && (n.Op != token.ADD || !isString(n)) {
				add(n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), to.String(), n.Op.String()+" becomes "+to.String())
			}
		case *ast.BasicLit:
			if n.Kind == token.INT {
				if value, err := strconv.ParseInt(strings.ReplaceAll(n.Value, "_", ""), 0, 64); err == nil {
					text := strconv.FormatInt(value+1, 10)
					add(n.Pos(), n.End(), text, n.Value+" becomes "+text)
				}
			}
		case *ast.Ident:
			if other := map[string]string{"true": "false", "false": "true"}[n.Name]; other != "" {
				add(n.Pos(), n.End(), other, n.Name+" becomes "+other)
			}
		case *ast.IfStmt:
			add(n.Cond.Pos(), n.Cond.End(),
				"!("+string(source[files.Position(n.Cond.Pos()).Offset:files.Position(n.Cond.End()).Offset])+")",
				"the condition is negated")
		case *ast.BlockStmt:
			addStatements(n.List, add)
		case *ast.CaseClause:
			addStatements(n.Body, add)
		case *ast.CommClause:
			addStatements(n.Body, add)
		}
		return true
	})
	return places, nil
}

// addStatements adds the removal of every statement that does something by itself.
func addStatements(list []ast.Stmt, add func(begin, end token.Pos, text, what string)) {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.ExprStmt:
			if call, ok := s.X.(*ast.CallExpr); ok && !isText(call) {
				add(s.Pos(), s.End(), "", "a call is removed")
			}
		case *ast.AssignStmt:
			if s.Tok != token.DEFINE && !isBlank(s.Lhs) {
				add(s.Pos(), s.End(), "", "an assignment is removed")
			}
		case *ast.IncDecStmt:
			add(s.Pos(), s.End(), "", "a step of a counter is removed")
		case *ast.ReturnStmt:
			add(s.Pos(), s.End(), "", "a return is removed")
		}
	}
}

// isText reports whether a call writes a log line, makes an error's text or only reserves memory.
func isText(call *ast.CallExpr) bool {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name == "make" || f.Name == "panic"
	case *ast.SelectorExpr:
		on := ""
		switch x := f.X.(type) {
		case *ast.Ident:
			on = x.Name
		case *ast.SelectorExpr:
			on = x.Sel.Name
		}
		switch strings.ToLower(on) {
		case "log", "slog", "logger":
			return true
		case "fmt", "errors":
			return f.Sel.Name == "Errorf" || f.Sel.Name == "New"
		}
	}
	return false
}

// isBlank reports whether all targets of an assignment are the blank identifier.
func isBlank(left []ast.Expr) bool {
	for _, e := range left {
		if id, ok := e.(*ast.Ident); !ok || id.Name != "_" {
			return false
		}
	}
	return true
}

// isString reports whether an expression has a literal string, so that its + cannot become -.
func isString(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return e.Kind == token.STRING
	case *ast.BinaryExpr:
		return isString(e.X) || isString(e.Y)
	}
	return false
}
