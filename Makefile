# Frontdesk. `make help` lists the targets.
# Written for GNU make 3.81 (macOS) and newer.

PYTHON ?= python3
PORT ?= 8080
SIMULATOR_PORT ?= 8081
# How many processes run the tests.
TEST_PROCESSES ?= 3

BIN := .venv/bin
VENV_STAMP := .venv/.venv-stamp
BASE_STAMP := .venv/.base-stamp
DEV_STAMP := .venv/.dev-stamp
BENCH_STAMP := .venv/.bench-stamp
PIP := $(BIN)/python -m pip --disable-pip-version-check
# Bytecode is made afterwards, on every core: pip makes it on one, which took a third of its time. What this
# Python cannot compile, and never imports, stops nothing.
PIP_INSTALL := $(PIP) install --quiet --require-hashes --no-compile --requirement
COMPILE := $(BIN)/python -m compileall -q -j 0 .venv/lib

# Tiers that touch the machine run together, then those that only read the source. The longest tests come first: the
# short ones fill what is left at the end.
TIERS := $(wildcard tests/browser tests/scenarios tests/services tests/guards tests/integration tests/conformance tests/unit)
ARCHITECTURE := $(wildcard tests/architecture)

# The front end takes part as soon as it is there.
FRONTEND := $(wildcard frontend/package.json)
ifneq ($(FRONTEND),)
FRONTEND_INSTALLED := frontend/node_modules/.installed
FRONTEND_BUILT := frontend/.built
FRONTEND_SOURCES := $(shell find frontend \( -name node_modules -o -name dist -o -name coverage -o -name test-results \) -prune -o -type f ! -name .built ! -name "*.tsbuildinfo" -print)
endif

# Python's packages and the front end's come side by side; of several targets each waits for the one before.
ifeq ($(word 2,$(MAKECMDGOALS)),)
MAKEFLAGS += --jobs=2
endif

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test long check format bench seed-large chaos guards lock clean

help:  ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(BASE_STAMP) $(FRONTEND_BUILT)  ## make .venv with the frontdesk command, build the front end

setup-dev: setup $(DEV_STAMP)  ## setup, and what tests and checks need

run: setup  ## start the demo: server on PORT, simulator on SIMULATOR_PORT
	@PORT=$(PORT) SIMULATOR_PORT=$(SIMULATOR_PORT) exec $(BIN)/python -m demo

test: setup-dev  ## run every test against private servers
	@scripts/test-services.sh
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist worksteal -m "not long and not live" $(TIERS)
	$(BIN)/python -m pytest $(ARCHITECTURE)
ifneq ($(FRONTEND),)
	cd frontend && npm run test --if-present
endif

long: setup-dev  ## run the tests that take long
	@scripts/test-services.sh
	$(BIN)/python -m pytest -m long $(TIERS)

check: setup-dev  ## format, lint, types, import direction
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/architecture/test_bans.py
ifneq ($(FRONTEND),)
	cd frontend && npm run lint --if-present && npm run typecheck --if-present
endif

format: setup-dev  ## rewrite the source to the house's form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
ifneq ($(FRONTEND),)
	cd frontend && npm run format --if-present
endif

bench: setup $(BENCH_STAMP)  ## run the benchmarks
	$(BIN)/python -m bench $(ARGS)

seed-large: setup  ## make a store of 100,000 conversations to look at (ARGS="--conversations 1000 --messages 10000")
	$(BIN)/python -m bench.seed_large $(ARGS)

chaos: setup-dev  ## kill, cut off and mislead the running product under load (ARGS="--messages 300 --kills 6")
	@scripts/test-services.sh
	$(BIN)/python -m bench.chaos $(ARGS)

guards: setup-dev  ## take out every guard of the engine in turn: its test must fail (ARGS="seal lease")
	$(BIN)/python -m tests.guards $(ARGS)

lock:  ## choose the versions in requirements/ anew from pyproject.toml
	@scripts/lock.sh

clean:  ## remove what make made (keeps var/)
	rm -rf .venv .venv-peers frontend/node_modules frontend/.built .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
ifneq ($(FRONTEND),)
	find frontend -name dist -type d -prune -exec rm -rf {} +
endif

# ---------------------------------------------------------------- the environment

# The pip that comes with Python looks through every release of every package; a newer one takes a third of its time.
$(VENV_STAMP): requirements/pip.txt
	@scripts/need.sh python "$(PYTHON)"
	"$(PYTHON)" -m venv .venv
	@$(PIP_INSTALL) requirements/pip.txt
	@touch $@

$(BASE_STAMP): $(VENV_STAMP) requirements/base.txt pyproject.toml
	@echo "Installing what Frontdesk runs on (requirements/base.txt)…"
	@$(PIP_INSTALL) requirements/base.txt
	-@$(COMPILE)
	@$(PIP) install --quiet --no-build-isolation --no-deps --editable .
	@touch $@

$(DEV_STAMP): $(BASE_STAMP) requirements/dev.txt
	@echo "Installing what its tests and checks need (requirements/dev.txt)…"
	@$(PIP_INSTALL) requirements/dev.txt
	-@$(COMPILE)
	@touch $@

$(BENCH_STAMP): $(BASE_STAMP) requirements/bench.txt
	@echo "Installing what the benchmarks measure against (requirements/bench.txt)…"
	@$(PIP_INSTALL) requirements/bench.txt
	-@$(COMPILE)
	@touch $@

# ---------------------------------------------------------------- the front end

ifneq ($(FRONTEND),)
$(FRONTEND_INSTALLED): frontend/package.json $(wildcard frontend/package-lock.json)
	@scripts/need.sh node
	cd frontend && npm ci --no-audit --no-fund
	@touch $@

$(FRONTEND_BUILT): $(FRONTEND_INSTALLED) $(FRONTEND_SOURCES)
	@scripts/need.sh node
	cd frontend && npm run build
	@touch $@
endif
