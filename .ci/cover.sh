#!/bin/sh
# Runs the tests of activity, auth, api and below without cgo, within a minute, and prints their statement coverage. Fails below 85 %.
#
# A package's statements count as covered whichever of these tests runs them: what is internal is tested through the
# exported surface above it.
set -eu

least=85
limit=60
profile=build/coverage.out
mkdir -p build
packages=$(go list ./activity ./auth/... ./api/... | paste -sd, -)

CGO_ENABLED=0 go test -run '^$' ./activity ./auth/... ./api/... >/dev/null # compile first: the minute is for the tests
begin=$(date +%s)
CGO_ENABLED=0 go test -count=1 -timeout 3m -coverpkg="$packages" -coverprofile="$profile" ./activity ./auth/... ./api/...
took=$(($(date +%s) - begin))
printf '\nactivity, auth and api took %d s without cgo (at most %d s)\n' "$took" "$limit"

awk -v least="$least" '
FNR > 1 {
	block = $1 " " $2
	file = $1; sub(/:.*/, "", file); sub(/\/[^\/]*$/, "", file)
	package[block] = file; size[block] = $2
	if ($3 > 0) hit[block] = 1
}
END {
	for (b in size) {
		top = package[b]; sub(/^canopy\//, "", top); sub(/\/.*/, "", top)
		all[package[b]] += size[b]; all[top] += size[b]
		if (hit[b]) { got[package[b]] += size[b]; got[top] += size[b] }
	}
	for (p in all) {
		share = 100 * got[p] / all[p]
		printf "%6.1f %%  %s%s\n", share, p, (index(p, "/") ? "" : " and below") | "sort -k3"
		if (share < least) low = low " " p
	}
	close("sort -k3")
	if (low) { printf "cover: below %d %%:%s\n", least, low > "/dev/stderr"; exit 1 }
}' "$profile"

if [ "$took" -gt "$limit" ]; then
	echo "cover: the tests of activity, auth and api took $took s; at most $limit s are allowed" >&2
	exit 1
fi
