package ui_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"canopy/assets"
)

// TestEverySentenceWithANumberHasItsPluralForms holds the English file and the code together:
// a sentence without its forms is logged as an error at run time and reads "1 clusters".
func TestEverySentenceWithANumberHasItsPluralForms(t *testing.T) {
	raw, err := assets.Translations.ReadFile("translations/en.json")
	if err != nil {
		t.Fatal(err)
	}
	var forms map[string]map[string]string
	if err := json.Unmarshal(raw, &forms); err != nil {
		t.Fatal(err)
	}
	used := pluralKeys(t)
	if len(used) == 0 {
		t.Fatal("no sentence with a number was found in the code")
	}
	for _, key := range used {
		if forms[key]["one"] == "" || forms[key]["other"] == "" {
			t.Errorf("en.json lacks a form of %q", key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(forms)) {
		if !slices.Contains(used, key) {
			t.Errorf("en.json has %q, which nothing says", key)
		}
	}
}

// pluralKeys returns the first arguments of lang.N and counted in this package.
func pluralKeys(t *testing.T) (keys []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && len(call.Args) > 1 && saysNumber(call.Fun) {
				if lit, ok := call.Args[0].(*ast.BasicLit); ok {
					key, err := strconv.Unquote(lit.Value)
					if err != nil {
						t.Fatal(err)
					}
					keys = append(keys, key)
				}
			}
			return true
		})
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func saysNumber(f ast.Expr) bool {
	switch f := f.(type) {
	case *ast.Ident:
		return f.Name == "counted"
	case *ast.SelectorExpr:
		x, ok := f.X.(*ast.Ident)
		return ok && x.Name == "lang" && f.Sel.Name == "N"
	}
	return false
}
