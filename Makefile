# Every target is one line of what it does; `make help` lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
export PYTHONUTF8 = 1
# every process of a run would compile the whole product anew
unexport PYTHONDONTWRITEBYTECODE

# python3 may be older than 3.11 while a newer one stands beside it
PYTHON_FOUND = $(shell for p in $(PYTHON) python3.11 python3.12 python3.13 python3.14; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; exit; }; done; echo $(PYTHON))

# asked here and not in Python: what is older than 3.7 cannot even read scripts/bootstrap.py
define NEED_PYTHON
@$(PYTHON_FOUND) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo "✗ 没有找到 Python 3.11 或更高版本：请安装（sudo apt-get install python3），或指明它，例如 make run PYTHON=python3.11。"; \
	echo "  No Python 3.11 or newer found: install it (sudo apt-get install python3), or name it, for example make run PYTHON=python3.11."; \
	exit 1; }
endef

.PHONY: help run demo test test-all faults coverage check format bench translations locks env env-test clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

env:
	$(NEED_PYTHON)
	@$(PYTHON_FOUND) scripts/bootstrap.py run

env-test:
	$(NEED_PYTHON)
	@$(PYTHON_FOUND) scripts/bootstrap.py test

run: env ## install, migrate, load the demo and serve it (HOST, PORT, DATABASE_URL, DEMO_PASSWORD are heeded)
	@$(BIN)/python -m scripts.run $(ARGS)

demo: env ## run the demo edition to its result and print the proposed list (ARGS="--stage scoring" for another point)
	@$(BIN)/python -m flask --app wsgi demo $(if $(ARGS),$(ARGS),--all)

test: env-test ## install what tests need and run all tests but the slow ones (ARGS="-k quota" to choose)
	@$(BIN)/python -m scripts.translations compile
	@$(BIN)/python -m pytest $(ARGS)

test-all: env-test ## all tests, the slow ones and the faults included
	@$(BIN)/python -m scripts.translations compile
	@$(BIN)/python -m pytest -m "slow or not slow" $(ARGS)

faults: env-test ## only the tests that break something on purpose
	@$(BIN)/python -m scripts.translations compile
	@$(BIN)/python -m pytest -m faults $(ARGS)

coverage: env-test ## tests without the browser, with 100 % of branches required in rules, tables, lifecycle and engines
	@$(BIN)/python -m scripts.coverage $(ARGS)

check: env-test ## format, lint, types, imports, figures, templates, security, licences, vulnerabilities
	@$(BIN)/python -m scripts.check $(ARGS)

format: env-test ## put the code into the house's format
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bench: env-test ## measure pages, saves, the matrix, searches, the pool's import and the assignment; write benchmarks/results.md and assignment.md
	@$(BIN)/python -m benchmarks $(ARGS)
	@$(BIN)/python -m benchmarks.saving
	@$(BIN)/python -m benchmarks.matrix
	@$(BIN)/python -m benchmarks.searches
	@$(BIN)/python -m benchmarks.pool
	@$(BIN)/python -m benchmarks.assignment

translations: env-test ## collect the texts, update the English catalogue and compile it
	@$(BIN)/python -m scripts.translations collect

locks: env-test ## lock the requirements anew (ARGS=--upgrade for newer versions)
	@$(BIN)/python -m scripts.locks $(ARGS)

clean: ## remove what can be made again; the data in instance/ stays
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.* htmlcov test-results
	@find app tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +
