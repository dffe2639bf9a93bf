# Paivand: `make demo` shows it, `make test` checks it; `make help` lists the rest.
# A target that needs the environment builds it first. What is built already costs nothing: stamps remember.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
SHELL := /bin/sh
BIN := .venv/bin
STAMPS := .venv/stamps
UV_VERSION := 0.13.9
TESTS ?= tests
N ?=

CATALOGUES := $(wildcard paivand/locale/*/LC_MESSAGES/*.po)
# Tailwind reads the class names out of templates, and out of the forms and views that write some.
FRONTEND := $(shell find frontend paivand/templates -type f 2>/dev/null) \
            $(shell find paivand -name '*.py' \( -path '*/forms/*' -o -path '*/views/*' -o -path '*/templatetags/*' \) 2>/dev/null)
# Checks that read the settings need values, but no server.
SETTINGS := PAIVAND_SECRET_KEY=for-reading-the-settings-only DATABASE_URL=postgresql://nobody@localhost/none
NODE := PATH="$(CURDIR)/$(BIN):$$PATH"

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

.PHONY: demo
demo: set-up ## show Paivand with invented people (PAIVAND_PORT=8000, RESET=1 begins anew)
	@exec $(BIN)/paivand demo $(if $(filter-out 0,$(RESET)),--reset)

.PHONY: test
test: gates browser $(STAMPS)/spark ## check everything: style, types, contracts, front end, catalogues, all tests
	$(BIN)/python -m pytest -n 2 $(TESTS)

.PHONY: faults
faults: set-up ## send a thousand forms to a server that is killed, a hundred megabytes, and long walks without signal
	PAIVAND_FAULTS=1 $(BIN)/python -m pytest -q -n 0 tests/collect/test_door_faults.py tests/collect/test_offline_branches.py

# Counting lines makes every test a quarter slower, so it is asked for.
.PHONY: cover
cover: set-up browser $(STAMPS)/spark ## run all tests and say which lines none of them reached
	$(BIN)/python -m pytest -n 2 --cov=paivand --cov-report=term $(TESTS)

.PHONY: gates
gates: set-up ## the checks that need no database
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --quiet --lint paivand/templates
	$(BIN)/djlint --check paivand/templates
	$(SETTINGS) $(BIN)/mypy --cache-dir=/dev/null  # a cache of an older state makes up errors in generic managers
	$(BIN)/lint-imports
	$(NODE) npm run --silent check
	$(BIN)/paivand messages --check

.PHONY: fix
fix: $(STAMPS)/python ## put right what tools can: lint, format, template format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	-$(BIN)/djlint --quiet --reformat paivand/templates

.PHONY: bench
bench: set-up browser ## measure: start, memory, pages (N=100000 people)
	$(BIN)/python -m bench $(if $(N),--people $(N))

.PHONY: docs
docs: set-up ## write the reference pages anew from the code
	$(BIN)/python -m docs.generate

.PHONY: messages
messages: $(STAMPS)/python ## bring the catalogues of translations in line with the program
	$(BIN)/paivand messages

.PHONY: lock
lock: $(STAMPS)/python ## write requirements.lock, requirements-spark.lock and package-lock.json anew
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --extra dev --no-header pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --extra spark --no-header -c requirements.lock pyproject.toml -o requirements-spark.lock
	$(NODE) npm install --package-lock-only

.PHONY: clean
clean: ## remove what was built; data in var/ stay
	rm -rf .venv node_modules paivand/static/dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	rm -f paivand/locale/*/LC_MESSAGES/*.mo

# --- the environment -------------------------------------------------------------------------------------------------

.PHONY: set-up
set-up: $(STAMPS)/python $(STAMPS)/frontend $(STAMPS)/messages

$(STAMPS)/venv:
	@python=; \
	for one in python3 python3.13 python3.12 python3.11; do \
	  if command -v $$one >/dev/null 2>&1 && $$one -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	  then python=$$one; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "Paivand needs Python 3.11 or newer, and there is none. Install it, on Debian: apt-get install python3 python3-venv" >&2; exit 1; \
	fi; \
	if ! $$python -c 'import ensurepip, venv' 2>/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	    echo "Installing Debian's python3-venv ..."; apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null; \
	  else \
	    echo "Python lacks its venv module. Install it, on Debian: sudo apt-get install python3-venv" >&2; exit 1; \
	  fi; \
	fi; \
	echo "Building the environment with $$($$python --version) ..."; \
	$$python -m venv .venv
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/python: $(STAMPS)/venv requirements.lock pyproject.toml
	@echo "Installing the Python packages of requirements.lock ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	@touch $@

# Apache Spark is 400 MB, so that only the tests and those who outgrow one machine have it. It needs Java 17 or newer.
$(STAMPS)/spark: $(STAMPS)/python requirements-spark.lock
	@echo "Installing Apache Spark of requirements-spark.lock ..."
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-spark.lock
	@touch $@

$(STAMPS)/node: $(STAMPS)/python package.json package-lock.json
	@echo "Installing the front end's packages of package-lock.json ..."
	@$(NODE) npm ci --silent
	@touch $@

$(STAMPS)/frontend: $(STAMPS)/node $(FRONTEND)
	@echo "Building the front end ..."
	@$(NODE) npm run --silent build -- --logLevel warn
	@touch $@

$(STAMPS)/messages: $(STAMPS)/python $(CATALOGUES)
	@$(BIN)/paivand messages --compile
	@touch $@

# The browser tests need a browser, and fonts for all four languages.
.PHONY: browser
browser:
	@for one in chromium chromium-browser google-chrome google-chrome-stable; do \
	  command -v $$one >/dev/null 2>&1 && exit 0; \
	done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	  echo "Installing Debian's Chromium ..."; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-core >/dev/null; \
	else \
	  echo "The browser tests need Chromium. Install it, on Debian: sudo apt-get install chromium fonts-noto-core" >&2; exit 1; \
	fi
