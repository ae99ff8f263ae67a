#!/bin/sh
# Lets every fuzz target look for trouble for a while: FUZZTIME each, 30 s unless told.
set -eu
cd "$(dirname "$0")/.."
export CGO_ENABLED=0

grep -rl --include='*_test.go' '^func Fuzz' activity auth api ui | sort | while read -r file; do
	sed -n 's/^func \(Fuzz[A-Za-z0-9]*\)(.*/\1/p' "$file" | while read -r target; do
		printf '== %s, %s\n' "$(dirname "$file")" "$target"
		go test "./$(dirname "$file")" -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-30s}" -fuzzminimizetime 5x </dev/null
	done
done
