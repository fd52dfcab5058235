"""Many runs: what is stored is not run again, the rest is spread, and a run that fails costs that run alone.

A run whose process crashes, hangs past the limit or raises is tried once more, then recorded as failed with
its reason and the command that repeats it. Input that is wrong is not tried again. A full disk ends the batch.
"""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from queue import SimpleQueue
from statistics import median

from zhasyl.errors import OutputError, SimulationError
from zhasyl.files.output import check_writable
from zhasyl.process.cluster import open_executor
from zhasyl.process.workers import DEFAULT_LIMIT_S, preload, run_isolated
from zhasyl.runs.spec import RunSpec, about, finished
from zhasyl.runs.store import RunRecord, look_at, settle_failed

ATTEMPTS = 2
GUESSED_START_S = 1.0  # of a run nobody has timed: start-up and tables, and so much a byte of network and second;
GUESSED_S_PER_BYTE_S = 2e-9  # within a factor of four of the RESCO networks' runs

OnDone = Callable[[RunSpec, RunRecord], None]


def nothing(*_: object) -> None:
    """For a caller who does not follow the runs."""


@dataclass(frozen=True)
class Plan:
    """The runs asked for, each once: those stored already, and those to do, the longest first."""

    specs: tuple[RunSpec, ...]
    stored: Mapping[Path, RunRecord]
    seconds: Mapping[Path, float]
    guessed: bool

    @cached_property
    def todo(self) -> list[RunSpec]:
        missing = {spec.folder: spec for spec in self.specs if spec.folder not in self.stored}
        return sorted(missing.values(), key=lambda spec: (-self.seconds[spec.folder], str(spec.folder)))

    def remaining_s(self, jobs: int) -> float:
        """How long the runs to do may take, `jobs` at a time."""
        each = [self.seconds[spec.folder] for spec in self.todo]
        return max([sum(each) / jobs, *each], default=0.0)


def plan_runs(specs: Iterable[RunSpec]) -> Plan:
    """Look up what is stored, and estimate the rest by earlier runs."""
    wanted = {spec.folder: spec for spec in specs}
    found = {folder: finished(spec) for folder, spec in wanted.items()}
    stored = {folder: record for folder, record in found.items() if record is not None}
    known = _known_seconds({spec.out for spec in wanted.values()}) if len(stored) < len(wanted) else {}
    seconds = {folder: _estimate_s(spec, known) for folder, spec in wanted.items()}
    guessed = any((spec.scenario.content,) not in known for folder, spec in wanted.items() if folder not in stored)
    return Plan(tuple(wanted.values()), stored, seconds, guessed)


def _known_seconds(outs: Iterable[Path]) -> dict[tuple[str, ...], float]:
    """Median wall time of earlier runs by (content, label), and by (content,)."""
    times: dict[tuple[str, ...], list[float]] = {}
    for record in (look_at(file.parent) for out in outs for file in out.glob("runs/*/*/record.json")):
        if record is not None and record.done:
            content, label = str(record.values.get("content")), record["label"]
            for key in ((content, label), (content,)):
                times.setdefault(key, []).append(float(record.values.get("wall_s") or 0.0))
    return {key: median(found) for key, found in times.items()}


def _estimate_s(spec: RunSpec, known: Mapping[tuple[str, ...], float]) -> float:
    scenario = spec.scenario
    for key in ((scenario.content, spec.controller.label), (scenario.content,)):
        if key in known:
            return known[key]
    simulated_s = scenario.end_s - scenario.start_s
    return GUESSED_START_S + GUESSED_S_PER_BYTE_S * scenario.net_file.stat().st_size * simulated_s


def run_many(
    specs: Iterable[RunSpec],
    jobs: int = 1,
    on_done: OnDone = nothing,
    limit_s: float = DEFAULT_LIMIT_S,
    cluster: str = "",
) -> list[RunRecord]:
    """Run all specs, each in a process of its own; records in the order of the specs.

    `jobs` at a time on this machine, or on the Dask cluster named ('local:4', 'tcp://host:8786'). A run that
    takes over `limit_s` seconds of wall time, dies or raises twice has a record whose `status` is 'failed'.
    Raises OutputError when records cannot be written; what was finished by then is stored.
    """
    todo = list(specs)
    records = run_plan(plan_runs(todo), jobs, on_done, limit_s, cluster)
    return [records[spec.folder] for spec in todo]


def run_plan(
    plan: Plan,
    jobs: int,
    on_done: OnDone = nothing,
    limit_s: float = DEFAULT_LIMIT_S,
    cluster: str = "",
) -> dict[Path, RunRecord]:
    """Run what a plan has to do; the records of all its runs by folder."""
    records = dict(plan.stored)
    if plan.todo:
        for out in {spec.out for spec in plan.todo}:
            check_writable(out)
        for spec in plan.todo:
            preload(spec.controller.cls.preloads(spec.controller.parameters))
        with open_executor(max(1, jobs), cluster) as executor:
            _run_all(plan.todo, executor, limit_s, records, on_done)
    return records


def _run_all(
    todo: Iterable[RunSpec], executor: Executor, limit_s: float, records: dict[Path, RunRecord], on_done: OnDone
) -> None:
    answers: SimpleQueue[tuple[RunSpec, Future[RunRecord]]] = SimpleQueue()

    def submit(spec: RunSpec) -> None:
        future = executor.submit(run_isolated, _simulate_missing, spec, limit_s)
        future.add_done_callback(lambda answered: answers.put((spec, answered)))

    attempts: dict[Path, int] = {}
    for spec in todo:
        attempts[spec.folder] = 0
        submit(spec)
    while attempts:
        spec, future = answers.get()
        if future.cancelled():
            raise SimulationError("the cluster stopped; finished runs are stored: run the same again")
        attempts[spec.folder] += 1
        error = future.exception()
        if isinstance(error, SimulationError) and attempts[spec.folder] < ATTEMPTS:
            submit(spec)
            continue
        tried = attempts.pop(spec.folder)
        records[spec.folder] = _outcome(spec, future, tried)
        on_done(spec, records[spec.folder])


def _simulate_missing(spec: RunSpec) -> RunRecord:
    """Another batch on the same store may have run it since this one was planned."""
    from zhasyl.runs.simulate import simulate  # in the process of the run, not where records are stored already

    return finished(spec) or simulate(spec)


def _outcome(spec: RunSpec, future: "Future[RunRecord]", attempts: int) -> RunRecord:
    error = future.exception()
    if isinstance(error, OutputError):
        raise error
    if error is not None:
        return _failed(spec, error, attempts)
    record = future.result()
    if record.folder != spec.folder:
        theirs, ours = record["versions"], spec.origin["versions"]
        return _failed(spec, SimulationError(f"its worker has other versions, {theirs}, not {ours}"), attempts)
    return record


def _failed(spec: RunSpec, error: BaseException, attempts: int) -> RunRecord:
    return settle_failed(spec.out, spec.folder, about(spec), error, attempts, spec.rerun or spec.record)
