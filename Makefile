# Everything a newcomer needs: `make run`. What else there is: `make help`.
PYTHON ?= python3
BIN := .venv/bin
export UV_COMPILE_BYTECODE := 1

.PHONY: help setup run test check fix bench faults migration chromium

help: ## Show what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# A service may not write beside the program: without its bytecode, every start would compile all of it.
setup: .venv/.ok ## Build .venv from requirements.lock
	@$(BIN)/python -m compileall -q app

.venv/.ok: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (set PYTHON=…)."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "This Python cannot make virtual environments. On Debian: apt install python3-venv"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@if command -v uv >/dev/null; then \
		VIRTUAL_ENV=$(CURDIR)/.venv uv pip install --quiet --require-hashes -r requirements.lock && \
		VIRTUAL_ENV=$(CURDIR)/.venv uv pip install --quiet --no-deps -e . ; \
	else \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e . ; \
	fi
	@touch $@

run: setup ## Start Coxswain with a demo organization on its own PostgreSQL
	@$(BIN)/coxswain demo --when-empty
	@exec $(BIN)/coxswain serve

# What touches data runs on both versions of PostgreSQL that the wheel carries, all the rest once.
ON_BOTH := tests/actions tests/queries tests/api tests/commands

# The journeys through the pages need a browser; without one they are left out, and pytest says so.
chromium:
	@command -v chromium chromium-browser google-chrome >/dev/null \
		|| { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get -qq update >/dev/null \
			&& DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends chromium >/dev/null; } \
		|| echo "No Chromium, and it cannot be installed here: the journeys through the pages are left out."

test: setup chromium ## Run every test
	@COXSWAIN_TEST_POSTGRES=16 $(BIN)/python -m pytest -n auto -q $(ON_BOTH) --deselect tests/api/test_schema_conformance.py
	@$(BIN)/python -m pytest -n auto

# The tests that between them take every branch of app/domain.
OF_DOMAIN := tests/domain tests/api/test_engagement.py tests/api/test_engagement_csv.py tests/api/test_engagement_feeds.py

check: setup ## Check form, types, import contracts, migrations and house rules
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/djlint --quiet --check --lint app/web/templates
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q -n auto tests/house
	@rm -f .coverage .coverage.*
	@$(BIN)/python -m coverage run --source=app/domain --branch -m pytest -q -n auto $(OF_DOMAIN)
	@$(BIN)/python -m coverage combine -q
	@$(BIN)/python -m coverage report --skip-covered --fail-under=100

fix: setup ## Format and mend what can be mended
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup ## Print speed as ratios to floors measured in the same run
	@$(BIN)/python -m tests.bench

faults: setup ## Kill, race and starve our own processes, bounded in time
	@$(BIN)/python -m tests.faults

migration: setup ## Write a migration from the models: make migration m="what changes"
	@$(BIN)/coxswain draft-migration "$(m)"
