# Each target does its own set-up: a virtual environment in .venv with every dependency at the locked version and hash.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test explore lint docs wheel audit lock clean help

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

$(READY): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "PoseSpotter needs Python 3.11 or later, this is " + sys.version.split()[0])'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

READERS := build/readers
$(READERS)/.ready: requirements/readers.txt
	$(PYTHON) -m venv --clear $(READERS)
	$(READERS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/readers.txt
	@touch $@

demo: $(READY)  ## process the demo clip: an overlay video and a table of joints in demo/
	$(BIN)/posespotter estimate docs/demo/two_people.mp4 -o demo --overwrite --export csv
	@echo
	@echo "Open demo/two_people/overlay.mp4 in a browser; the joints are in demo/two_people/poses.csv and poses.parquet."
	@echo "The application, in a browser: $(BIN)/posespotter app"

test: $(READY) $(READERS)/.ready  ## run all tests, with the same examples each time
	@sh tools/system_packages.sh
	$(BIN)/python -m pytest

MINUTES ?= 10
explore: $(READY)  ## try the laws with examples by chance for MINUTES (10); what breaks one is kept in .hypothesis and tried first
	$(BIN)/python tools/explore.py --minutes $(MINUTES)

lint: $(READY)  ## ruff and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python tools/change_notes.py check

docs: $(READY)  ## build the documentation into build/docs, strictly and without the network
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

wheel: $(READY)  ## build the wheel, install it into a fresh environment, and run it there on the demo clip
	rm -f dist/posespotter-*.whl
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .
	$(BIN)/python tools/wheel_size.py dist/posespotter-*.whl
	$(PYTHON) -m venv --clear build/wheel
	build/wheel/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/cpu.txt
	build/wheel/bin/python -m pip install --quiet --disable-pip-version-check --no-deps dist/posespotter-*.whl
	build/wheel/bin/posespotter info
	build/wheel/bin/posespotter estimate docs/demo/two_people.mp4 -o build/wheel/results

audit:  ## look up known holes in the dependencies, and say what could not be looked up (needs the network)
	$(PYTHON) tools/audit.py

lock:  ## renew requirements/*.txt from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --extra cpu --extra app --extra train -o requirements/cpu.txt --quiet --custom-compile-command "make lock"
	uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --extra gpu --extra app --extra train -o requirements/gpu.txt --quiet --custom-compile-command "make lock"
	uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --extra cpu --extra app --extra train --group dev -c requirements/cpu.txt -o requirements/dev.txt --quiet --custom-compile-command "make lock"
	uv pip compile requirements/readers.in --universal --python-version 3.11 --generate-hashes --no-emit-index-url --override requirements/readers-without.in -c requirements/cpu.txt -o requirements/readers.txt --quiet --custom-compile-command "make lock"

clean:  ## remove what make made
	rm -rf $(VENV) build demo dist .pytest_cache .ruff_cache .mypy_cache
