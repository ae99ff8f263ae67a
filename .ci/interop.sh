#!/bin/sh
# Signs in to authorization servers that nobody here wrote: zitadel's OP, a Go module, and panva's oidc-provider, an npm
# package that needs Node 20.
set -eu
cd "$(dirname "$0")/../auth/interop"

say() { printf '%s\n' "$*" >&2; }

major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')
if [ "${major:-0}" -lt 20 ] || ! command -v npm >/dev/null; then
	say "interop: Node 20 or later with npm is needed for oidc-provider; install it, or run only zitadel's part with: cd auth/interop && go test ./..."
	exit 1
fi
(cd oidcprovider && npm ci --silent --no-audit --no-fund)
CGO_ENABLED=0 go test -count=1 -timeout 5m -tags oidcprovider ./...
