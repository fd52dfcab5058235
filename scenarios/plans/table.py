"""Plans in a CSV, Excel or TOML file, one row a stage.

    signal,from,offset_s,stage,greens,green_s,yellow_s,all_red_s
    J1,07:30,12,main,NB:straight+right SB:straight+right crossing:east,30,3,2
    J1,07:30,12,side,EB:left+straight+right,20,3,2

from      clock time from which the plan is shown; rows of one signal and time are one plan
offset_s  when its first stage begins in each cycle, seconds after midnight and a whole number of cycles
greens    movements and crossings, see zhasyl.scenarios.plans.link_names
green_s   from the start of the stage to its yellow; yellow_s and all_red_s end the stage
split_s   may be given: the sum of these three, or the plan is refused
cycle_s   may be given: the sum of all three over the stages, or the plan is refused
walk_s    of the stage's crossings, from its begin; without it as long as lets who started last be across
reference may be given: the stage whose begin the offset means, in place of the first
state     in place of greens: one letter a link, shown for green_s as it is

Columns may be in Russian or Kazakh (`zhasyl.text.local_words`). A sheet may have titles above its header. A row
that leaves out the signal belongs to the one above; one that leaves out the time too, or has the same, has the offset
and cycle above, as merged cells mean it.

TOML has [[plan]] with signal, from, offset_s, and [[plan.stage]] with the rest, greens as a list.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError

from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.files.clock import clock, clock_s
from zhasyl.files.csv_table import Row, fault_said, unknown_column
from zhasyl.files.sheets import Lines
from zhasyl.files.toml_file import read_toml
from zhasyl.network import Network
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.programme import GivenPlan, Stage, stage_phases
from zhasyl.scenarios.plans.refusals import check_letters
from zhasyl.signals import SignalTiming
from zhasyl.text.local_words import PLAN_COLUMNS, heading

MOST_ROWS = 20_000
MOST_STAGES = 32
ROWS_BEFORE = 20  # titles above the header
PLAN_KEYS = ("signal", "from", "offset_s", "reference", "cycle_s")
TOLERANCE_S = 0.01


def _words(text: object) -> object:
    return tuple(re.split(r"[\s,;]+", text.strip(" ,;"))) if isinstance(text, str) and text.strip(" ,;") else text or ()


def _number(text: object) -> object:
    """A number as typed, perhaps with a decimal comma; a blank cell is none."""
    return None if text == "" else text.replace(",", ".") if isinstance(text, str) else text


class StageRow(Row):
    """A row of the file."""

    signal: Annotated[str, Field(min_length=1)]
    begin_s: Annotated[float, BeforeValidator(clock_s), Field(alias="from")] = 0.0
    offset_s: Annotated[float, BeforeValidator(_number), Field(ge=0, le=600)] = 0.0
    reference: str = ""
    stage: str = ""
    greens: Annotated[tuple[str, ...], BeforeValidator(_words)] = ()
    green_s: Annotated[float, BeforeValidator(_number), Field(gt=0, le=600)]
    yellow_s: Annotated[float, BeforeValidator(_number), Field(ge=0, le=10)]
    all_red_s: Annotated[float, BeforeValidator(_number), Field(ge=0, le=30)]
    split_s: Annotated[float | None, BeforeValidator(_number), Field(gt=0, le=640)] = None
    walk_s: Annotated[float | None, BeforeValidator(_number), Field(gt=0, le=600)] = None
    cycle_s: Annotated[float | None, BeforeValidator(_number), Field(gt=0, le=600)] = None
    state: str = ""


COLUMNS = tuple(field.alias or key for key, field in StageRow.model_fields.items())
REQUIRED = tuple(field.alias or key for key, field in StageRow.model_fields.items() if field.is_required())
Numbered = tuple[int, StageRow]


def sheet_rows(path: Path, lines: Lines) -> list[Numbered]:
    """The rows of a sheet under its header. Raises ScenarioError."""
    top = next((place for place, (_, cells) in enumerate(lines[:ROWS_BEFORE]) if "signal" in map(_column, cells)), 0)
    (first, cells), *rest = lines[top:]
    header = _header(f"{path} row {first}", cells)
    if not rest:
        raise ScenarioError(f"{path}: a header and no row; add a row for each stage")
    rows: list[Numbered] = []
    above: dict[str, str] = {}
    for row, cells in rest:
        given = _continued(_under(f"{path} row {row}", header, cells), above)
        above = {name: given[name] for name in PLAN_KEYS if name in given}
        rows.append((row, _row(f"{path} row {row}", given)))
    return rows


def _column(text: str) -> str:
    """A heading as it is meant: 'Green_s ', 'green s' and 'Зелёный, с' are green_s."""
    return heading(text, PLAN_COLUMNS).strip().lower().replace(" ", "_")


def _header(place: str, cells: list[str]) -> list[str]:
    header = [_column(cell) for cell in cells]
    while header and not header[-1]:
        header.pop()
    for name in header:
        if name not in COLUMNS or header.count(name) > 1:
            raise ScenarioError(f"{place}: {unknown_column(name[:40], list(COLUMNS), PLAN_COLUMNS)}, each once")
    for name in REQUIRED:
        if name not in header:
            raise ScenarioError(f"{place}: column '{name}' is missing; add it (all: {','.join(COLUMNS)})")
    return header


def _under(place: str, header: list[str], cells: list[str]) -> dict[str, str]:
    """The filled cells of a row by their column; those beyond the last one have to be blank."""
    if len(cells) < len(header) or any(cells[len(header) :]):
        raise ScenarioError(f"{place}: {len(cells)} cells under {len(header)} columns; fill the row")
    return {name: cell for name, cell in zip(header, cells, strict=False) if cell}


def _continued(given: dict[str, str], above: dict[str, str]) -> dict[str, str]:
    """A row with what it leaves to the row above, as merged cells do: the signal, then the rest of the same plan."""
    row = {"signal": above["signal"]} | given if "signal" in above else given
    if row.get("signal") != above.get("signal") or row.get("from", above.get("from")) != above.get("from"):
        return row
    return above | row


def toml_rows(path: Path) -> list[Numbered]:
    """The stages of a TOML file, each with its line. Raises ZhasylError."""
    settings, places = read_toml(path, "a file of plans")
    plans = settings.get("plan")
    if set(settings) != {"plan"} or not isinstance(plans, list) or not plans:
        raise ScenarioError(f"{path}: it holds no [[plan]] or something else; write [[plan]] with [[plan.stage]]")
    rows: list[Numbered] = []
    for number, plan in enumerate(plans):
        stages = plan.pop("stage", None) if isinstance(plan, dict) else None
        with places.at("plan", number):
            if not isinstance(stages, list) or not stages or not all(isinstance(stage, dict) for stage in stages):
                raise ScenarioError("a plan without [[plan.stage]]; add its stages")
        for position, stage in enumerate(stages):
            line = places.line("plan", number, "stage", position)
            if twice := sorted(set(plan) & set(stage) | set(stage) & set(PLAN_KEYS)):
                raise ScenarioError(f"{path} line {line}: '{twice[0]}' belongs to the [[plan]], not the stage; move it")
            rows.append((line, _row(f"{path} line {line}", plan | stage)))
    return rows


def _row(place: str, cells: dict[str, Any]) -> StageRow:
    try:
        row = StageRow.model_validate(cells)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        if first["type"] == "extra_forbidden":
            raise ScenarioError(f"{place}: {unknown_name('key', name[:40], COLUMNS)}") from None
        message = fault_said(first["type"], first["msg"])
        raise ScenarioError(f"{place}: {name} '{str(cells.get(name, ''))[:40]}': {message}; fix this value") from None
    if bool(row.greens) == bool(row.state):
        raise ScenarioError(f"{place}: give either greens or a state; now it has {'both' if row.state else 'neither'}")
    return row


def table_plans(path: Path, rows: list[Numbered], network: Network, timing: SignalTiming) -> list[GivenPlan]:
    """The plans of all signals. Raises ScenarioError for unknown names and contradictions."""
    if len(rows) > MOST_ROWS:
        raise ScenarioError(f"{path}: {len(rows)} stages, at most {MOST_ROWS}; split it")
    unit = "line" if path.suffix == ".toml" else "row"
    words: dict[str, SignalWords] = {}
    plans = []
    for (signal, begin_s), members in groupby(rows, key=lambda numbered: (numbered[1].signal, numbered[1].begin_s)):
        own = list(members)
        if signal not in network.programmes:
            known = sorted(network.programmes)
            raise ScenarioError(f"{path} {unit} {own[0][0]}: {unknown_name('signal', signal[:60], known)[:500]}")
        words.setdefault(signal, SignalWords(network, signal))
        plans.append(_plan(path, unit, own, words[signal], timing))
        if any(plan.signal == signal and plan.begin_s == begin_s for plan in plans[:-1]):
            raise plans[-1].fault(f"a second plan from {clock(begin_s)}; put its rows together or give another time")
    return plans


def _plan(path: Path, unit: str, rows: list[Numbered], words: SignalWords, timing: SignalTiming) -> GivenPlan:
    line, first = rows[0]
    if len(rows) > MOST_STAGES:
        raise ScenarioError(f"{path} {unit} {line}: {len(rows)} stages, at most {MOST_STAGES}; give fewer")
    for other, row in rows:
        if (row.offset_s, row.cycle_s, row.reference) != (first.offset_s, first.cycle_s, first.reference):
            what = "reference" if row.reference != first.reference else "offset or cycle"
            raise ScenarioError(
                f"{path} {unit} {other}: {what} differs from that of {unit} {line}; a plan has one of each"
            )
    stages = tuple(_stage(path, unit, other, row, words) for other, row in rows)
    plan = GivenPlan(path, line, words.id, first.begin_s, first.offset_s, stage_phases(words, stages, timing), unit)
    if first.cycle_s is not None and abs(plan.cycle_s - first.cycle_s) > TOLERANCE_S:
        raise plan.fault(f"cycle_s {first.cycle_s:g}, but its stages take {plan.cycle_s:g} s; correct one of them")
    before_s = _before_s(plan, first.reference, stages)
    return replace(plan, offset_s=(first.offset_s - before_s) % plan.cycle_s) if before_s else plan


def _before_s(plan: GivenPlan, reference: str, stages: tuple[Stage, ...]) -> float:
    """From the begin of the first stage to that of the one that the offset means."""
    names = [stage.name for stage in stages]
    if not reference:
        return 0.0
    if names.count(reference) != 1:
        known = unknown_name("stage", reference[:40], names)[:300]
        raise plan.fault(f"reference: {'several stages have this name' if reference in names else known}; name one")
    return sum(stage.green_s + stage.yellow_s + stage.all_red_s for stage in stages[: names.index(reference)])


def _stage(path: Path, unit: str, line: int, row: StageRow, words: SignalWords) -> Stage:
    place = f"{path} {unit} {line}: signal '{words.id[:60]}', stage '{row.stage[:40]}'"
    if row.state and len(row.state) != words.size:
        raise ScenarioError(f"{place}: state '{row.state[:60]}' has {len(row.state)} letters, the signal {words.size}")
    try:
        said = dict(_letters(row.greens, words))
        letters = words.conflicts.lettered(said)
        check_letters(words, said, letters)
    except ScenarioError as error:
        raise ScenarioError(f"{place}: {error}") from None
    _check_times(place, row, bool(words.walks & letters.keys()))
    return Stage(line, row.stage, letters, row.green_s, row.yellow_s, row.all_red_s, row.state, row.walk_s)


def _check_times(place: str, row: StageRow, walks: bool) -> None:
    split_s = row.green_s + row.yellow_s + row.all_red_s
    if row.split_s is not None and abs(row.split_s - split_s) > TOLERANCE_S:
        raise ScenarioError(
            f"{place}: split_s {row.split_s:g}, but green, yellow and all-red take {split_s:g} s; correct one"
        )
    if row.walk_s is not None and not walks:
        raise ScenarioError(f"{place}: walk_s {row.walk_s:g}, but no crossing in its greens; add one or leave it out")
    if row.walk_s is not None and row.walk_s > row.green_s:
        raise ScenarioError(f"{place}: walk_s {row.walk_s:g} is over its green of {row.green_s:g} s; shorten it")


def _letters(greens: Iterable[str], words: SignalWords) -> Iterator[tuple[int, str]]:
    for word in greens:
        links, letter = words.find(word)
        yield from ((link, letter) for link in links)
