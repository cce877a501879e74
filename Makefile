# Bare `make` explains itself.
PYTHON ?= python3
BIN = .venv/bin
POSTGRES ?= /usr/lib/postgresql/15/bin
.DEFAULT_GOAL = help
.PHONY: help setup run demo test test-postgres15 bench check prove pictures lock sbom

help: ## what can be done here
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 17

setup: .venv/ready ## build the virtual environment (.venv)

.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Onhand needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv || { echo "Python has no venv module here; on Debian: apt-get install python3-venv"; exit 1; }
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

run: setup ## start everything, with its own database, on http://127.0.0.1:8000
	$(BIN)/onhand run

demo: setup ## play thirty days of real sales as fast as they go, and check the books
	$(BIN)/onhand demo

test: setup ## run all tests (ONLY=tests/orders for some)
	$(BIN)/pytest $(ONLY)

# The rooms that speak to the database; the doors above speak to these rooms, on whichever server.
ROOMS = $(addprefix tests/,access catalog connect core customers flows insight messages orders places planning sourcing stock)
# What starts servers of its own, whichever it is run on.
ONLY_EMBEDDED = $(addprefix --ignore ,tests/core/test_embedded.py tests/core/test_crash.py)

test-postgres15: setup ## run them on another PostgreSQL (POSTGRES=folder of its programs, or a server's URL)
	ONHAND_TEST_POSTGRES=$(POSTGRES) $(BIN)/pytest $(wildcard $(ROOMS)) $(ONLY_EMBEDDED)

bench: setup ## measure what this machine can do, beside what SQL alone can
	$(BIN)/onhand bench

check: setup ## format, lint, types, floors, and what we depend on
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/audit.py

sbom: setup ## write what we are made of into sbom.json (CycloneDX)
	$(BIN)/python scripts/audit.py --sbom sbom.json

prove: setup ## show that it can be trusted, at full size (hours); ONLY="1 2" names figures (docs/proofs.md)
	$(BIN)/python -m proofs $(ONLY)

pictures: setup ## take the manual's pictures anew from the running product (some minutes; needs Chromium)
	$(BIN)/python scripts/pictures.py

lock: ## resolve the dependencies anew (needs uv)
	uv pip compile -q pyproject.toml --group dev --universal --generate-hashes --no-header -o requirements.lock
