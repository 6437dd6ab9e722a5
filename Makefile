# `make test` proves that Brygga works; it sets up what it needs.
PYTHON ?= python3.11
VENV := .venv
READY := $(VENV)/.ready

PORT ?= 8025

# Compiled once and kept, whatever this machine says: the tests start the program many times.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: install demo test lint lock clean

install: $(READY)

# Rebuilt when the lock or the project's description is newer than the environment.
$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check "$$(sed -n 's/^\(uv==[0-9.]*\).*/\1/p' requirements.lock)"
	$(VENV)/bin/uv pip sync --quiet --compile-bytecode --python $(VENV)/bin/python requirements.lock
	$(VENV)/bin/uv pip install --quiet --no-deps --no-build-isolation --python $(VENV)/bin/python --editable .
	touch $(READY)

# Everything on this machine, with no account and no set-up: http://127.0.0.1:8025, or PORT.
demo: install
	$(VENV)/bin/brygga demo --port $(PORT)

test: install
	$(VENV)/bin/python -m pytest --numprocesses $$(( $$(nproc) + 2 ))

lint: install
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

# The whole for who works on it, and of that the part that is needed to run, for the container.
lock:
	$(VENV)/bin/uv pip compile pyproject.toml --universal --generate-hashes --all-extras --group dev --no-header --quiet --output-file requirements.lock
	$(VENV)/bin/uv pip compile pyproject.toml --universal --generate-hashes --all-extras --constraint requirements.lock --no-annotate --no-header --quiet --output-file requirements-run.lock

clean:
	rm -rf $(VENV)
