"""A suite from its runs to its verdict, and to a new baseline: what `zhasyl check` does.

Nothing is answered from a record of another build: what is stored by one is simulated anew. Runs of another SUMO, of
other content or of measures defined otherwise are not compared with a baseline: it is to be made anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from zhasyl.errors import StudyError
from zhasyl.files.paths import absolute_path, real_path, writable_file
from zhasyl.gate.baseline import Cell, DamagedError, Line, line_of, read_baseline, write_baseline
from zhasyl.gate.judge import Judged, judge
from zhasyl.gate.suite import Suite, read_suite
from zhasyl.optimise.arguments import GATE_KINDS, check_arguments
from zhasyl.optimise.faults import extent
from zhasyl.process.cluster import check_cluster, default_jobs
from zhasyl.process.git import commit_of
from zhasyl.reports.faults import alarms as fault_lines
from zhasyl.reports.violations import breaches, own_violations
from zhasyl.runs.batch import OnDone, nothing, run_many
from zhasyl.runs.planning import check as check_playable
from zhasyl.runs.provenance import build
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import RunRecord, look_at
from zhasyl.text.values import emissions_text, parse_seeds, seed_text
from zhasyl.text.words import one_line, plural, shortened

PASSED, REGRESSED, RUN_FAILED = 0, 1, 3
MOST_NAMED = 3
LONGEST_NAME = 100


@dataclass(frozen=True)
class Alarm:
    """What fails whatever the measures say: signals that showed what is not safe, or a controller that gave up."""

    cell: Cell
    record: RunRecord
    text: str


@dataclass(frozen=True)
class Checked:
    """What came of a suite: `judged` has each tolerated measure of each cell that the baseline has."""

    suite: Suite
    baseline_file: Path
    before: Mapping[Cell, Line]
    now: Mapping[Cell, Line]
    records: Mapping[Cell, Sequence[RunRecord]]
    judged: Sequence[Judged]
    alarms: Sequence[Alarm]
    commit: str

    @property
    def failed_runs(self) -> list[RunRecord]:
        return [record for records in self.records.values() for record in records if not record.done]

    @property
    def regressions(self) -> list[Judged]:
        return [one for one in self.judged if one.fails]

    @property
    def improvements(self) -> list[Judged]:
        return [one for one in self.judged if one.verdict == "improvement"]

    @property
    def left_out(self) -> list[Cell]:
        """What the baseline has and the suite no longer."""
        return [cell for cell in self.before if cell not in self.records]

    @property
    def status(self) -> int:
        """The exit status."""
        if self.failed_runs:
            return RUN_FAILED
        return REGRESSED if self.alarms or self.regressions else PASSED

    @property
    def moved(self) -> list[Cell]:
        """Cells whose runs say something else than the baseline, or that it does not have."""
        return [cell for cell, line in self.now.items() if cell not in self.before or not line.same(self.before[cell])]

    @property
    def worst(self) -> tuple[Cell, RunRecord] | None:
        """The run to look at first: of an alarm, or of the regression that goes furthest beyond its tolerance."""
        if self.alarms:
            return self.alarms[0].cell, self.alarms[0].record
        if not self.regressions:
            return None
        worst = max(self.regressions, key=lambda one: one.excess)
        runs = self.records[worst.cell]
        return worst.cell, next((run for run in runs if run["seed"] == worst.worst_seed), runs[0])


def check_suite(
    suite: str | Path,
    seeds: str | int | Iterable[int] = "",
    *,
    baseline: str | Path = "",
    update: bool = False,
    jobs: int | None = None,
    cluster: str = "",
    limit_s: float | None = None,
    out: str | Path = "results",
    rerun: bool = False,
    on_done: OnDone = nothing,
) -> Checked:
    """Check a suite against its baseline, as `zhasyl check` does with options of these names.

    Raises ZhasylError for what is asked amiss, and where the baseline is of another SUMO, content or definition of
    measures. `update` compares with what baseline there is, and writes a new one unless a run failed or showed what is
    not safe.
    """
    check_arguments(locals(), GATE_KINDS)
    read = prepare_suite(str(suite), seed_text(seeds), update and not baseline)
    file = Path(baseline) if baseline else read.baseline_file
    if cluster:
        check_cluster(cluster)
    before = read_lines(read, file, update)

    def run(specs: Iterable[RunSpec]) -> list[RunRecord]:
        return run_many(specs, jobs or default_jobs(), on_done, limit_s or read.limit_s, cluster)

    checked = conclude(read, file, before, run(suite_specs(read, Path(out), rerun)))
    if update:
        write_update(checked)
    return checked


def prepare_suite(suite: str, seeds: str = "", own_seeds: bool = False) -> Suite:
    """The suite with its own or other seeds, these unless its baseline is made. Raises StudyError, of one seed, too."""
    read = read_suite(suite)
    if len(read.seeds) == 1:
        raise StudyError(
            f"{read.file}: one seed, and what it changes is never clear, so nothing could fail; declare 2 or more, "
            'best seeds = "1-5"'
        )
    asked = tuple(parse_seeds(seeds)) if seeds else read.seeds
    if own_seeds and set(asked) != set(read.seeds):
        raise StudyError(
            f"--update with --seeds {shortened(seeds, LONGEST_NAME)}: the baseline has the seeds of {read.file}; "
            "change them there, or name another file with --baseline"
        )
    return replace(read, seeds=asked)


def read_lines(suite: Suite, file: Path, update: bool) -> dict[Cell, Line]:
    """The baseline, refused where it is no measure of this suite's runs; for an update whatever of it is."""
    cells = {cell_of(suite, spec): spec for spec in _one_seed(suite)}
    if update:
        before = _lines_to_replace(writable_file(file))
        return {cell: line for cell, line in before.items() if cell not in cells or not _unlike(cells[cell], line)}
    if not absolute_path(file, StudyError).exists():
        raise StudyError(f"no baseline {file}; make it with --update and commit it")
    before = read_baseline(file)
    if missing := [cell.name for cell in cells if cell not in before]:
        raise StudyError(f"{file} has no {_named(missing)}; add what is new with --update and commit it")
    for cell, spec in cells.items():
        if unlike := _unlike(spec, before[cell]):
            raise StudyError(f"{file}: {cell.name} was measured {unlike}; make a new baseline with --update")
    return before


def _lines_to_replace(file: Path) -> dict[Cell, Line]:
    try:
        return read_baseline(file) if file.exists() else {}
    except DamagedError:
        return {}


def _named(names: Sequence[str]) -> str:
    shown = "; ".join(shortened(name, LONGEST_NAME) for name in names[:MOST_NAMED])
    return shown if len(names) <= MOST_NAMED else f"{shown} and {len(names) - MOST_NAMED} more"


def _unlike(spec: RunSpec, line: Line) -> str:
    """Why a run cannot be compared with a line; '' if it can."""
    versions = spec.origin["versions"]
    if line.sumo != versions["sumo"]:
        return f"with SUMO {line.sumo}, here is {versions['sumo']}"
    if line.measures_version != versions["measures"]:
        return f"with version {line.measures_version} of the measures, here is {versions['measures']}"
    return "" if line.content == spec.scenario.content else "when the scenario had other content"


def _one_seed(suite: Suite) -> list[RunSpec]:
    return replace(suite, seeds=suite.seeds[:1]).specs(Path())


def cell_of(suite: Suite, spec: RunSpec) -> Cell:
    """The line of a baseline that a run belongs to."""
    name = suite.names[suite.scenarios.index(spec.scenario)]
    return Cell(name, spec.scenario.variant, spec.sensor, emissions_text(spec.emissions), spec.controller.label)


def suite_specs(suite: Suite, out: Path, rerun: bool = False) -> list[RunSpec]:
    """The runs of a suite, by cell; those stored by another build are run again. Raises ZhasylError for what cannot."""
    specs = suite.specs(real_path(out))
    stored = {spec.folder: look_at(spec.folder) for spec in specs}
    fresh = {folder for folder, record in stored.items() if record and record.done and record["build"] == build()}
    for scenario in suite.scenarios:
        unplayed = {s.controller.label: s.controller for s in specs if s.scenario is scenario and s.folder not in fresh}
        if unplayed:
            check_playable(scenario, unplayed.values(), suite.sensors)
    return [
        replace(spec, rerun=rerun or (stored[spec.folder] is not None and spec.folder not in fresh)) for spec in specs
    ]


def conclude(suite: Suite, file: Path, before: Mapping[Cell, Line], records: Sequence[RunRecord]) -> Checked:
    """Judge the records of a suite's runs, which are in the order of its specs."""
    commit = commit_of(suite.file.parent)
    cells = [cell_of(suite, spec) for spec in suite.specs(Path())]
    by_cell = {
        cell: [record for _, record in pairs]
        for cell, pairs in groupby(zip(cells, records, strict=True), key=lambda pair: pair[0])
    }
    now = {cell: line_of(cell, runs, commit) for cell, runs in by_cell.items() if all(run.done for run in runs)}
    judged = judge(before, {cell: line for cell, line in now.items() if cell in before}, suite.tolerances)
    alarms = [alarm for cell, runs in by_cell.items() for alarm in _alarms(cell, runs)]
    return Checked(suite, file, before, now, by_cell, judged, alarms, commit)


def _alarms(cell: Cell, runs: Sequence[RunRecord]) -> list[Alarm]:
    finished = [run for run in runs if run.done]
    unsafe = [run for run in finished if own_violations(run.values)]
    failed = [run for run in finished if extent(run.values)]
    found = []
    if unsafe:
        said = breaches([run.values for run in unsafe])
        found.append(Alarm(cell, unsafe[0], one_line(f"not safe: {' '.join(said)}")))
    if failed:
        said = fault_lines([run.values for run in failed]) or _some_signals(failed)
        found.append(Alarm(cell, failed[0], one_line(f"controller failed: {' '.join(said)}")))
    return found


def _some_signals(runs: Sequence[RunRecord]) -> list[str]:
    first = runs[0]["faults"][0]
    return [f"at signal {first['signal']}, seed {runs[0]['seed']}, in {plural(len(runs), 'run')}: {first['reason']}"]


def write_update(checked: Checked) -> bool:
    """Write the new baseline, in which a line stays as it was unless a value moved; not if it should not be one."""
    if checked.failed_runs or checked.alarms:
        return False
    kept = {cell: checked.before[cell] for cell in checked.now if cell not in checked.moved}
    write_baseline(checked.baseline_file, [kept.get(cell, line) for cell, line in checked.now.items()])
    return True
