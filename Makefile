# Two commands on a fresh machine: `make run` opens the program, `make test` passes the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PROVINCES := ben_tre ba_ria_vung_tau vinh_phuc ca_mau tien_giang
INPUTS := pyproject.toml .ci/constraints.txt $(PROVINCES:%=plugins/%/pyproject.toml)

.PHONY: run test lint torture demo bench clean

run: $(STAMP)
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
	@$(BIN)/python -m tests.sync.faults.torture

# The whole way of a response, without a person and without a network; the coordinator's page lands in demo-out/.
demo: $(STAMP)
	@$(BIN)/python -m demo

bench: $(STAMP)
	@$(BIN)/python -m benchmarks

# PIP_CONSTRAINT reaches the build environment too, so that the build backend is the pinned one.
$(STAMP): $(INPUTS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "survey-tui needs Python 3.11 or newer (cần Python 3.11 trở lên): make PYTHON=python3.11 run"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Cannot make .venv. On Debian: apt-get install python3-venv"; exit 1; }
	@PIP_CONSTRAINT=.ci/constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/pip install -q -e '.[dev]' \
	  $(PROVINCES:%=-e plugins/%)
	@touch $@

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache
