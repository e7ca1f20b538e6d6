# make        installs kzlod into .venv and builds the reference dataset into dist/
# make web    bundles the scripts that enhance pages, with npm; pages work without them
# make test   adds what tests need to the same .venv, and runs everything that CI runs
# make bench  measures speed and memory, and writes tests/bench/RESULTS.md

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SCRIPT := src/kzlod/web/script
BUNDLE := src/kzlod/web/static/script.js

.PHONY: all web dev test bench format clean

all: $(VENV)/installed
	@$(BIN)/kzlod build --replace
	@echo
	@echo "The command is $(BIN)/kzlod; \`. $(BIN)/activate\` makes it just kzlod."

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "kzlod needs Python 3.11 or later; name one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "This Python cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Installing kzlod into $(VENV) (the first time takes a minute) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python pyproject.toml
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[web]'
	@$(BIN)/python -m compileall -q src/kzlod
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[all,dev]'
	@touch $@

# What reads SSSOM is large and has dependencies of its own: tests run it as a process of its own.
$(VENV)/sssom/bin/sssom: $(VENV)/bin/python
	@echo "Installing sssom into $(VENV)/sssom, for tests (390 MB) ..."
	@$(PYTHON) -m venv $(VENV)/sssom
	@$(VENV)/sssom/bin/pip install --quiet --disable-pip-version-check 'sssom>=0.4'

$(SCRIPT)/node_modules/.package-lock.json: $(SCRIPT)/package.json $(SCRIPT)/package-lock.json
	@command -v npm >/dev/null || { echo "Bundling the scripts needs npm; on Debian and Ubuntu: apt install npm"; exit 1; }
	@echo "Installing the packages of the scripts ..."
	@cd $(SCRIPT) && npm ci --silent

$(BUNDLE): $(SCRIPT)/node_modules/.package-lock.json $(wildcard $(SCRIPT)/*.js $(SCRIPT)/*.css)
	@cd $(SCRIPT) && npm run --silent build

web: $(BUNDLE)

dev: $(VENV)/installed-dev $(VENV)/sssom/bin/sssom $(BUNDLE)

test: dev
	$(BIN)/ruff format --check src tests
	$(BIN)/ruff check src tests
	$(BIN)/mypy
	$(BIN)/pytest --numprocesses auto --dist loadfile

bench: dev
	$(BIN)/python -m tests.bench

format: dev
	$(BIN)/ruff check --fix src tests
	$(BIN)/ruff format src tests

clean:
	rm -rf $(VENV) dist $(dir $(BUNDLE)) src/kzlod/web/outline.json $(SCRIPT)/node_modules
