# The only commands. Everything they need beyond Rust, Python, Node.js, GNU make 4 and, for tests of the page,
# Chromium they set up themselves.

VENV := .venv
ORACLES := .oracles
COMPARE := .compare
DASHBOARD := dashboard
RUST := --workspace --exclude posture-wasm --exclude posture-wasm-glue
# The command line with the dashboard in it.
PAGE := --features posture-cli/page

# One profile for all tests: what they share is built once.
QUICK := quick
# Properties, each held against many inputs at random.
LAWS := cargo test --profile $(QUICK) $(RUST) $(PAGE) --test laws --test decisions --test explain --test replay \
	--test staged --test recommendations

# The program that makes the book, a workspace of its own.
BOOK := --locked --manifest-path book/Cargo.toml --target-dir $(or $(CARGO_TARGET_DIR),target)

# The module of the Python package, and where programs of .venv look for packages.
MODULE := $(or $(CARGO_TARGET_DIR),target)/$(QUICK)/lib_posture.$(if $(filter Darwin,$(shell uname)),dylib,so)
SITE = $(shell $(VENV)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')

.PHONY: help demo service test crates properties bindings laws lint form package bench compare docs book wasm dashboard py

help: ## list the commands
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/make \1\t\2/p' Makefile

demo: ## score an example cluster
	cargo run --quiet --profile $(QUICK) --package posture-cli -- demo

service: ## run the service on the example cluster
	examples/service/demo

# What pages need is built beside all else: each build alone leaves a core idle now and then.
# The inputs are the same in every run, so that no change fails by chance: `make laws` tries others.
test: $(DASHBOARD)/node_modules/ready ## run all tests: Rust, Python, JavaScript, the dashboard
	scripts/wasm $(QUICK) & $(MAKE) --no-print-directory $(ORACLES)/ready book crates && wait $$!
	npm --prefix $(DASHBOARD) run build
	npm --prefix $(DASHBOARD) run check
	PROPTEST_RNG_SEED=1 POSTURE_NCA=$(CURDIR)/$(ORACLES)/bin/nca \
		POSTURE_SCHEMATHESIS=$(CURDIR)/$(ORACLES)/bin/schemathesis cargo test --profile $(QUICK) $(RUST) $(PAGE)
	$(ORACLES)/bin/check-jsonschema --builtin-schema vendor.github-workflows examples/ci/github.yml
	$(ORACLES)/bin/check-jsonschema --builtin-schema vendor.gitlab-ci examples/ci/gitlab.yml
	$(MAKE) --no-print-directory --jobs 2 --output-sync=target properties bindings

# Laws take all the time that cores have; browsers wait more than they work, and come first.
properties:
	PROPTEST_RNG_SEED=1 PROPTEST_CASES=10000 nice $(LAWS)

bindings:
	$(VENV)/bin/pytest posture-py
	$(VENV)/bin/stubtest --mypy-config-file posture-py/pyproject.toml posture._posture
	node --test --test-reporter=spec posture-wasm/tests/
	npm --prefix $(DASHBOARD) test
	npm --prefix $(DASHBOARD) run e2e

# All that tests need but for the page, and the Python package, as `make py` installs it: that would build once more,
# with other features, what the package depends on.
crates: $(VENV)/ready
	PYO3_BUILD_EXTENSION_MODULE=1 cargo build --quiet --profile $(QUICK) $(RUST) --lib --tests
	install -m 755 $(MODULE) posture-py/python/posture/_posture.abi3.so
	rm -rf '$(SITE)'/posture_score-*.dist-info
	$(VENV)/bin/maturin pep517 write-dist-info --manifest-path posture-py/Cargo.toml --metadata-directory '$(SITE)'
	echo '$(CURDIR)/posture-py/python' > '$(SITE)/posture_score.pth'

laws: ## hold the laws against 100 000 new inputs each
	PROPTEST_CASES=100000 $(LAWS)

# Packages are fetched while crates are checked.
lint: ## check format, lints and documentation
	$(MAKE) --no-print-directory --jobs 2 --output-sync=target form package

form:
	cargo fmt --all --check
	cargo fmt --manifest-path book/Cargo.toml --check
	cargo clippy --profile $(QUICK) --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --profile $(QUICK) --workspace --no-deps

package: $(VENV)/ready
	$(VENV)/bin/ruff format --check posture-py
	$(VENV)/bin/ruff check posture-py
	$(VENV)/bin/mypy --config-file posture-py/pyproject.toml

bench: ## measure speed
	cargo bench --package posture-benches

compare: $(COMPARE)/ready ## compare speed with DuckDB and polars
	cargo build --quiet --release --package posture-cli --package posture-benches
	test -f target/compare/flows.jsonl || target/release/generate --namespaces 20 --workloads 200 \
		--flow-rows 1000000 --seed 1 target/compare
	$(COMPARE)/bin/python benches/compare/compare.py target/release/posture target/compare

docs: ## build the documentation of the Rust crates
	cargo doc --workspace --no-deps

book: ## make the book of all pages in target/book, and check its links
	cargo test --quiet $(BOOK)
	cargo run --quiet $(BOOK) -- target/book

wasm: $(DASHBOARD)/node_modules/ready ## build the JavaScript package into posture-wasm/pkg
	scripts/wasm

dashboard: $(DASHBOARD)/node_modules/ready ## build the dashboard, and the command line with it inside
	scripts/wasm
	npm --prefix $(DASHBOARD) run build
	cargo build --release --package posture-cli $(PAGE)

py: $(VENV)/ready ## install the Python package into .venv
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(VENV)/bin/maturin develop --quiet --profile $(QUICK) -m posture-py/Cargo.toml

$(ORACLES)/ready: posture/tests/requirements.txt
	python3 -m venv $(ORACLES)
	$(ORACLES)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	touch $@

$(COMPARE)/ready: benches/compare/requirements.txt
	python3 -m venv $(COMPARE)
	$(COMPARE)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	touch $@

$(DASHBOARD)/node_modules/ready: $(DASHBOARD)/package-lock.json
	npm --prefix $(DASHBOARD) ci --silent --no-audit --no-fund
	touch $@

$(VENV)/ready: posture-py/requirements.txt
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	touch $@
