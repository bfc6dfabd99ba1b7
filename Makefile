# `make` alone lists what there is. Every target that needs the environment makes it first;
# all that it asks of the machine is Python 3.11 to 3.13 with venv, and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp
UV_PIP := $(BIN)/uv --quiet --system-certs --no-progress pip
# Dagster's home, where telemetry is off, lies with all other run-time data (MIGMAP_HOME moves
# it); nor need dg ask whether there is a newer version of itself.
DG = DAGSTER_DG_UPDATE_CHECK_ENABLED=0 DAGSTER_HOME="$$($(BIN)/python -c \
  'from warehouse.home import current; print(current().dagster)')" $(BIN)/dg
PORT ?= 3000
ARGS ?=
# What is tried by `make torture`; hundred kills take an hour, in two homes at the same time.
KILLS ?= 100
MUTATIONS ?= 2000
REFRESHES ?= 20
HOMES ?= 2
SEED ?= 2026
COVERAGE ?=
AXE := 4.14.1

.DEFAULT_GOAL := help
.PHONY: help setup refresh ui check test axe lint format types bench data-dictionary audit \
  matrix-picture torture lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(STAMP) ## make .venv with the locked packages, and install the project into it
	@:

# The lock pins the installer too: its own entry is cut out and given to pip first.
# Wheels are compiled to bytecode while they are installed, because importing Dagster
# without it takes twice as long and some environments forbid Python to write it later.
$(STAMP): requirements.lock pyproject.toml
	@echo "Setting up $(VENV) (about half a minute)"
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] < (3, 14) else \
	  "Python 3.11, 3.12 or 3.13 is needed; this is " + sys.version.split()[0] + \
	  ". Name another one with: make PYTHON=python3.12 setup")'
	@rm -f $(STAMP)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@awk '/^[^ #]/ { wanted = /^uv==/ } wanted' requirements.lock > $(VENV)/uv.lock
	@$(BIN)/python -m pip --quiet --disable-pip-version-check install \
	  --require-hashes --requirement $(VENV)/uv.lock
	@$(UV_PIP) sync --python $(BIN)/python --require-hashes --compile-bytecode requirements.lock
	@$(UV_PIP) install --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

refresh: setup ## make the warehouse from what has landed, the bundled extracts first (ARGS="--help")
	@$(BIN)/migmap refresh $(ARGS)

ui: setup ## Dagster's pages on http://127.0.0.1:3000 (PORT=)
	@$(BIN)/python -m pipelines.home
	@$(DG) dev --host 127.0.0.1 --port $(PORT)

check: setup ## let Dagster load and check all definitions
	@$(BIN)/python -m pipelines.home
	@$(DG) check defs

# Python 3.11 takes half as long again where coverage follows it. Hypothesis, which pandera loads
# wherever it is installed, would load plugins that nobody uses: half a second in each process.
test: setup ## run all tests (ARGS="tests/schemas -k stock"; COVERAGE=yes measures coverage too)
	@PYTHONDONTWRITEBYTECODE= HYPOTHESIS_NO_PLUGINS=1 $(BIN)/python -m pytest -n 2 --dist loadgroup \
	  $(if $(COVERAGE),--cov --cov-report=term-missing:skip-covered) $(ARGS)

# Only the tests of the report site use it, and they are skipped where it is missing.
axe: ## fetch axe-core from the npm registry, for the accessibility tests of the site
	@npm install --silent --no-fund --no-audit --no-package-lock --ignore-scripts --prefix .axe \
	  axe-core@$(AXE)

lint: setup ## ruff: rules and layout
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { $(BIN)/ruff format --diff --quiet .; exit 1; }

format: setup ## let ruff mend what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: setup ## mypy, strict
	@$(BIN)/mypy

bench: setup ## measure a refresh and its parts (ARGS="--help")
	@$(BIN)/python tests/bench/run.py $(ARGS)

torture: setup ## mutate files, kill refreshes, fill the disk, read meanwhile (KILLS= HOMES= MUTATIONS= REFRESHES= SEED=)
	@set -e; failed=0; for trial in "mutations.py --mutations $(MUTATIONS) --seed $(SEED)" \
	  "labels.py --seed $(SEED)" "disk_full.py" \
	  "readers.py --refreshes $(REFRESHES)" "kills.py --kills $(KILLS) --seed $(SEED) --homes $(HOMES)"; do \
	  echo "== $$trial"; $(BIN)/python -W ignore tests/torture/$$trial || failed=1; done; exit $$failed

data-dictionary: setup ## write docs/data-dictionary.md from the models
	@$(BIN)/python -m schemas.generate docs/data-dictionary.md

# uv reads the lock as the needs of a script, and asks OSV for what is known of each version.
# Exit code 1 is a weakness that was found; 2 that nothing could be asked, which is no fault of ours.
audit: setup ## look the locked packages up among known weaknesses (needs the network)
	@{ printf '# /// script\n# requires-python = ">=3.11"\n# dependencies = [\n'; \
	   sed -n 's/^\([a-z0-9][^ ]*==[^ ;]*\)\( ; [^\\]*[^ \\]\)\{0,1\} *\\$$/#   """\1\2""",/p' \
	     requirements.lock; \
	   printf '# ]\n# ///\n'; } > $(VENV)/audit.py
	@UV_HTTP_TIMEOUT=10 UV_HTTP_RETRIES=1 $(BIN)/uv --quiet --system-certs audit \
	  --preview-features audit-command --script $(VENV)/audit.py $(ARGS) && \
	  echo "audit: no weakness of the locked packages is known" || { test $$? -eq 2 && \
	  echo "audit: the database of known weaknesses could not be asked; nothing was checked"; }

matrix-picture: setup ## draw docs/images/matrix.png from the published warehouse
	@$(BIN)/python -m assets.outputs.site.picture docs/images/matrix.png

lock: setup ## choose the newest allowed versions anew and write requirements.lock
	@{ echo '# Every package of the project and of its tests, with hashes, for Python 3.11 to 3.13.'; \
	   echo '# Written by `make lock` from pyproject.toml; not to be edited.'; \
	   $(BIN)/uv --quiet --system-certs pip compile pyproject.toml --all-extras --universal \
	     --python-version 3.11 --upgrade --generate-hashes --no-header; } > requirements.lock.new
	@mv requirements.lock.new requirements.lock

# Not the warehouse: files that landed or lie in the inbox may be had nowhere else.
clean: ## remove what the tools made: .venv and caches (no data)
	@rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage .coverage.* htmlcov \
	  build dist *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
