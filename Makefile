# Leadlight's commands. `make` alone lists them.
PYTHON ?= python3
NODE_CDK := aws-cdk@2.1148.1
VENV := .venv
BIN := $(VENV)/bin
LOCKS := infra/locks
READY := $(VENV)/.ready
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20
WORKERS ?= 2
UV_LOCK := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url

.DEFAULT_GOAL := help
.PHONY: help setup run test check format bench soak deploy lock clean

help: ## list the commands
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(READY) ## set everything up (done by the others; quick the second time)

$(READY): pyproject.toml $(LOCKS)/uv.txt $(LOCKS)/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Leadlight needs Python 3.11 or newer; set PYTHON=...")'
	@node --version >/dev/null 2>&1 || { echo "Leadlight needs Node 20 or newer: the CDK runs on it"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCKS)/uv.txt
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes $(LOCKS)/dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

run: $(READY) ## deploy on the embedded emulator, push simulated traffic, show ranked leads and KPIs (ONCE=1: end by itself)
	@$(BIN)/python -m infra.local run $(if $(ONCE),--once)

test: $(READY) ## every test
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup

check: $(READY) ## format, lint, types, unit tests: before every commit
	@$(BIN)/ruff format --check --quiet . || { echo "make format mends this"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/pytest -q -n $(WORKERS) tests/unit

format: $(READY) ## format the code and mend what the linter can
	@$(BIN)/ruff check --quiet --fix-only . ; $(BIN)/ruff format --quiet .

bench: $(READY) ## every budget as a ratio to its peer; writes build/bench.json
	@$(BIN)/python -m tests.bench

SOAKED := $(addprefix tests/simulation/test_,everything.py publish.py redrive.py replay.py forget.py accounts.py simulation.py merges.py)
soak: $(READY) ## the simulation for long (SEEDS=20000) and mutated, an import of 100,000 activities, a publish to 100,000 leads
	@$(BIN)/pytest -q -n $(WORKERS) $(SOAKED) --seeds $(or $(SEEDS),20000)
	@$(BIN)/python -m tests.simulation.mutate
	@$(BIN)/pytest -q -s tests/e2e/test_import_history.py tests/e2e/test_publish.py --share 100

deploy: $(READY) ## deploy to your AWS account (STACK=name to choose an environment of cdk.json)
	@npx --yes $(NODE_CDK) deploy $(if $(STACK),-c leadlight:environment=$(STACK))

lock: $(READY) ## refresh the hashed lock files
	@$(UV_LOCK) $(LOCKS)/layer.in -o $(LOCKS)/layer.txt
	@$(UV_LOCK) $(LOCKS)/dev.in -o $(LOCKS)/dev.txt
	@$(UV_LOCK) $(LOCKS)/uv.in -o $(LOCKS)/uv.txt

clean: ## remove what was built
	@rm -rf build cdk.out $(VENV)
