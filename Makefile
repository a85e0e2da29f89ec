# Two commands on a fresh machine: `make run` opens the program, `make test` passes the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PROGRAM := $(VENV)/.program
STAMP := $(VENV)/.installed
PROVINCES := ben_tre ba_ria_vung_tau vinh_phuc ca_mau tien_giang
INPUTS := pyproject.toml .ci/constraints.txt $(PROVINCES:%=plugins/%/pyproject.toml)

.PHONY: run test lint torture demo bench clean

run: $(PROGRAM)
	@$(BIN)/survey-tui

test: $(STAMP)
	@$(BIN)/python -m pytest -q -n 2 tests $(PROVINCES:%=plugins/%/tests)

lint: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# Kills, losses of power, dying disks: some minutes. The tests run a reduced form of it.
torture: $(STAMP)
	@$(BIN)/python -m tests.store.torture
	@$(BIN)/python -m tests.sync.faults.torture --database sqlite
	@$(BIN)/python -m tests.sync.faults.torture --database postgresql

# The whole way of a response, without a person and without a network; the coordinator's page lands in demo-out/.
demo: $(STAMP)
	@$(BIN)/python -m tests.sync.demo

bench: $(STAMP)
	@$(BIN)/python -m benchmarks

# PIP_CONSTRAINT reaches the build environment too, so that the build backend is the pinned one.
INSTALL = PIP_CONSTRAINT=.ci/constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/pip install -q

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "survey-tui needs Python 3.11 or newer (cần Python 3.11 trở lên): make PYTHON=python3.11 run"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Cannot make .venv. On Debian: apt-get install python3-venv"; exit 1; }

# What a surveyor needs, and no more. Sticks, signed packages and a locked store need cryptography; where it cannot be
# installed (Termux has its own package of it), interviews and sending work all the same.
$(PROGRAM): $(INPUTS) | $(BIN)/pip
	@$(INSTALL) -e . $(PROVINCES:%=-e plugins/%)
	@$(INSTALL) cryptography || echo "Without cryptography (thiếu cryptography): no sticks, updates or passphrase"
	@touch $@

# And what the tests, the checks and the collection server need.
$(STAMP): $(INPUTS) | $(BIN)/pip
	@$(INSTALL) -e '.[dev]' $(PROVINCES:%=-e plugins/%)
	@touch $@ $(PROGRAM)

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache
