# Two commands on a fresh machine: `make run` opens the program, `make test` passes the tests. `make help` lists all.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PROGRAM := $(VENV)/.program
STAMP := $(VENV)/.installed
PROVINCES := ben_tre ba_ria_vung_tau vinh_phuc ca_mau tien_giang
INPUTS := pyproject.toml .ci/constraints.txt $(PROVINCES:%=plugins/%/pyproject.toml)
TESTS := tests $(PROVINCES:%=plugins/%/tests)
NOT_QUICK = tests/compatibility tests/sync/server tests/sync/faults tests/store/torture
QUICK = not slow and not pty and not server and not postgres and not browser and not torture

.PHONY: run help quick test lint torture demo bench clean

run: $(PROGRAM) ## Open the program (also plain `make`)
	@$(BIN)/survey-tui

help: ## Explain every target
	@sed -nE 's/^([a-z]+(-%)?):.*## (.*)/\1\t\3/p' Makefile | sed 's/-%/-PACKAGE/' | expand -t 16

# Property tests try 15 examples here, and all of them in `make test`.
quick: $(STAMP) ## Check style, types and imports, and run the fast tests: before each commit
	@$(BIN)/ruff check -q .
	@$(BIN)/ruff format -q --check .
	@$(BIN)/mypy
	@contracts=$$($(BIN)/lint-imports) || { echo "$$contracts"; exit 1; }
	@HYPOTHESIS_PROFILE=dev $(BIN)/python -m pytest -q -n 2 -m "$(QUICK)" $(NOT_QUICK:%=--ignore=%) $(TESTS)

test: $(STAMP) ## Run all tests
	@HYPOTHESIS_PROFILE=ci $(BIN)/python -m pytest -q -n 2 $(TESTS)

test-%: $(STAMP) ## Run the tests of one package: make test-store
	@$(BIN)/python -m pytest -q $(or $(wildcard tests/$* plugins/$*/tests),$(error no tests of $*))

lint: $(STAMP) ## Check style, types and imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/mypy .ci/*.py
	@$(BIN)/lint-imports

torture: $(STAMP) ## Kills, losses of power, dying disks: some minutes (the tests run a reduced form)
	@$(BIN)/python -m tests.store.torture
	@$(BIN)/python -m tests.sync.faults.torture --database sqlite
	@$(BIN)/python -m tests.sync.faults.torture --database postgresql

demo: $(STAMP) ## Send a response all the way, without a network; demo-out/ gets the coordinator's page
	@$(BIN)/python -m tests.sync.demo

bench: $(STAMP) ## Measure speed
	@$(BIN)/python -m benchmarks

# PIP_CONSTRAINT reaches the build environment too, so that the build backend is the pinned one.
INSTALL = PIP_CONSTRAINT=.ci/constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/pip install -q

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "survey-tui needs Python 3.11 or newer (cần Python 3.11 trở lên): make PYTHON=python3.11 run"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Cannot make .venv. On Debian: apt-get install python3-venv"; exit 1; }

# What a surveyor needs, and no more. USB drives, signed packages and a locked store need cryptography; where it
# cannot be installed (Termux packages it itself), interviews and uploads work all the same.
$(PROGRAM): $(INPUTS) | $(BIN)/pip
	@$(INSTALL) -e . $(PROVINCES:%=-e plugins/%)
	@$(INSTALL) cryptography || echo "Without cryptography (thiếu cryptography): no USB drives, updates or passphrase"
	@touch $@

# The same with what the tests, the checks and the collection server need.
$(STAMP): $(INPUTS) | $(BIN)/pip
	@$(INSTALL) -e '.[dev]' $(PROVINCES:%=-e plugins/%)
	@touch $@ $(PROGRAM)

clean: ## Remove everything that was installed or built here
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
