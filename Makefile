# `make demo` and `make test` set up what they need; neither needs the other.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SHOP ?= mall
EXTRA_FOR_SHOP := $(if $(filter oscar,$(SHOP)),oscar,)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
INSTALL := $(PIP) install --constraint constraints.txt --editable

.PHONY: help demo test coverage test-fast lint format clean

help:
	@echo "make demo             run the main job on the demo mall: crawl, classify, store, export"
	@echo "make demo SHOP=oscar  the same on a real django-oscar shop"
	@echo "make test             the whole test suite, in random order"
	@echo "make coverage         the same with branch coverage, which takes about twice as long"
	@echo "make test-fast        the tests that take no servers"
	@echo "make lint             ruff, mypy, import-linter"
	@echo "make clean            remove the virtual environment and what runs left in var/"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "monitor needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 …"; exit 2; }
	$(PYTHON) -m venv $(VENV)

# one stamp an extra: the demo does not wait for the test tools
$(VENV)/.runtime: $(BIN)/python pyproject.toml constraints.txt
	$(INSTALL) .
	@touch $@

$(VENV)/.oscar: $(BIN)/python pyproject.toml constraints.txt
	$(INSTALL) '.[oscar]'
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml constraints.txt
	$(INSTALL) '.[dev]'
	@touch $@

demo: $(VENV)/.$(or $(EXTRA_FOR_SHOP),runtime)
	$(BIN)/monitor demo --shop $(SHOP)

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2

# a target of its own: on Python 3.11 branch coverage doubles the work of the tests, and no gate reads its figure
coverage: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --cov --cov-report=term

test-fast: $(VENV)/.dev
	$(BIN)/python -m pytest -m "not slow"

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) var build ./*.egg-info
