# A short front for Meson. `make` builds; every target installs what it needs first.
JPKI_VECTORS ?= ../shared/vectors
export JPKI_VECTORS

.PHONY: build asan install-packages demo run test prove bench lint fuzz page-coverage screenshots clean

build: install-packages build/build.ninja
	@ninja -C build --quiet

asan: install-packages build-asan/build.ninja
	@ninja -C build-asan --quiet

install-packages:
	@tools/install-packages

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

prove: build
	@tests/prove/prove.py

screenshots:
	@echo "make $@: nothing to do yet"

clean:
	rm -rf build build-asan build-fuzz build-fuzz-coverage
