# Canopy's targets. `make` lists them.

GO       ?= go
LINT     := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
OS       := $(shell uname -s)
# On Linux the window speaks X11, which Wayland sessions offer too; only where there is nothing but Wayland is it
# compiled in, for its headers are one more thing to install. On macOS neither exists.
WAYLAND  := $(if $(WAYLAND_DISPLAY),$(if $(DISPLAY),,yes))
TAGS     := $(if $(WAYLAND),,x11)
SCREEN   := $(strip $(DISPLAY)$(WAYLAND_DISPLAY)$(filter Darwin,$(OS)))

.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## open Canopy on the sandbox; without a display, do the same job in a virtual one and leave build/run/*.png
	@$(if $(SCREEN),$(MAKE) -s build && exec build/canopy --sandbox,$(MAKE) -s walk OUT=build/run)

test: ## everything: vet, lint, race, coverage, end to end
	@exec .ci/test.sh

interop: ## sign in to authorization servers of others: zitadel's OP, and panva's oidc-provider on Node
	@.ci/interop.sh

fuzz: ## let every fuzz target look for trouble, FUZZTIME each (30s)
	@.ci/fuzz.sh

bench: ## time to the first text, beside a bare Fyne window; what an inventory costs, beside the plain way
	@.ci/deps.sh build headless
	@mkdir -p build/bench
	$(GO) build -tags x11 -ldflags '-s -w' -o build/bench/canopy .
	cd ui/e2e && $(GO) build -tags x11 -ldflags '-s -w' -o ../../build/bench/bare ./bare
	cd ui/e2e && CGO_ENABLED=0 $(GO) build -o ../../build/bench/firsttext ./cmd/firsttext
	CGO_ENABLED=0 $(GO) build -o build/bench/measure ./api/inventory/measure
	@build/bench/measure; inventory=$$?; \
	build/bench/firsttext -canopy build/bench/canopy -bare build/bench/bare -out build/bench && exit $$inventory

screens: ## pictures of every state of every screen in build/screens, light and dark, from virtual displays
	@$(MAKE) -s build/e2e/canopy-probe
	@cd ui/e2e && CGO_ENABLED=0 $(GO) build -o ../../build/e2e/screens ./cmd/screens
	@build/e2e/screens -canopy build/e2e/canopy-probe -out build/screens $(if $(ONLY),-only $(ONLY))

build: ## compile build/canopy
	@.ci/deps.sh build $(if $(WAYLAND),build-wayland)
	@mkdir -p build
	$(GO) build -tags '$(TAGS)' -o build/canopy .

lint: ## golangci-lint over both modules
	@$(GO) run $(LINT) run --allow-parallel-runners ./...
	@cd ui/e2e && $(GO) run $(LINT) run --allow-parallel-runners -c ../../.golangci.yml ./...
	@cd auth/interop && $(GO) run $(LINT) run --allow-parallel-runners -c ../../.golangci.yml --build-tags oidcprovider ./...

cover: ## statement coverage of auth, api and below
	@.ci/cover.sh

clean: ## remove what the targets made
	rm -rf build

deps: ## install (or name) what the system must have
	@.ci/deps.sh build headless

# Below are the parts that the targets above are made of.

vet:
	@$(GO) vet -tags ci ./...
	@$(GO) vet -tags ci,probe ./...
	@cd ui/e2e && CGO_ENABLED=0 $(GO) vet -tags ci ./...
	@cd auth/interop && CGO_ENABLED=0 $(GO) vet -tags oidcprovider ./...

walk:
	@$(MAKE) -s build/e2e/canopy-probe
	@mkdir -p $(OUT)
	@cd ui/e2e && CGO_ENABLED=0 $(GO) build -o ../../build/e2e/walk ./cmd/walk
	@build/e2e/walk -canopy build/e2e/canopy-probe -out $(OUT)

# What the walk and the screens drive: a build with the probe in it, otherwise the same as build/canopy.
build/e2e/canopy-probe: FORCE
	@.ci/deps.sh build headless
	@mkdir -p build/e2e
	$(GO) build -tags x11,probe -o $@ .

# The race build, with Fyne's checks of which goroutine touches the window: without no_metadata they are off.
build/e2e/canopy: FORCE
	@mkdir -p build/e2e
	$(GO) build -race -tags x11,no_metadata,probe -o $@ .

FORCE:

.PHONY: help run test interop fuzz bench screens build lint cover clean deps vet walk FORCE
