# make lab    sets up and opens the workshop      make lab ARGS="--no-browser --port=8899"
# make test   sets up and validates everything
# make check  lints, and runs the quick tests: for whoever changes something
# make test-thorough   runs the tests that take minutes, such as whole notebooks full of mistakes
# make test-rounding   runs the solutions as other processors would round
PYTHON ?= python3
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TEST_READY := $(VENV)/.test-ready

# A relative KERAS_HOME or EXERCISE_ folder means one beside this file, in every notebook too.
ifneq ($(strip $(KERAS_HOME)),)
export KERAS_HOME := $(abspath $(KERAS_HOME))
endif

.PHONY: lab check test test-thorough test-rounding setup setup-tests notebooks solutions lint clean lock

# Jupyter starts for root (in a container, say) only when told so.
lab: ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)
lab: setup
	@$(BIN)/python -m exercise_lib doctor || echo "Opening the workshop all the same."
	$(BIN)/jupyter lab --ServerApp.root_dir="$(CURDIR)" \
	  --LabApp.default_url=/lab/tree/notebooks/01_pretrained_model.ipynb \
	  --LabApp.news_url=None \
	  --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate $(ROOT) $(ARGS)

# Lint, types and the quick tests: for every change.
check: lint
	$(BIN)/python -m mypy
	$(BIN)/python -m pytest -q -n 2 -m "not slow and not thorough" tests

test: setup-tests
	@$(BIN)/python -m tests.validate

test-thorough: setup-tests
	@$(BIN)/python -m tests.validate thorough

# One setting: make test-rounding ARGS=one-thread. The table: ARGS=--table.
test-rounding: setup-tests
	@$(BIN)/python -m tests.rounding $(ARGS)

setup: $(READY)

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(None if (3, 11) <= v < (3, 14) else \
	  "Found Python %d.%d, but the workshop needs 3.11, 3.12 or 3.13: make PYTHON=python3.12 lab" % v[:2])'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "Python could not make an environment. On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@# JupyterLab would ask whether to fetch news, in the middle of the first notebook.
	@$(BIN)/jupyter labextension disable --level=sys_prefix \
	  "@jupyterlab/apputils-extension:announcements" 2>/dev/null || true
	@touch $@

# What only the validation needs.
setup-tests: $(TEST_READY)

$(TEST_READY): $(READY) tests/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@touch $@

# The student notebooks, from the solutions. What was changed in one is kept beside it as a copy.
notebooks: setup
	$(BIN)/python -m exercise_lib.authoring

# The same, after a run of the solutions with the bundled model, whose outputs are kept.
solutions: setup
	$(BIN)/python -m exercise_lib.authoring --run

lint: setup-tests
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .

# The exact versions anew from pyproject.toml, for every system: of the workshop in
# requirements.txt, and of what only the validation adds in tests/requirements.txt.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate
lock: setup
	$(BIN)/python -m pip install --quiet uv
	{ sed '/^-e \./q' requirements.txt; $(COMPILE) --upgrade pyproject.toml; } > requirements.part
	$(COMPILE) --upgrade --extra test --constraint requirements.part pyproject.toml > all.part
	{ sed '/^#/!d' tests/requirements.txt; grep -vxFf requirements.part all.part; } > tests.part
	mv requirements.part requirements.txt
	mv tests.part tests/requirements.txt
	rm all.part

# Jupyter's checkpoints of notebooks stay: one may be the only copy of an answer.
clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .ruff_cache
	find exercise_lib tests data notebooks solutions -name __pycache__ -prune -exec rm -rf {} +
