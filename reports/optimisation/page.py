"""The before-and-after page of a search: one self-contained file, no script, text from outside escaped."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from zhasyl.controllers import parse_controller
from zhasyl.controllers.parts.corridors import Corridor, find_corridors
from zhasyl.controllers.parts.plan_player import fitted
from zhasyl.measures import CONTROL_DELAY, MEASURES
from zhasyl.optimise.plan_files import PLAN_FILE, SUMO_FILE
from zhasyl.optimise.result import Result
from zhasyl.optimise.statistics.comparison import Record
from zhasyl.reports.faults import alarms
from zhasyl.reports.figures import Drawing
from zhasyl.reports.optimisation.changes import PlanChange, approach_changes, plan_changes
from zhasyl.reports.optimisation.convergence import convergence_drawing
from zhasyl.reports.optimisation.grids import (
    MOST_SIGNALS,
    approaches_grid,
    plans_grid,
    proof_grid,
    robustness_grid,
    robustness_title,
    seeds_grid,
    starts_grid,
    starts_title,
    tried,
)
from zhasyl.reports.optimisation.phases import Words, phase_drawing
from zhasyl.reports.optimisation.waves import Plans, Waves, waves_drawing
from zhasyl.reports.optimisation.words import headlines, limits_line, model_line, proof_line, spent_line, starts_line
from zhasyl.reports.pages import Origin, commands_of, origin, rendered, warnings
from zhasyl.reports.records import RunSummaries
from zhasyl.reports.tables import method_notes
from zhasyl.reports.violations import breaches, safety_lines
from zhasyl.runs.planning import area_of
from zhasyl.runs.store import write_text
from zhasyl.scenarios.turns import DIRECTIONS
from zhasyl.text.words import plural

PAGE_FILE = "optimise.html"
MOST_DIAGRAMS = 12  # signals
MOST_CORRIDORS = 6


def write_page(out: Path, result: Result) -> Path:
    """Write optimise.html into `out` and answer its path; raises OutputError."""
    area = area_of(result.scenario, parse_controller("fixed"))
    ways = area.network.outgoing.values()
    turns = {(way.from_edge, way.to_edge): DIRECTIONS.get(way.direction, "") for leaving in ways for way in leaving}
    known = [one for one in find_corridors(area) if result.signals.keys() >= set(one.signals)]
    return write_text(out / PAGE_FILE, page(result, known, turns))


def page(result: Result, corridors: Sequence[Corridor], turns: Mapping[tuple[str, str], str]) -> str:
    """The page as text; corridors with the heaviest first, and what movements are called, by approach and exit."""
    records: list[Record] = [record.values for record in result.records]
    approaches = approach_changes(records, summaries_of(result))
    changes = plan_changes(result.signals, result.present, result.tried)
    drawn = corridors[:MOST_CORRIDORS] if changes else []
    of_approaches = approaches_grid(approaches, tried(result))
    words = Words({one.approach: one.name for one in approaches}, turns)
    convergence = convergence_drawing(result.steps, result.objective.title, result.objective.unit)
    return rendered(
        "optimisation_template.html",
        alarms=[*breaches(records), *alarms(records)],
        name=result.scenario.id,
        title=_titled(result),
        headlines=headlines(result, approaches),
        warnings=[*result.remarks, *warnings(records)],
        proof=proof_grid(result) if result.proof else None,
        proof_notes=[proof_line(result), *method_notes(result.proof), *safety_lines(records)],
        seeds=seeds_grid(result) if result.proof else None,
        starts=starts_grid(result) if result.starts else None,
        starts_title=starts_title(result),
        starts_line=starts_line(result),
        robustness=robustness_grid(result) if result.robustness else None,
        robustness_title=robustness_title(result) if result.robustness else "",
        robustness_notes=method_notes([one.comparison for one in result.robustness]),
        limits_line=limits_line(result.limits),
        changes_line=_changes_line(result, changes),
        phases=[phase_drawing(one, words, tried(result)) for one in changes[:MOST_DIAGRAMS]],
        plans=plans_grid(changes) if changes else None,
        plans_file=PLAN_FILE if result.better else "optimise.json",
        plans_left_out=len(changes[MOST_SIGNALS:]),
        waves=[_waves(result, number, corridor) for number, corridor in enumerate(drawn, start=1)],
        waves_left_out=len(corridors[len(drawn) :]) if drawn else 0,
        approaches=of_approaches if approaches else None,
        others=any(not one.controlled for one in approaches),
        approaches_left_out=len(approaches) - len(of_approaches.rows),
        convergence=convergence,
        search=[spent_line(result), model_line(result.model)],
        files=_files(result) if result.better else [],
        origin=_origin(result, records),
        measures=(*MEASURES, CONTROL_DELAY),
    )


def summaries_of(result: Result) -> RunSummaries:
    """The summary of each run of the proof."""
    by_key = {record["key"]: record for record in result.records}
    return lambda record: by_key[record["key"]].summary()


def _titled(result: Result) -> str:
    scenario = result.scenario
    of_another_period = "period=" in scenario.variant  # the title is about the scenario's own one
    name = scenario.id if of_another_period else scenario.title or scenario.id
    return f"{name} ({scenario.variant})" if scenario.variant else name


def _changes_line(result: Result, changes: Sequence[PlanChange]) -> str:
    known = len(result.present)
    if not changes:
        return "The signal keeps its plan." if known == 1 else f"All {known} signals keep their plans."
    many = f"{len(changes)} of {plural(known, 'signal')} {'has' if len(changes) == 1 else 'have'} another plan"
    said = (
        f"{many}." if result.better else f"The present plan stays. In the best plan tried {many}, drawn for comparison."
    )
    if len(changes) > MOST_DIAGRAMS:
        return f"{said} Drawn are the {MOST_DIAGRAMS} that changed most, by seconds of green and offset."
    return said


def _waves(result: Result, number: int, corridor: Corridor) -> Drawing:
    signals = {name: result.signals[name] for name in corridor.signals}

    def under(plans: Plans) -> Waves:
        own = {name: plans.get(name) or fitted(signal, signal.plan) for name, signal in signals.items()}
        return Waves(corridor, signals, own, result.scenario.begin_s)

    return waves_drawing(number, under(result.present), under({**result.present, **result.tried}), tried(result))


def _files(result: Result) -> list[tuple[str, str, str]]:
    """Name, meaning and command of what to use next."""
    name, variant = result.scenario.source or result.scenario.id, result.scenario.variant
    of_variant, player = ["--variant", variant] if variant else [], f"fixed:plans={PLAN_FILE}"
    others = ["--controllers", f"fixed,webster,green-wave,{player}", "--seeds", "201-210"]
    return [
        (
            PLAN_FILE,
            "the plan as a table that a spreadsheet opens; to play it, in the folder of this page:",
            shlex.join(["zhasyl", "run", name, "--controller", player, *of_variant]),
        ),
        (
            "compare",
            "it with plans that nobody has to search for, on seeds that no search saw; such plans know no limits:",
            shlex.join(["zhasyl", "compare", name, *others, *of_variant]),
        ),
        (SUMO_FILE, "the same plan as SUMO's own tlLogic; name it last among the additional files of the scenario", ""),
    ]


def _origin(result: Result, records: Sequence[Record]) -> Origin:
    if records:
        return origin(records, commands_of(records))
    assumptions: list[Mapping[str, str]] = [asdict(one) for one in result.scenario.assumptions]
    return Origin(assumptions, list(result.scenario.replaced_options), [], [], list(result.scenario.attribution), [])
