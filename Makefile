# Two commands carry everything: `make demo` and `make test`. Both install what is missing first.

# The newest Python that is here; name another one with PYTHON=...
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
INSTALL := PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_WARN_SCRIPT_LOCATION=1 $(BIN)/python -m pip install --quiet
CHECKED := portal search uploads tests migrations/env.py
# Tests run in this many processes beside each other; they share nothing but the machine.
TEST_PROCESSES ?= 2
SCALE ?= 0

.PHONY: demo test format lint types contracts migrations tests bench search-quality overlap-quality lock translations tidy clean

demo: .venv/installed
	@$(BIN)/sala demo --scale $(SCALE)

test: format lint types contracts migrations tests

format: .venv/installed-for-tests
	$(BIN)/ruff format --check $(CHECKED)

lint: .venv/installed-for-tests
	$(BIN)/ruff check $(CHECKED)

types: .venv/installed-for-tests
	$(BIN)/mypy

contracts: .venv/installed-for-tests
	$(BIN)/lint-imports

migrations: .venv/installed-for-tests
	$(BIN)/pytest -q tests/architecture/test_migrations.py

tests: .venv/installed-for-tests
	$(BIN)/pytest -q -n $(TEST_PROCESSES)

bench: .venv/installed-for-tests
	$(BIN)/python -m tests.bench.run

search-quality: .venv/installed-for-tests
	$(BIN)/python -m tests.search.quality

overlap-quality: .venv/installed-for-tests
	$(BIN)/python -m tests.registry.overlap_quality

# Writes what ruff can put right by itself.
tidy: .venv/installed-for-tests
	$(BIN)/ruff check --fix $(CHECKED)
	$(BIN)/ruff format $(CHECKED)

# Pins every dependency with its hashes, for every system and without naming where it comes from.
COMPILE = $(BIN)/uv pip compile pyproject.toml --group build --universal --generate-hashes --no-emit-index-url \
	--no-annotate --no-header --python-version 3.11 --quiet
lock: .venv/installed-for-tests
	$(COMPILE) --output-file requirements.txt
	$(COMPILE) --group dev --output-file requirements-dev.txt

# Collects every marked text, then merges the new ones into the catalogue of each language.
translations: .venv/installed-for-tests
	$(BIN)/pybabel --quiet extract --mapping portal/locale/babel.cfg --keyword N_ --add-location file --no-wrap \
		--project Sala --copyright-holder "The Sala authors" --output portal/locale/sala.pot .
	for language in lo; do \
		catalogue=portal/locale/$$language/LC_MESSAGES/sala.po; mkdir -p $$(dirname $$catalogue); \
		test -f $$catalogue && { action=update; options=--no-fuzzy-matching; } || { action=init; options=; }; \
		$(BIN)/pybabel --quiet $$action $$options --domain sala --input-file portal/locale/sala.pot --output-dir portal/locale \
			--locale $$language; \
	done

clean:
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Sala needs Python 3.11 or newer: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python lacks venv: apt-get install python3-venv"; exit 1; }

# The stamps make a second start quick: nothing is installed again before what is asked for has changed.
.venv/installed: requirements.txt pyproject.toml | .venv/bin/python
	@echo "Installing what Sala needs, once ..."
	@$(INSTALL) --require-hashes -r requirements.txt
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

.venv/installed-for-tests: requirements-dev.txt .venv/installed
	@echo "Installing what the tests need, once ..."
	@$(INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@
