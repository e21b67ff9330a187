# Everything runs in .venv, which is made when it is needed. Nothing else on the machine is touched,
# except that `make test` installs Chromium from the system's packages where it may and none is there.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
# Where `make pages` puts its pictures: outside the repository.
TO ?= ../joinedup-pages

# Some machines are set to keep no compiled Python. Then every process compiles all libraries, our code and the tests
# again: five seconds each time, and the suite starts hundreds of processes.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo serve-dev test test-room test-all check audit fmt hooks bench pages pictures clean

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

# The demonstration (or JOINEDUP_HOME) with a server that begins again when a file changes.
serve-dev: setup
	@$(BIN)/joinedup demo --no-serve
	@DEBUG=true $(BIN)/python -m django runserver --settings joinedup.site.settings $(PORT)

# Each test once, beside SQLite or PostgreSQL; what touches their own behaviour beside both.
test: setup
	@$(BIN)/python scripts/chromium.py
	@$(BIN)/python scripts/test.py

# The tests of one room, beside SQLite: make test-room ROOM=events
test-room: setup
	@test -d "tests/$(ROOM)" -a -n "$(ROOM)" || { echo "Say which room: make test-room ROOM=partners (a folder of tests)"; exit 2; }
	@$(BIN)/python -m pytest -q --numprocesses=auto --dist=loadscope tests/$(ROOM)

# Everything that touches records beside both databases.
test-all: setup
	@$(BIN)/python scripts/chromium.py
	@$(BIN)/python scripts/test.py --everything

check: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m django makemigrations --check --dry-run --settings joinedup.site.settings
	@$(BIN)/djlint --lint --quiet src
	@$(BIN)/python scripts/check_templates.py

# What is known against the libraries, what a scanner finds in the code, and build/joinedup.cdx.json.
audit: setup
	@$(BIN)/python scripts/audit.py

fmt: setup
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format .

# From now on `git commit` runs `make check` first.
hooks:
	@git config core.hooksPath .githooks

bench: setup
	@for each in bench/*.py; do echo "== $$each"; $(BIN)/python $$each || exit 1; done

# A picture of every kind of page, at 1280 and 320 pixels: make pages TO=folder
pages: setup
	@$(BIN)/python scripts/chromium.py
	@$(BIN)/python scripts/pages.py "$(TO)"

pictures: setup
	@$(BIN)/python scripts/pictures.py

clean:
	rm -rf .venv .joinedup build
