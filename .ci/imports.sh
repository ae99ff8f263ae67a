#!/bin/sh
# Checks what keeps most of Canopy free of cgo, and released builds free of what is for tests: auth, api and the terminal
# never reach Fyne, activity imports nothing of Canopy, only main.go imports Fyne's window driver, and without the tag "probe" nothing of the probe is left.
set -eu

reach=$(go list -deps ./activity ./auth/... ./api/... ./ui/cli/... | grep '^fyne\.io/' || true)
if [ -n "$reach" ]; then
	printf 'imports: auth, api and ui/cli must not reach Fyne, but they do:\n%s\n' "$reach" >&2
	exit 1
fi
house=$(go list -deps ./activity | grep '^canopy/' | grep -v '^canopy/activity$' || true)
if [ -n "$house" ]; then
	printf 'imports: activity is below everything and must not import what is above it, but it does:\n%s\n' "$house" >&2
	exit 1
fi
importers=$(go list -tags ci,probe -f '{{$p := .ImportPath}}{{range .Imports}}{{$p}} {{.}}
{{end}}{{range .TestImports}}{{$p}} {{.}}
{{end}}{{range .XTestImports}}{{$p}} {{.}}
{{end}}' ./... | grep ' fyne\.io/fyne/v2/app$' | grep -v '^canopy ' || true)
if [ -n "$importers" ]; then
	printf 'imports: only main.go may import the window driver, but these do too:\n%s\n' "$importers" >&2
	exit 1
fi
code=$(go list -tags ci -f '{{join .GoFiles " "}}' ./ui/probe)
if [ "$code" != "doc.go stub.go" ]; then
	printf 'imports: a build without the tag probe has more of the probe than its stub: %s\n' "$code" >&2
	exit 1
fi
CGO_ENABLED=0 go build ./activity ./auth/... ./api/... ./ui/...
