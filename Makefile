# make run | test | test-slow | check | docs | reference | catalogues | bench | bench-... | clean; everything is installed into .venv
PYTHON ?= python3
BIN := .venv/bin
OUT ?= results
BENCH ?=
MUTATE ?=
PICTURES ?=
COMPILED := setup.py controllers/parts/rollout.py
SOURCES := zhasyl controllers optimise reports scenarios

.PHONY: run test test-slow check docs reference format catalogues pictures bench bench-any-input bench-cells bench-gate bench-learning bench-optimise bench-quality bench-replay bench-report bench-resco bench-rl bench-roundtrip bench-safety bench-scale bench-warm-start mutate clean

run: .venv/.installed
	$(BIN)/zhasyl compare abay-seifullin --controllers fixed,actuated,max-pressure --seeds 1-5 --out $(OUT)

test: .venv/.dev
	$(BIN)/python -m pytest -n 2 --dist worksteal

test-slow: .venv/.dev
	$(BIN)/pip install --quiet --disable-pip-version-check stable-baselines3 sb3-contrib
	$(BIN)/python -m pytest -m slow

check: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_layers.py

docs: .venv/.dev
	$(BIN)/sphinx-build --conf-dir .ci/site --doctree-dir build/doctrees --fresh-env --fail-on-warning --keep-going --quiet . build/site

format: .venv/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

reference: .venv/.dev
	$(BIN)/python -m tests.reference

catalogues: .venv/.dev
	$(BIN)/python -m tests.catalogues

bench: .venv/.dev
	$(BIN)/python -m benchmarks.speed $(BENCH)

bench-warm-start: .venv/.dev
	$(BIN)/python -m benchmarks.warm_start

bench-cells: .venv/.dev
	$(BIN)/python -m benchmarks.cells $(BENCH)

bench-gate: .venv/.dev
	$(BIN)/python -m benchmarks.gate $(BENCH)

bench-quality: .venv/.dev
	$(BIN)/python -m benchmarks.quality

bench-optimise: .venv/.dev
	$(BIN)/python -m benchmarks.optimise $(BENCH)

bench-report: .venv/.dev
	$(BIN)/python -m benchmarks.report_cost

bench-replay: .venv/.dev
	$(BIN)/python -m benchmarks.replay

bench-safety: .venv/.dev
	$(BIN)/python -m benchmarks.safety

bench-scale: .venv/.dev
	$(BIN)/python -m benchmarks.scale
	$(BIN)/python -m benchmarks.scale --full

bench-roundtrip: .venv/.dev
	$(BIN)/python -m benchmarks.roundtrip

bench-any-input: .venv/.dev
	$(BIN)/python -m benchmarks.any_input

bench-rl: .venv/.dev
	$(BIN)/python -m benchmarks.rl

bench-learning: .venv/.dev
	$(BIN)/pip install --quiet --disable-pip-version-check stable-baselines3
	$(BIN)/python -m benchmarks.learning

bench-resco: .venv/.dev
	$(BIN)/python -m benchmarks.agreement

pictures: .venv/.dev
	PICTURES=$(PICTURES) $(BIN)/python -m benchmarks.pictures

mutate: .venv/.dev
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[mutate]'
	$(BIN)/python -m benchmarks.mutation $(MUTATE)

.venv/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "zhasyl needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv .venv

.venv/.installed: .venv/pyvenv.cfg pyproject.toml $(COMPILED)
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	@touch $@

.venv/.dev: .venv/pyvenv.cfg pyproject.toml $(COMPILED)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-compile -e '.[dev,docs,benchmarks,rl]'
	@$(BIN)/python -m compileall -qq -j 0 .venv/lib $(SOURCES) || true
	@touch $@ .venv/.installed

clean:
	rm -rf .venv build dist *.egg-info results controllers/parts/_rollout.*
