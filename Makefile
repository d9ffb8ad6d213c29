# Two commands do all the set-up: `make serve` and `make test`. `make help` lists the rest.
.DEFAULT_GOAL := help
SHELL := /bin/sh

# The first Python >= 3.11 that can make virtual environments; `make PYTHON=... test` takes another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$p; break; }; done)
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PORT ?= 8000
HOST ?= 127.0.0.1

.PHONY: help serve test test-tools screenshots vendor lint format bench soak lock clean

help:  ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

# Hash-locked packages first, then glossgraph itself without asking an index again.
$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "glossgraph needs Python 3.11 or newer with venv; none was found. Install one, or name it: make PYTHON=/path/to/python3.12"; exit 3; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

serve: $(READY)  ## build the sample graph and serve it with the explorer
	$(BIN)/glossgraph build examples -o build/sample.kg
	$(BIN)/glossgraph serve build/sample.kg --host $(HOST) --port $(PORT)

test: $(READY)  ## run the tests (under 8 minutes on 2 cores)
	$(BIN)/python -m pytest -n auto

test-tools: $(READY)  ## run the tests that need Chromium, Graphviz, OpenRefine or npm (under 5 minutes)
	$(BIN)/python -m pytest -m tools

screenshots: $(READY)  ## write pictures of the pages to docs/screenshots
	$(BIN)/python -m tests.screenshots

vendor: $(READY)  ## make the fonts and scripts of others anew (needs npm)
	$(BIN)/python -m bundles

lint: $(READY)  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)  ## put the code into the house's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)  ## measure, side by side with peers
	$(BIN)/python -m benchmarks

soak: $(READY)  ## 100 runaway queries among light ones, on a running server
	$(BIN)/python -m benchmarks runaways

lock: $(READY)  ## resolve the packages anew (asks the index)
	$(BIN)/uv pip compile pyproject.toml --all-extras --group dev --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate --upgrade --quiet -o requirements.lock

clean:  ## remove the environment and what was built
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .hypothesis
