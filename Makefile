# Pathnotes: `make run` shows it, `make test` checks it. Nothing has to be installed first but Python and make.

PYTHON ?= python3
PY := .venv/bin/python
export UV_PYTHON_DOWNLOADS := never
# What belongs to tests alone stays away from the roadmaps of whoever runs them.
TEST_DATA := $(or $(PATHNOTES_TEST_DATA),$(CURDIR)/.pathnotes/test)
# Its headless shell draws no windows that nobody sees: the browser tests take half the CPU with it.
CHROMIUM ?= $(shell command -v chromium-headless-shell || command -v chromium || command -v chromium-browser || command -v google-chrome)

.DEFAULT_GOAL := help
.PHONY: help setup run test lint check-types check-layers check-migrations chromium fuzz bench lock format translations clean

help:
	@echo 'make run [NOTES=path]     start Pathnotes on 127.0.0.1:8000 (PORT=…), with your notes if you name them; WATCH=1'
	@echo '                          reads them again whenever they change'
	@echo 'make test                 every check and every test (DATABASE_URL=… to use a PostgreSQL of your own)'
	@echo 'make fuzz [FUZZ=5000]     hostile notes of chance, as many for each test; SEED=… repeats a run'
	@echo 'make setup                prepare .venv for manage.py'
	@echo 'make bench                measure, and print the table'
	@echo 'make translations         collect the words to translate into locale/, and compile what is translated'
	@echo 'make format               format the code;  make lock  renew the locked versions;  make clean  remove what was made'

setup: .venv/runtime

run: .venv/runtime
	@exec $(PY) -m config serve $${WATCH:+--watch} $${NOTES:+"$$NOTES"}

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Pathnotes needs Python 3.11 or newer, and '$(PYTHON)' is not: install one, or say make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo 'Making .venv'
	@$(PYTHON) -m venv --clear .venv || { rm -rf .venv; \
	  echo "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }

# The installer itself comes from the lock too, by its hash. Where it does not work, pip installs the same files, slower.
define install
	@echo 'Installing $(1)'
	@sed -n '/^uv==/,/[^\\]$$/p' requirements-dev.lock >.venv/uv.lock
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r .venv/uv.lock 2>.venv/uv.log || true
	@.venv/bin/uv pip sync --quiet --python $(PY) --require-hashes $(1) || { echo 'Trying pip instead'; \
	  $(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(1); }
endef

# One environment serves both: what is needed to run, and once tests were asked for, everything.
.venv/runtime: .venv/bin/python requirements.lock requirements-dev.lock
	$(call install,$(if $(wildcard .venv/development),requirements-dev.lock,requirements.lock))
	@touch $@

.venv/development: .venv/bin/python requirements.lock requirements-dev.lock
	$(call install,requirements-dev.lock)
	@touch .venv/runtime $@

test: export PATHNOTES_DATA := $(TEST_DATA)
test: export CHROMIUM := $(or $(CHROMIUM),/usr/bin/chromium-headless-shell)
test: lint check-types check-layers check-migrations chromium
	@$(PY) -m pytest -n auto --dist loadfile --no-loadscope-reorder

lint: .venv/development
	.venv/bin/ruff format --check --quiet . || { echo 'Some files are not formatted: make format' >&2; exit 1; }
	.venv/bin/ruff check --quiet .
	find templates -name '*.html' -print0 | xargs -0 -r .venv/bin/djade --check --target-version 5.2

check-types: .venv/development
	.venv/bin/mypy .

check-layers: .venv/development
	@.venv/bin/lint-imports >.venv/lint-imports.log 2>&1 || { cat .venv/lint-imports.log; exit 1; }

check-migrations: .venv/development
	$(PY) manage.py makemigrations --check --dry-run

translations: .venv/development
	@$(PY) -m tools.translations

chromium: .venv/development
	@[ -n "$(CHROMIUM)" ] || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo 'Installing Chromium' && \
	  export DEBIAN_FRONTEND=noninteractive && apt-get -qq update && \
	  apt-get -qq install -y --no-install-recommends chromium-headless-shell >/dev/null; } || { \
	  echo 'The browser tests need Chromium: install it (Debian: sudo apt-get install chromium-headless-shell), or say make test CHROMIUM=/path/to/chrome' >&2; exit 1; }

# A failure shows the smallest note that fails. The seed stands in the first line: the same one tries the same notes.
fuzz: export PATHNOTES_DATA := $(TEST_DATA)
fuzz: export FUZZ := $(or $(FUZZ),5000)
fuzz: .venv/development
	@seed=$${SEED:-$$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}; echo "FUZZ=$(FUZZ) SEED=$$seed"; \
	  $(PY) -m pytest tests/notes/test_fuzz.py --hypothesis-seed=$$seed --hypothesis-show-statistics -q

bench: .venv/development
	$(PY) -m benchmarks

format: .venv/development
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .
	find templates -name '*.html' -print0 | xargs -0 -r .venv/bin/djade --target-version 5.2

lock: .venv/development
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade pyproject.toml -o requirements.lock
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade --constraint requirements.lock pyproject.toml --group dev -o requirements-dev.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist .pathnotes/test
