PYTHON ?= python3
PORT ?= 8000
AT ?=
STORE ?=
DATA ?= data
FAULTS ?= all
VENV := .venv
FONTS := .tools/fonts/characters.txt
MEASURED := $(VENV)/bin/python -m slipcover -m pytest -p tests.coverage

.PHONY: help run nightly test test-fast coverage format hooks check audit mutation faults bench bench-close load soak package dynamodb-local fonts kanji pictures

help:
	@echo "make run               the whole back office on this machine (PORT=8000)"
	@echo "make run STORE=dynamodb-local DATA=./data    the same, and it remembers (needs npm and Java)"
	@echo "make nightly AT=DATE   live through the days until DATE on the running stack"
	@echo "make test              every test"
	@echo "make test-fast         rules, doors and faults: what needs no Java, browser, package, running stack or long lives"
	@echo "make soak              10,000 random histories of calls under faults (needs npm and Java; HISTORIES=500 SEED=7)"
	@echo "make fonts             the typeface of the papers, cut from its npm package (needs npm)"
	@echo "make kanji             the list of the forms of one kanji, from the source that keeps them"
	@echo "make pictures          take the README's pictures of the running stack"
	@echo "make package STAGE=dev the SAM template, the zip and the papers' layer, in dist/dev/ (AWS_REGION says for which region)"
	@echo "make bench             what a memo costs, beside the bare calls (needs npm and Java)"
	@echo "make bench-close       what the monthly close costs at 1,000 and 10,000 contracts (CONTRACTS='100 1000' for less; needs npm and Java)"
	@echo "make faults            every call of AWS and Chatwork under every kind of fault, as tables (needs npm and Java)"
	@echo "make load              50 memos a second for two minutes, then 500 at once: what is lost or doubled (RATE, DURATION, BURST)"
	@echo "make mutation          whether the tests of the rules notice a changed rule (ONLY='calendar routing' for some)"
	@echo "make coverage          every test, and which lines of chalicelib none of them reaches; fails below the floor"
	@echo "make format            format every file, and mend what the linter can mend"
	@echo "make hooks             let git format and check what is committed"
	@echo "make check             linter, formatter, types, and that the pinned packages agree"
	@echo "make audit             known holes in what is deployed"

$(VENV)/run: requirements.txt requirements-papers.txt requirements-run.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r requirements-run.txt
	@touch $@

$(VENV)/dev: requirements.txt requirements-papers.txt requirements-run.txt requirements-dev.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/run

run: $(VENV)/run fonts $(if $(filter dynamodb-local,$(STORE)),dynamodb-local)
	@PORT=$(PORT) STORE=$(STORE) DATA=$(DATA) exec $(VENV)/bin/python -m dev

nightly: $(VENV)/run
	@PORT=$(PORT) $(VENV)/bin/python -m dev nightly $(AT)

# AWS's own DynamoDB Local, from the package that carries it; without npm or Java its tests are skipped (never on CI).
dynamodb-local:
	@if [ -d .tools/dynamodb-local ]; then :; \
	elif command -v npm >/dev/null && command -v java >/dev/null; then \
		mkdir -p .tools && cd .tools && npm pack --silent amplify-dynamodb-simulator@2.9.30 >/dev/null && \
		tar xzf amplify-dynamodb-simulator-2.9.30.tgz package/emulator && \
		mv package/emulator dynamodb-local && rm -r package amplify-dynamodb-simulator-2.9.30.tgz; \
	else echo "No npm or no Java here: the tests on DynamoDB Local will be skipped."; fi

# A bold label may hold any character of the templates, so the cut follows them. Without npm papers cannot be made, and
# their tests are skipped (never on CI).
fonts: $(FONTS)
$(FONTS): infra/fonts.py $(wildcard templates/papers/*.typ) | $(VENV)/run
	@$(VENV)/bin/python -m infra.fonts || :

# The list is committed: its source is 70 MB, and changes once in years.
kanji: $(VENV)/dev
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps --target .tools/jntajis jntajis-python==0.1.0
	@PYTHONPATH=.tools/jntajis $(VENV)/bin/python -m dev.kanji_forms

test: $(VENV)/dev dynamodb-local fonts
	$(if $(COVERAGE),$(MEASURED),$(VENV)/bin/pytest) -n 2 --dist loadgroup

test-fast: $(VENV)/dev fonts
	$(VENV)/bin/pytest -n 2 --dist loadgroup -m "not truth and not browser and not package and not stack and not diary"

coverage:
	@$(MAKE) test COVERAGE=yes

soak: $(VENV)/dev dynamodb-local fonts
	@HISTORIES=$(HISTORIES) SEED=$(SEED) $(VENV)/bin/python -m tests.soak

pictures: $(VENV)/dev
	PORT=$(PORT) $(VENV)/bin/python -m dev.pictures

bench: $(VENV)/dev dynamodb-local fonts
	@$(VENV)/bin/python -m dev.bench

bench-close: $(VENV)/dev dynamodb-local fonts
	@$(VENV)/bin/python -m dev.bench_close

load: $(VENV)/dev dynamodb-local fonts
	@$(VENV)/bin/python -m dev.load

package: $(VENV)/dev fonts
	@STAGE=$(STAGE) $(VENV)/bin/python -m infra.package

format: $(VENV)/dev
	$(VENV)/bin/ruff check --fix-only --quiet .
	$(VENV)/bin/ruff format .

hooks: $(VENV)/dev
	$(VENV)/bin/pre-commit install

check: $(VENV)/dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/pip check

faults: $(VENV)/dev dynamodb-local fonts
	@FAULTS=$(FAULTS) $(VENV)/bin/pytest -s tests/faults/test_matrix.py

mutation: $(VENV)/dev fonts
	@$(VENV)/bin/python -m dev.mutation $(ONLY)

# Asks the advisory service of PyPI; a package that cannot be looked up fails, so this needs the open internet.
audit: $(VENV)/dev
	$(VENV)/bin/pip-audit --strict --progress-spinner off -r requirements.txt -r requirements-papers.txt --no-deps --disable-pip
