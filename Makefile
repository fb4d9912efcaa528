# make demo, make test: both set up what they need and are safe to repeat. Paths are relative: spaces do no harm.
SHELL := /bin/sh
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PY := .venv/bin/python
PORT ?= 8000
OBSERVATIONS ?=
JOBS ?= 2

.PHONY: help setup demo test check bench lint format messages lock clean
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 12

setup: .venv/.runtime ## virtual environment with the pinned requirements

.venv/bin/python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	  { echo "CLAXSON needs Python 3.11: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11" >&2; exit 2; }
	@echo "== Virtual environment"
	@"$(PYTHON)" -m venv .venv || { rm -rf .venv; echo "Install Debian's package python3.11-venv, then try again" >&2; exit 2; }

# The stamps are written last: a killed installation is done again.
.venv/.runtime: requirements.txt .venv/bin/python
	@echo "== Pinned requirements"
	@$(PY) -m pip install --disable-pip-version-check --no-input --progress-bar on --require-hashes -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.runtime
	@echo "== Development requirements"
	@$(PY) -m pip install --disable-pip-version-check --no-input --progress-bar on --require-hashes -r requirements-dev.txt
	@touch $@

demo: .venv/.runtime ## set up and serve on 127.0.0.1:8000 (PORT=, OBSERVATIONS=)
	@exec $(PY) manage.py demo --port $(PORT) $(if $(OBSERVATIONS),--observations $(OBSERVATIONS))

test: .venv/.dev ## set up and run every test
	@$(PY) manage.py messages compile
	@$(PY) -m pytest -n $(JOBS) $(ARGS)

lint: .venv/.dev ## format, lint, types, contracts, migrations, templates, languages
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(PY) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"
	@$(PY) manage.py makemigrations --check --dry-run
	@$(PY) manage.py messages check
	@git ls-files -z 'templates/*.html' | xargs -0 .venv/bin/djade --check --target-version 5.2

check: lint test ## everything that must be green

bench: .venv/.dev ## measure what docs/benchmarks.md says
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	@$(PY) -m bench
	@$(PY) -m bench.classifier
	@$(PY) -m bench.repeated
	@$(PY) -m bench.crowd
	@$(PY) -m bench.fuzz
	@$(PY) -m bench.scale
	@$(PY) -m bench.oversight

format: .venv/.dev ## write the house style
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .
	@git ls-files -z 'templates/*.html' | xargs -0 .venv/bin/djade --target-version 5.2 || true

messages: .venv/.dev ## update the translation files from the sources
	@$(PY) manage.py messages update

lock: .venv/.dev ## pin again from pyproject.toml
	@$(PY) -m pip install --quiet uv
	@$(PY) -m uv pip compile pyproject.toml --generate-hashes --no-header --python-version 3.11 -q -o requirements.txt
	@$(PY) -m uv pip compile pyproject.toml --group dev --generate-hashes --no-header --python-version 3.11 -q -c requirements.txt -o requirements-dev.txt
	@$(PY) -m uv pip compile pyproject.toml --group bench --generate-hashes --no-header --python-version 3.11 -q -c requirements-dev.txt -o requirements-bench.txt

clean: ## remove what make made, except your data under var/
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
