"""Two folders of results on one page: the same scenarios, variants and controllers before and after a rebuild.

The networks differ, so runs have no seed in common and the intervals are Welch's. Everything else is the page's own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from zhasyl.errors import OutputError
from zhasyl.optimise.compare import compare_unpaired
from zhasyl.optimise.comparison import SITUATION
from zhasyl.optimise.verdict import corrected, judged
from zhasyl.reports.results import Results, stored_runs, summaries_of
from zhasyl.runs.store import RunRecord, check_writable

BEFORE_AFTER_FILE = "before-after.html"
REBUILT = ("version", "content")  # what may differ
LABEL = "label"

Alike = tuple[str, ...]


def before_after(before: str | Path, after: str | Path) -> Results:
    """Compare the stored runs of two folders, and write before-after.html into the second; nothing is run.

    Compared is what both have: scenario, variant, sensor, emissions and controller. Raises OutputError for a folder
    without runs or with runs of two versions, for two that have nothing in common, and for what cannot be written.
    """
    first, second = Path(before), Path(after)
    runs, terms = stored_runs(second)
    old, new = _alike(first, stored_runs(first)[0]), _alike(second, runs)
    pairs = list(_pairs(old, new))
    if not pairs:
        raise OutputError(
            f"nothing to compare: {first} has {_named(old)}, {second} has {_named(new)}; run the same scenario with "
            "the same controller on both networks"
        )
    check_writable(second)
    comparisons = [
        one for built, rebuilt in pairs for one in compare_unpaired(_values(built), _values(rebuilt), terms.min_effect)
    ]
    records = [run for pair in pairs for group in pair for run in group]
    results = Results(records, [judged(one) for one in corrected(comparisons)], second / BEFORE_AFTER_FILE)
    from zhasyl.reports.html import write_report

    write_report(second, _values(records), results.comparisons, summaries_of(records), BEFORE_AFTER_FILE)
    return results


def _values(runs: Iterable[RunRecord]) -> list[dict[str, Any]]:
    return [run.values for run in runs]


def _alike(folder: Path, records: Iterable[RunRecord]) -> dict[Alike, list[RunRecord]]:
    """Runs by what has to be the same before and after: situation and controller. Raises OutputError for two builds."""
    found: dict[Alike, list[RunRecord]] = {}
    for record in records:
        keys = (*(key for key in SITUATION if key not in REBUILT), LABEL)
        found.setdefault(tuple(str(record.values.get(key, "")) for key in keys), []).append(record)
    for alike, runs in found.items():
        builds = {tuple(str(run.values.get(key, "")) for key in REBUILT) for run in runs}
        if len(builds) > 1:
            raise OutputError(
                f"{folder} has runs of {len(builds)} versions of scenario '{alike[0]}'; compare each into a folder of "
                "its own"
            )
    return found


def _pairs(
    old: dict[Alike, list[RunRecord]], new: dict[Alike, list[RunRecord]]
) -> Iterator[tuple[list[RunRecord], list[RunRecord]]]:
    """Runs before and after, with labels that say so, in the situation of the ones after."""
    for alike, rebuilt in new.items():
        if alike in old:
            place = {key: rebuilt[0].values.get(key) for key in REBUILT}
            yield (
                [_marked(run, f"{alike[-1]}, before", place) for run in old[alike]],
                [_marked(run, f"{alike[-1]}, after", place) for run in rebuilt],
            )


def _marked(run: RunRecord, label: str, place: dict[str, object]) -> RunRecord:
    return replace(run, values={**run.values, **place, LABEL: label})


def _named(runs: dict[Alike, list[RunRecord]]) -> str:
    return "; ".join(f"{alike[0]} with {alike[-1]}" for alike in runs)
