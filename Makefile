# Everything a user or developer does with the project; `make` alone lists it.
# Needs make and one Python >= 3.11 with venv; the rest is installed into $(VENV), pinned and checked
# by hash (constraints.txt).

# The first of these that is new enough is used; choose another with `make venv PYTHON=python3.13`.
PYTHON ?= python3 python3.13 python3.12 python3.11 python3.14
VENV ?= .venv
WORKERS ?= 2
ARGS ?=

BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
UV := uv==0.13.9

.DEFAULT_GOAL := help
.PHONY: help venv demo figures test test-bounds lint verify bench docs constraints clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  PYTHON=...  interpreter for the environment      VENV=...  its folder (default .venv)"
	@echo "  ARGS=...    more arguments for pytest or bench   WORKERS=...  test processes (default 2)"

# Prints the interpreter to use, or says what is missing.
define find_python
$$(for candidate in $(PYTHON); do \
	if $$candidate -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	then command -v $$candidate; exit; fi; done; \
	echo "No Python >= 3.11 with venv among: $(PYTHON)." >&2; \
	echo "Install one (on Debian and Ubuntu also python3-venv), or name it: make venv PYTHON=/path/to/python" >&2; \
	exit 1)
endef

venv: $(STAMP) ## Create the environment with pinned, hash-checked packages
ifneq ($(filter command line environment,$(origin PYTHON)),)
	@chosen="$(find_python)" && version='import sys; print(*sys.version_info[:2], sep=".")' && \
	if [ "$$($$chosen -c "$$version")" != "$$($(BIN)/python -c "$$version")" ]; then \
		echo "$(VENV) was made with Python $$($(BIN)/python -c "$$version"); remove it, or use another VENV=" >&2; \
		exit 1; \
	fi
endif

$(STAMP): pyproject.toml constraints.txt sim/version.py
	@python="$(find_python)" && echo "Setting up $(VENV) with $$python" && "$$python" -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes --no-deps --only-binary :all: -r constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m pip --disable-pip-version-check check
	@touch $@

demo: $(STAMP) ## Compare a Dutch prison with detention houses and draw the figures
	$(BIN)/detention compare dutch-prison detention-house --replicates 10 --days 365 --out results/demo --force
	@echo "Figures:" && find results/demo -name '*.svg' -o -name '*.png' | sort | sed 's/^/  /'

# Drawn again whenever results move; identical runs give identical files.
FIGURES := indicators differences
figures: $(STAMP) ## Draw the figures of the README (docs/images)
	$(BIN)/detention compare dutch-prison detention-house --seed 1 --replicates 10 --days 365 --out build/figures --force
	cp $(FIGURES:%=build/figures/figures/%.png) docs/images/

test: $(STAMP) ## Run the quick tests
	$(BIN)/python -m pytest -n $(WORKERS) -m "not verify" $(ARGS)

# Compiled code does not check indices; this build of the kernels does.
test-bounds: $(STAMP) ## Run the kernel tests with bounds checks in compiled code
	@if ! ls tests/verification/test_*.py >/dev/null 2>&1; then echo "No kernel tests in tests/verification yet."; exit; fi; \
	cache=$$(mktemp -d) && trap 'rm -rf "$$cache"' EXIT && set -x && \
	NUMBA_BOUNDSCHECK=1 DETENTION_CACHE_DIR="$$cache" \
		$(BIN)/python -m pytest -x -q -m "not verify" tests/verification $(ARGS)

lint: $(STAMP) ## Check style, formatting, types and who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

verify: $(STAMP) ## Run the slow statistical checks
	$(BIN)/python -m pytest -n $(WORKERS) -m verify --timeout 1800 $(ARGS)

bench: $(STAMP) ## Measure speed and memory
	$(BIN)/detention bench $(ARGS)

docs: $(STAMP) ## Build the documentation
	@if [ -f docs/conf.py ]; then set -x; $(BIN)/python -m sphinx -W --keep-going docs build/docs; \
	else echo "There is no documentation to build yet: docs/conf.py is missing."; fi

# Keeps the present pins where they still fit; UPGRADE=--upgrade takes the newest of everything.
constraints: ## Pin every dependency with hashes (UPGRADE=--upgrade for the newest)
	@python="$(find_python)" && "$$python" -m venv build/constraints
	build/constraints/bin/python -m pip install --quiet --disable-pip-version-check $(UV)
	build/constraints/bin/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --quiet $(UPGRADE) \
		--custom-compile-command "make constraints" --output-file constraints.txt
	@! grep -nE '^ *-|://' constraints.txt | grep -vE '^[0-9]+: +--hash=sha256:[0-9a-f]{64}( \\)?$$'

clean: ## Remove the environment, caches, builds and results
	rm -rf $(VENV) build dist results .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
