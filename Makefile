# `make` lists what there is.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# The tests start the platform some hundred times. Compiled anew each time it takes half as long again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run log test system-packages test-python test-js test-browser test-crash check check-types check-lint banner lock bench-banner bench-record bench-export bench-ledger bench-ui clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

# A stamp per lock file: nothing is installed twice, and a changed lock installs again. The locks are complete, so nothing is
# resolved here: a resolver may prefer a newer release of an extra (`coverage[toml]`) to the pinned one, and then refuses it.
# Nothing is compiled either: that takes a fifth of the time, and of what is used Python does it by itself.
PIP_INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps
$(VENV)/.run: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the platform …"
	@$(PIP_INSTALL) --require-hashes -r requirements.lock
	@$(PIP_INSTALL) --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "Installing what the tests need …"
	@$(PIP_INSTALL) --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip check --disable-pip-version-check
	@touch $@

# Not --silent: where the registry cannot be reached, that says nothing at all.
ERRORS_ONLY := --loglevel=error --no-audit --no-fund

node_modules/.installed: package-lock.json $(VENV)/.dev
	@PATH="$(CURDIR)/$(BIN):$$PATH" tools/npm ci $(ERRORS_ONLY) || PATH="$(CURDIR)/$(BIN):$$PATH" tools/npm install --no-save $(ERRORS_ONLY)
	@touch $@

run: $(VENV)/.run  ## platform and demo site; Ctrl-C stops both
	@$(BIN)/consent demo

log: $(VENV)/.run  ## the demo's consent log as CSV
	@CONSENT_DATA_DIR=data CONSENT_SECRET_KEYS_FILE=data/secret_keys $(BIN)/consent audit export --site demo --since 2026-01-01 --reason "a look at the demo"

# What can be done side by side is; the tests themselves have use for every core.
test:  ## checks, JavaScript, Python, browser: everything
	@$(MAKE) --no-print-directory -j2 system-packages node_modules/.installed
	@$(MAKE) --no-print-directory -j2 check test-js
	@$(MAKE) --no-print-directory test-python

system-packages:
	@tools/system-packages

test-python: $(VENV)/.dev node_modules/.installed
	@$(BIN)/python -m pytest -n 2 --dist worksteal || { echo "What failed is run once more, by itself: a busy machine upsets the timing of a browser."; \
	  $(BIN)/python -m pytest --last-failed --last-failed-no-failures none; }

test-browser: $(VENV)/.dev node_modules/.installed  ## the browser tests alone
	@tools/system-packages
	@$(BIN)/python -m pytest -n 2 --dist worksteal tests/browser tests/visitors

test-js: node_modules/.installed
	@tools/node --test 'banner/test/*.test.js'

KILLS ?= 200
test-crash: $(VENV)/.dev  ## kill web processes and workers at every step, KILLS times, and judge what is left
	@tools/system-packages
	@$(BIN)/python -m tests.crash.campaign --kills $(KILLS)

check: check-types check-lint  ## linters and types

check-types: $(VENV)/.dev
	@$(BIN)/mypy

check-lint: $(VENV)/.dev node_modules/.installed
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@tools/node node_modules/typescript/bin/tsc -p banner/tsconfig.json
	@node_modules/.bin/biome check banner
	@tools/node banner/build.mjs --check

banner: node_modules/.installed  ## build the script: static/banner.js, early.js, held.js, ui.js, preferences.js
	@tools/node banner/build.mjs
	@$(BIN)/python -m pytest -q -s tests/banner/test_sizes.py

lock:  ## resolve requirements*.lock anew
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@tools/lock

# The peers. Their SQLite driver is compiled here; with Node 24 it crashes, so the system's Node is preferred (benchmarks/README.md).
benchmarks/node_modules/.installed: benchmarks/package-lock.json $(VENV)/.dev
	@cd benchmarks && if command -v npm >/dev/null; then npm ci $(ERRORS_ONLY); else ../tools/npm ci $(ERRORS_ONLY); fi
	@touch $@

bench-banner: benchmarks/node_modules/.installed  ## the script beside its peers, in Chromium
	@tools/system-packages
	@$(BIN)/python -m benchmarks.banner

bench-record: benchmarks/node_modules/.installed  ## durable records beside @c15t/backend
	@tools/system-packages
	@$(BIN)/python -m benchmarks.record

bench-export: benchmarks/node_modules/.installed  ## a million records as CSV
	@tools/system-packages
	@$(BIN)/python -m benchmarks.export

bench-ledger: $(VENV)/.dev  ## what the log costs: recording, sequencing, proofs, storage
	@tools/system-packages
	@$(BIN)/python -m benchmarks.ledger

bench-ui: $(VENV)/.dev  ## the pages of the web UI with a million records and fifty sites
	@tools/system-packages
	@$(BIN)/python -m benchmarks.ui

clean:  ## remove what was built; never the data
	rm -rf $(VENV) node_modules benchmarks/node_modules benchmarks/results *.egg-info .pytest_cache .mypy_cache .ruff_cache
