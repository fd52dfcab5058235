"""Do the tests bite? cosmic-ray changes one place of a module at a time, and the tests that mirror it should fail.

    make mutate MUTATE="sequencer verdict --sample 80"

It works on a copy of this folder. What is left out beforehand, and why, is in `mutation.md`, with the figures.
"""

import argparse
import ast
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, WorkerOutcome, WorkItem, WorkResult

ROOT = Path(__file__).resolve().parent.parent
MIRRORED = {
    "sequencer": ("zhasyl/sequencer.py", "--noconftest tests/test_sequencer.py"),
    "safety": ("zhasyl/safety.py", "tests/test_safety.py -k 'not runs_clean and not keeps_the_minimum'"),
    "verdict": (
        "optimise/statistics/verdict.py",
        "--noconftest tests/optimise/statistics/test_verdict.py tests/optimise/statistics/test_compare.py",
    ),
    "measures": ("zhasyl/sumo/outputs/measuring.py", "--noconftest tests/sumo/outputs/test_measuring.py"),
    "tables": ("zhasyl/sumo/outputs/tables.py", "--noconftest tests/sumo/outputs/test_tables.py"),
    "derive": ("zhasyl/derive.py", "tests/test_derive.py"),
    "compare": ("optimise/statistics/compare.py", "--noconftest tests/optimise/statistics/test_compare.py"),
    "store": ("zhasyl/runs/store.py", "tests/runs/test_store.py tests/runs/test_summary.py"),
}
"""What is changed, and the tests that should notice. Those that start SUMO for a minute are left to `make test`."""
LIMIT_S = 60.0  # a mutant that takes longer counts as killed
SAMPLE, SEED = 60, 13
SURVIVED = "survived"

Position = tuple[int, int]


def mutate(name: str, sample: int, seed: int, copy: Path) -> str:
    """The line of a module in the table, and then its survivors."""
    module, tests = MIRRORED[name]
    settings, session = copy / f"{name}.toml", copy / f"{name}.sqlite"
    command = f"{sys.executable} -m pytest -x -q -p no:cacheprovider {tests}"
    settings.write_text(
        f"[cosmic-ray]\nmodule-path = {json.dumps(module)}\ntimeout = {LIMIT_S}\nexcluded-modules = []\n"
        f'test-command = {json.dumps(command)}\ndistributor.name = "local"\n'
    )
    _cosmic_ray(copy, "init", settings, session)
    _cosmic_ray(copy, "baseline", settings)
    with use_db(str(session)) as work:
        every, tried = _leave_out(work, (copy / module).read_text(encoding="utf-8"), sample, seed)
    _cosmic_ray(copy, "exec", settings, session)
    with use_db(str(session)) as work:
        return f"{module}: {every} mutants, {tried} tried, {_told(work, copy / module)}"


def _cosmic_ray(copy: Path, *arguments: object) -> None:
    subprocess.run([Path(sys.executable).with_name("cosmic-ray"), *map(str, arguments)], cwd=copy, check=True)


def _leave_out(work: WorkDB, text: str, sample: int, seed: int) -> tuple[int, int]:
    """Skip what changes nothing that runs, and all but a sample of the others; answers how many there are and tried."""
    places = _Places(text)
    items: list[WorkItem] = sorted(work.work_items, key=lambda item: _order(item.mutations[0]))
    real = [item for item in items if places.runs(item.mutations[0])]
    tried = random.Random(seed).sample(real, min(sample, len(real)))  # noqa: S311
    chosen = {item.job_id for item in tried}
    skipped = [item.job_id for item in items if item.job_id not in chosen]
    work.set_multiple_results(skipped, WorkResult(WorkerOutcome.SKIPPED))
    return len(real), len(tried)


def _order(mutation: MutationSpec) -> tuple[str, int]:
    return mutation.operator_name, mutation.occurrence


class _Places:
    """Where in a module a change may matter: in no annotation, in no `frozen=True`, and at an operator that computes.

    cosmic-ray takes the `|` of a type, and the `*` of a signature or of an unpacked list, for operators as well.
    """

    def __init__(self, text: str) -> None:
        nodes = list(ast.walk(ast.parse(text)))
        self._typed = [span for node in nodes for span in _annotations(node)]
        self._binary = [(_end(node.left), _begin(node.right)) for node in nodes if isinstance(node, ast.BinOp)]
        self._binary += [(_end(node.target), _begin(node.value)) for node in nodes if isinstance(node, ast.AugAssign)]
        self._unary = {_begin(node) for node in nodes if isinstance(node, ast.UnaryOp)}

    def runs(self, mutation: MutationSpec) -> bool:
        at: Position = tuple(mutation.start_pos)
        if any(first <= at < last for first, last in self._typed):
            return False
        if "BinaryOperator" in mutation.operator_name:
            return any(first <= at < last for first, last in self._binary)
        return at in self._unary if "UnaryOperator" in mutation.operator_name else True


def _annotations(node: ast.AST) -> Iterator[tuple[Position, Position]]:
    """Types, aliases of types, and `frozen=True`, which mypy holds and no run needs."""
    found = [getattr(node, "annotation", None), getattr(node, "returns", None)]
    if isinstance(node, ast.keyword) and node.arg == "frozen":
        found.append(node.value)
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        found.append(node.test)
    return ((_begin(part), _end(part)) for part in found if isinstance(part, ast.expr))


def _begin(node: ast.expr) -> Position:
    return node.lineno, node.col_offset


def _end(node: ast.expr) -> Position:
    return node.end_lineno or node.lineno, node.end_col_offset or node.col_offset


def _told(work: WorkDB, module: Path) -> str:
    """How many were killed, and each survivor by its line and what replaced what."""
    lines = module.read_text(encoding="utf-8").splitlines()
    mutation_of = {item.job_id: item.mutations[0] for item in work.work_items}
    results = [(mutation_of[job], result) for job, result in work.results if result.test_outcome]
    alive = [mutation for mutation, result in results if result.test_outcome == SURVIVED]
    killed = len(results) - len(alive)
    told = [f"{killed} killed ({killed / max(len(results), 1):.0%})"]
    for mutation in sorted(alive, key=lambda one: (one.start_pos, one.operator_name)):
        line, column = mutation.start_pos
        change = mutation.operator_name.removeprefix("core/")
        told.append(f"  {line}:{column} {change}#{mutation.occurrence}: {lines[line - 1].strip()}")
    return "\n".join(told)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", choices=MIRRORED, default=list(MIRRORED))
    parser.add_argument("--sample", type=int, default=SAMPLE, help="most mutants tried of a module, drawn at random")
    parser.add_argument("--seed", type=int, default=SEED, help="of the draw")
    asked = parser.parse_args()
    with TemporaryDirectory() as scratch:
        copy = Path(scratch) / "copy"
        shutil.copytree(ROOT, copy, symlinks=True, ignore=shutil.ignore_patterns(".*", "build", "dist", "*.egg-info"))
        for name in asked.modules:
            print(mutate(name, asked.sample, asked.seed, copy), flush=True)


if __name__ == "__main__":
    main()
