#!/bin/bash
# Everything that has to hold, in the order in which it tells most per minute. Stops at the first thing that does not. Ends
# with the end-to-end test, whose closing lines are go test's own.
set -euo pipefail
cd "$(dirname "$0")/.."
export LANG=en_US.UTF-8

step() { # minutes, name, command
	local minutes=$1 name=$2 begin=$SECONDS
	shift 2
	printf '\n== %s\n' "$name"
	if ! timeout --kill-after=30s "${minutes}m" "$@"; then
		printf '== %s: FAILED after %d s\n' "$name" $((SECONDS - begin)) >&2
		exit 1
	fi
	printf '== %s: ok, %d s\n' "$name" $((SECONDS - begin))
}

in_e2e() { (cd ui/e2e && "$@"); }
export -f in_e2e

step 10 'what the system must have' .ci/deps.sh build headless
step 10 'go vet' make -s vet
step 2 'who imports what' .ci/imports.sh
step 15 'golangci-lint' make -s lint
step 10 'coverage of auth and api, without cgo' .ci/cover.sh
step 15 'go test -race' go test -race -tags ci,probe -timeout 10m ./...
step 5 'signing in to a server of others' bash -c 'cd auth/interop && CGO_ENABLED=0 go test -count=1 -timeout 4m ./...'
step 15 'the race build' make -s build/e2e/canopy
step 15 'end to end' bash -c 'in_e2e env CGO_ENABLED=0 CANOPY="$PWD/build/e2e/canopy" CANOPY_OUT="$PWD/build/e2e" go test -count=1 -timeout 14m -tags ci ./...'
