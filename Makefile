# Two commands are enough: `make demo` shows Kafo at work, `make test` proves it.
# Nothing but Python 3.11+ and make is assumed; all else is installed into .venv.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help demo test browser check format lock bench clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile

.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Kafo demande Python 3.11 ou plus récent / Kafo needs Python 3.11 or newer: make PYTHON=python3.12 demo"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch .venv/ready

demo: .venv/ready ## from answers on simulated phones to SQL and pages, for real, in minutes
	$(BIN)/kafo demo --serve

test: check browser ## everything that must hold
	$(BIN)/pytest -n 2 --dist loadfile

# The browser tests use the system's Chromium; where it is missing, a Debian machine gets it.
browser:
	@command -v chromium >/dev/null || { apt-get -qq update && apt-get -qq install -y chromium >/dev/null; } || echo "Chromium manque : les essais dans le navigateur échoueront / Chromium is missing: the browser tests will fail"

check: .venv/ready ## format, lint, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: .venv/ready ## put the code in shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: ## resolve the dependencies anew (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra postgres --extra parquet --extra train --group dev -o requirements.lock

bench: .venv/ready ## measure; results go to docs/mesures.md by hand
	$(BIN)/python -m benchmarks.sync_speed

clean: ## remove what the demo and the tests made
	rm -rf data test-output
