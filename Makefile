# The front door: every target installs and builds what it needs, and works
# first, again, and in any order. `make help` lists them. BENCH and FUZZ are
# passed on: make fuzz FUZZ='--patterns 100 --inputs 0'.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help

PYTHON := .venv/bin/python
export PYTHONPATH := $(CURDIR)/build/python
export PATH := $(CURDIR)/build/bin:$(PATH)

.PHONY: help setup build demo test test-lit test-unit test-python test-asan \
        bench fuzz lint format docs clean distclean

help: ## list the targets
	@printf 'rdattn, an attention compiler. Targets:\n\n'
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 20

setup: ## install missing Debian packages and make .venv
	@scripts/setup.sh

build: setup ## build everything into build/
	@scripts/build.sh default

demo: build ## attend over a photograph's pixels; the result is demo-output/demo.png
	@$(PYTHON) examples/photograph/demo.py --output demo-output

test: build ## run all tests: lit, unit, Python
	@scripts/test.sh default lit unit python

test-lit: build ## run the tests of the compiler's levels and of the tools
	@scripts/test.sh default lit

test-unit: build ## run the GoogleTest tests
	@scripts/test.sh default unit

test-python: build ## run the tests of the Python package
	@scripts/test.sh default python

test-asan: ## build into build-asan/ with sanitizers, run lit and unit tests
	@scripts/setup.sh asan
	@scripts/build.sh asan
	@scripts/test.sh asan lit unit

bench: build ## time rdattn beside torch on this machine
	@$(PYTHON) bench/cpu.py $(BENCH)

fuzz: build ## hunt for wrong results and crashes with random patterns and damaged files
	@$(PYTHON) test/fuzz/fuzz.py $(FUZZ)

lint: build ## check formats, and run clang-tidy, ruff and mypy
	@scripts/setup.sh lint
	@scripts/lint.sh

format: ## format the sources
	@scripts/setup.sh lint
	@scripts/lint.sh --fix

docs: setup ## write the reference of the dialect into docs/reference/
	@scripts/docs.sh

clean: ## remove what was built
	rm -rf build build-asan demo-output

distclean: clean ## remove .venv as well
	rm -rf .venv
