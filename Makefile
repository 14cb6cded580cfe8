# A short front for Meson. `make` builds; every target installs what it needs first.
JPKI_VECTORS ?= ../shared/vectors
export JPKI_VECTORS
SHELL := /bin/bash

# Says nothing when there is nothing to do.
compile = set -o pipefail; ninja -C $(1) --quiet | sed '/^ninja: no work to do/d'

.PHONY: build asan install-packages install-node-packages demo run test prove bench lint fuzz page-coverage screenshots clean

build: install-packages install-node-packages build/build.ninja
	@$(call compile,build)

asan: install-packages install-node-packages build-asan/build.ninja
	@$(call compile,build-asan)

install-packages:
	@tools/install-packages

install-node-packages:
	@tools/install-node-packages

build/build.ninja:
	@echo 'building in build/: about a minute, the first time'
	@meson setup build >/dev/null

build-asan/build.ninja:
	@echo 'building in build-asan/ with ASan and UBSan: about a minute, the first time'
	@meson setup build-asan -Db_sanitize=address,undefined -Db_lundef=false >/dev/null

demo: build
	@tools/demo

run: build
	@tools/run

test: build asan
	@tools/run-tests build build-asan

lint: build
	@tools/lint

fuzz: install-packages
	@tools/fuzz

page-coverage: build
	@tools/page-coverage

bench: build
	@bench/run

prove: build asan
	@tools/run-tests --long build-asan
	@tests/prove/prove.py

screenshots: build
	@tests/web/browser.py --pictures build/screenshots
	@tests/agent/browser.py --pictures build/screenshots
	@echo "pictures of every page: build/screenshots/"

clean:
	rm -rf pages/node_modules build build-asan build-fuzz build-fuzz-coverage
