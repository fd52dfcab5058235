"""Two folders of results on one page: the same scenarios, variants and controllers before and after a rebuild.

The networks differ, so runs have no seed in common and the intervals are Welch's. Everything else is the page's own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from zhasyl.errors import OutputError
from zhasyl.files.output import check_writable
from zhasyl.optimise.statistics.compare import compare_unpaired
from zhasyl.optimise.statistics.comparison import SITUATION, Comparison
from zhasyl.optimise.statistics.verdict import corrected, judged
from zhasyl.reports.results import Results, speaking_of, stored_runs, summaries_of
from zhasyl.runs.store import RunRecord
from zhasyl.text.language import ENGLISH, _, check_language

BEFORE_AFTER_FILE = "before-after.html"
REBUILT = ("version", "content")  # what may differ
LABEL = "label"

Alike = tuple[str, ...]


def before_after(before: str | Path, after: str | Path, lang: str = ENGLISH) -> Results:
    """Compare the stored runs of two folders, and write before-after.html into the second; nothing is run.

    Compared is what both have: scenario, variant, sensor, emissions and controller. Raises OutputError for a folder
    without runs or with runs of two versions, for two that have nothing in common, and for what cannot be written.
    `lang` is the page's language: en, kk or ru.
    """
    check_language(lang)
    first, second = Path(before), Path(after)
    runs, terms = stored_runs(second)
    old, new = _alike(first, stored_runs(first)[0]), _alike(second, runs)
    if not old.keys() & new.keys():
        raise OutputError(
            f"nothing to compare: {first} has {_named(old)}, {second} has {_named(new)}; the folders need a "
            "scenario of one name, with one variant, sensor and controller"
        )
    check_writable(second)
    with speaking_of(_values(runs), lang):
        shown = Results(*_compared(old, new, terms.min_effect), second / BEFORE_AFTER_FILE)
        _write_page(second, shown, [run for group in (old, new) for own in group.values() for run in own])
    return Results(*_compared(old, new, terms.min_effect), second / BEFORE_AFTER_FILE)


def _write_page(folder: Path, shown: Results, stored: Iterable[RunRecord]) -> None:
    """Labels say before and after in the page's language."""
    from zhasyl.reports.diagrams.evidence import tables_of
    from zhasyl.reports.diagrams.rebuilt import WAS, rebuilt_diagrams
    from zhasyl.reports.html import write_report

    was = {run.folder: run.values for run in stored}
    values = [{**run.values, WAS: was[run.folder]} for run in shown.records]
    tables = tables_of({run["key"]: run for run in shown.records})
    summaries = summaries_of(shown.records)
    write_report(folder, values, shown.comparisons, summaries, shown.page.name, tables, draw=rebuilt_diagrams)


def _compared(
    old: dict[Alike, list[RunRecord]], new: dict[Alike, list[RunRecord]], min_effect: float
) -> tuple[list[RunRecord], list[Comparison]]:
    pairs = list(_pairs(old, new))
    comparisons = [
        one for built, rebuilt in pairs for one in compare_unpaired(_values(built), _values(rebuilt), min_effect)
    ]
    records = [run for pair in pairs for group in pair for run in group]
    return records, [judged(one) for one in corrected(comparisons)]


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
                [_marked(run, _("{controller}, before", controller=alike[-1]), place) for run in old[alike]],
                [_marked(run, _("{controller}, after", controller=alike[-1]), place) for run in rebuilt],
            )


def _marked(run: RunRecord, label: str, place: dict[str, object]) -> RunRecord:
    return replace(run, values={**run.values, **place, LABEL: label})


def _named(runs: dict[Alike, list[RunRecord]]) -> str:
    return "; ".join(f"{_situation(alike)} with {alike[-1]}" for alike in runs)


def _situation(alike: Alike) -> str:
    """'town (demand_scale=1.1, sensor loops)'."""
    names = [key for key in SITUATION if key not in REBUILT]
    said = dict(zip(names, alike, strict=False))
    changed = [
        said["variant"],
        *(f"{key} {said[key]}" for key, usual in (("sensor", "perfect"), ("emissions", "all")) if said[key] != usual),
    ]
    return said["scenario"] + (f" ({', '.join(filter(None, changed))})" if any(changed) else "")
