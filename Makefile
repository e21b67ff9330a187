# Everything runs in .venv, which is made when it is needed. Nothing else on the machine is touched,
# except that `make test` installs Chromium from the system's packages where it may and none is there.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin

.PHONY: setup demo test check bench pictures clean

setup: .venv/.ready

.venv/.ready: pyproject.toml package.json scripts/assets.py scripts/warm.py $(wildcard src/joinedup/engines/scan/*.py)
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'JoinedUp needs Python 3.11 or later.')"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check uv==0.13.9
	@$(BIN)/uv sync --quiet
	@$(BIN)/python scripts/assets.py
	@$(BIN)/python scripts/warm.py
	@touch $@

demo: setup
	@$(BIN)/joinedup demo --port $(PORT)

test: setup
	@$(BIN)/python scripts/chromium.py
	@$(BIN)/python scripts/test.py

check: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m django makemigrations --check --dry-run --settings joinedup.site.settings
	@$(BIN)/djlint --lint --quiet src
	@$(BIN)/python scripts/check_templates.py

bench: setup
	@for each in bench/*.py; do echo "== $$each"; $(BIN)/python $$each || exit 1; done

pictures: setup
	@$(BIN)/python scripts/pictures.py

clean:
	rm -rf .venv .joinedup build
