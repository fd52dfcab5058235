"""How what a check found is said: once, for the terminal, JUnit and the annotations of a pull request."""

import os
import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from zhasyl.gate.baseline import Cell
from zhasyl.gate.checking import Checked
from zhasyl.gate.judge import Judged
from zhasyl.measures import MEASURE_BY_KEY
from zhasyl.reports.records import measured, signed
from zhasyl.runs.provenance import build
from zhasyl.runs.store import RunRecord
from zhasyl.text.words import one_line, plural

RUNS, SAFETY = "runs", "safety"


class Finding(NamedTuple):
    """What fails in a cell: of which measure, or `runs` or `safety`, and what is said of it."""

    cell: Cell
    subject: str
    text: str


def findings(checked: Checked) -> Iterator[Finding]:
    """All that fails: runs, what is not safe, measures."""
    for cell, records in checked.records.items():
        if failed := [record for record in records if not record.done]:
            yield Finding(cell, RUNS, one_line(f"{plural(len(failed), 'run')} failed: {'; '.join(_reasons(failed))}"))
    yield from (Finding(alarm.cell, SAFETY, alarm.text) for alarm in checked.alarms)
    yield from (Finding(one.cell, one.measure, sentence(one)) for one in checked.regressions)


def _reasons(failed: Sequence[RunRecord]) -> Iterator[str]:
    """Each reason once, with the command of its first run."""
    alike: dict[str, list[RunRecord]] = {}
    for record in failed:
        alike.setdefault(record["reason"], []).append(record)
    for reason, records in alike.items():
        seeds = ", ".join(str(record["seed"]) for record in records)
        yield f"{'seed' if len(records) == 1 else 'seeds'} {seeds}: {reason} ({repeat(records[0])})"


def sentence(one: Judged) -> str:
    """'delay 45.2 → 50.1 s/trip, +10.8 %, where 3% is tolerated (regression, p 0.003, 5 seeds, paired)'."""
    measure = MEASURE_BY_KEY[one.measure]
    values = f"{measured(one.measure, one.before)} → {measured(one.measure, one.now)} {measure.unit}"
    if one.verdict == "no value":
        return f"{measure.title}: {measured(one.measure, one.before)} {measure.unit} before, and now a run has no value"
    how = "paired" if one.paired else "unpaired"
    known = "" if one.p is None else f"p {p_words(one.p)}, "
    return (
        f"{measure.title}: {values}, {change_words(one)}, where {one.tolerance.text} is tolerated "
        f"({one.verdict}, {known}{plural(one.n, 'seed')}, {how})"
    )


def change_words(one: Judged) -> str:
    """The change as a share, or in the measure's unit where the baseline is 0; never a change written as none."""
    if one.share is None:
        return signed(one.change, MEASURE_BY_KEY[one.measure].decimals)
    return f"{signed(100 * one.share, 1)} %"


def p_words(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def summary(checked: Checked) -> str:
    """One line of what came of it."""
    differing = {one.cell for one in checked.judged if one.verdict != "identical"}
    parts = [f"{plural(len(checked.records), 'cell')}, {plural(sum(map(len, checked.records.values())), 'run')}"]
    if all(one.paired for one in checked.judged):
        parts.append(f"{len(checked.now.keys() - differing)} identical to the baseline")
    else:
        parts.append("compared unpaired, as not all seeds are in the baseline")
    counts = {
        "regression": len(checked.regressions),
        "alarm": len(checked.alarms),
        "failed run": len(checked.failed_runs),
        "improvement": len(checked.improvements),
    }
    parts += [plural(count, what) for what, count in counts.items() if count]
    verdict = {0: "passed", 1: "failed", 3: "a run failed"}[checked.status]
    return one_line(f"{checked.suite.title}: {verdict}: {'; '.join(parts)}")


def advice(checked: Checked) -> Iterator[str]:
    """What is worth knowing beside the verdict."""
    if checked.worst:
        cell, record = checked.worst
        yield f"worst case: {cell.name}, seed {record['seed']}; to see it{_at(checked.commit)}: {repeat(record)}"
        yield from _baseline_made(checked, cell)
    unclear = sum(one.verdict == "not clear" and one.p is not None for one in checked.judged)
    if unclear:
        moved = "has moved further than tolerated, but" if unclear == 1 else "have moved further than tolerated, but"
        yield f"{plural(unclear, 'measure')} {moved} the seeds differ too much to tell: declare more seeds"
    unknown = sum(one.verdict == "not clear" and one.p is None for one in checked.judged)
    if unknown:
        yield f"{plural(unknown, 'measure')} not compared, the baseline has no value: {update_command(checked)}"
    if len(checked.suite.seeds) == 1:
        yield "one seed: whatever a measure does, it is not clear; declare more seeds"
    if checked.regressions and not (checked.alarms or checked.failed_runs):
        yield f"if the change is meant, make it the baseline: {update_command(checked)}"
    elif checked.improvements and not checked.status:
        yield f"{plural(len(checked.improvements), 'improvement')} worth a new baseline: {update_command(checked)}"
    if checked.left_out:
        count = plural(len(checked.left_out), "cell")
        yield f"the baseline has {count} that the suite no longer has; --update takes them out"


def _baseline_made(checked: Checked, cell: Cell) -> Iterator[str]:
    """At which commit; where it was made of what was not committed yet, how to find the commit that holds it."""
    made = checked.before[cell].commit if cell in checked.before else ""
    if made.endswith("+"):
        line = baseline_lines(checked)[cell]
        blame = shlex.join(["git", "blame", "-L", f"{line},{line}", str(checked.baseline_file)])
        yield f"its baseline was made at commit {made[:-1]} with changes not committed yet; to find theirs: {blame}"
    elif made:
        yield f"its baseline was made at commit {made}: git checkout {made}, and the same command"


def baseline_lines(checked: Checked) -> dict[Cell, int]:
    """The line of each cell in the baseline: the first is the header's."""
    return {cell: number for number, cell in enumerate(checked.before, start=2)}


def repeat(record: RunRecord) -> str:
    """The command of a run, with paths from the folder where this one runs: another machine has another above it."""
    here = re.escape(os.path.join(Path.cwd(), ""))
    return re.sub(rf"(?<![^\s'=,]){here}", "", record["command"])


def update_command(checked: Checked) -> str:
    other = ["--baseline", str(checked.baseline_file)] if checked.baseline_file != checked.suite.baseline_file else []
    return shlex.join(["zhasyl", "check", str(checked.suite.file), *other, "--update"])


def _at(commit: str) -> str:
    return f", at commit {commit}" if commit else ""


def document(checked: Checked, status: int) -> dict[str, Any]:
    """What --json prints of a command that ends with `status`."""
    by_cell: dict[Cell, list[Judged]] = {}
    for one in checked.judged:
        by_cell.setdefault(one.cell, []).append(one)
    worst = checked.worst
    return {
        "suite": str(checked.suite.file),
        "title": checked.suite.title,
        "baseline": str(checked.baseline_file),
        "status": status,
        "commit": checked.commit,
        "build": build(),
        "cells": [
            {
                **cell._asdict(),
                "seeds": [record["seed"] for record in records],
                "moved": cell in checked.moved,
                "baseline_commit": checked.before[cell].commit if cell in checked.before else None,
                "measures": [_said(one) for one in by_cell.get(cell, [])],
            }
            for cell, records in checked.records.items()
        ],
        "alarms": [{**one.cell._asdict(), "seed": one.record["seed"], "text": one.text} for one in checked.alarms],
        "failed": [record.values for record in checked.failed_runs],
        "worst": {**worst[0]._asdict(), "seed": worst[1]["seed"], "command": repeat(worst[1])} if worst else None,
        "left_out": [cell._asdict() for cell in checked.left_out],
    }


def _said(one: Judged) -> dict[str, Any]:
    return {
        "measure": one.measure,
        "verdict": one.verdict,
        "before": one.before,
        "now": one.now,
        "change": one.change,
        "share": one.share,
        "tolerance": one.tolerance.text,
        "p": one.p,
        "n": one.n,
        "paired": one.paired,
        "worst_seed": one.worst_seed,
    }
