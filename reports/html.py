"""One self-contained HTML page per comparison: no script, no outside resource, text from outside escaped."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from zhasyl.measures import GRIDLOCK_WAITING_S, MEASURE_BY_KEY, MEASURES
from zhasyl.optimise.compare import Comparison, Record, is_done
from zhasyl.reports.aggregates import (
    approach_table,
    green_shares,
    longest_queues,
    queue_series,
    step_s,
)
from zhasyl.reports.figures import Drawing, colours, delay_figure, green_figure, queue_figure
from zhasyl.reports.records import (
    RunTables,
    by_label,
    by_situation,
    clock,
    done,
    gridlocked,
    names,
    plural,
    seeds,
    signed,
    written,
)
from zhasyl.reports.tables import (
    QUEUES,
    SERVICE,
    VERDICTS,
    confidence,
    difference,
    family_note,
    interval,
    mean_delay,
    measure_title,
    notes,
    p_value,
    rows,
    runs_called_for,
    summary_table,
)
from zhasyl.store import write_text

REPORT_FILE = "report.html"
MOST_APPROACHES = 24  # rows of the table of approaches, the longest queues first


@dataclass(frozen=True)
class Differences:
    """The table of one controller against the baseline: measure, difference, interval, p, verdict."""

    title: str
    interval: str
    rows: list[list[str]]


@dataclass(frozen=True)
class Section:
    """What the page says about one situation (a scenario with its version, content and sensor)."""

    name: str
    title: str
    headlines: list[str]
    facts: list[tuple[str, str]]
    warnings: list[str]
    headings: list[str]
    means: list[tuple[str, list[str]]]
    comparisons: list[Differences]
    note: str
    drawings: list[Drawing]
    approaches: list[dict[str, str]]
    approaches_left_out: int
    assumptions: list[Mapping[str, str]]
    attribution: list[str]
    commands: list[str]


def write_report(folder: Path, records: Sequence[Record], comparisons: Sequence[Comparison], tables: RunTables) -> Path:
    """Write report.html into `folder` and answer its path; raises OutputError."""
    places = by_situation(records)
    colour = colours(list(by_label(records)))
    titles = names(places)
    sections = [
        _section(
            titles[place],
            group,
            [one for one in comparisons if one.situation == place],
            family_note(comparisons),
            tables,
            colour,
        )
        for place, group in places.items()
    ]
    environment = Environment(
        loader=PackageLoader("zhasyl.reports", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    page = environment.get_template("report_template.html").render(
        sections=sections,
        measures=MEASURES,
        gridlock_s=f"{GRIDLOCK_WAITING_S:g}",
        svg=lambda drawing: Markup(drawing.svg),  # noqa: S704 - made by matplotlib, which escapes its texts
    )
    return write_text(folder / REPORT_FILE, page)


def _section(
    name: str,
    records: Sequence[Record],
    comparisons: Sequence[Comparison],
    note: str,
    tables: RunTables,
    colour: Mapping[str, str],
) -> Section:
    finished = done(records)
    first = (finished or records)[0]  # a failed run may lack what the others tell
    approaches, left_out = _approaches(approach_table(finished, tables))
    return Section(
        name=name,
        title=f"{first.get('title', first['scenario'])}{name.removeprefix(str(first['scenario']))}",
        headlines=_headlines(records, comparisons),
        facts=_facts(records),
        warnings=_warnings(records),
        headings=["Controller", *(f"{c.title}{f' ({c.unit})' if c.unit else ''}" for c in (*SERVICE, *QUEUES))],
        means=[
            (str(row["controller"]), [column.cell(row) for column in (*SERVICE, *QUEUES)])
            for row in rows(summary_table(records))
        ],
        comparisons=_differences(comparisons),
        note=note,
        drawings=_drawings(finished, tables, colour),
        approaches=approaches,
        approaches_left_out=left_out,
        assumptions=_listed(first, "assumptions"),
        attribution=_listed(first, "attribution"),
        commands=_commands(records),
    )


def _listed(record: Record, key: str) -> list[Any]:
    value = record.get(key)
    return list(value) if isinstance(value, list | tuple) else []


def _headlines(records: Sequence[Record], comparisons: Sequence[Comparison]) -> list[str]:
    """What came out, in plain words: one sentence for each controller against the baseline."""
    unserved = {str(row["controller"]): written(row["unserved_veh"], 1) for row in rows(summary_table(records))}
    found = [_headline(one, unserved) for one in comparisons if one.measure == "delay_s"]
    if found:
        return found
    return [
        f"{row['controller']}: mean delay {mean_delay(row)} s per trip over {plural(int(row['n']), 'seed')}, "
        f"{written(row['unserved_veh'], 1)} trips unserved at the end."
        for row in rows(summary_table(records))
    ]


def _headline(one: Comparison, unserved: Mapping[str, str]) -> str:
    if one.n and one.difference is None:
        return f"{one.controller} against {one.baseline}: a run has no mean delay, nothing can be said."
    if one.baseline_mean is None or one.candidate_mean is None or one.difference is None:
        return f"{one.controller} against {one.baseline}: no common finished seeds, nothing can be said."
    change = (
        f"{written(one.baseline_mean, 1)} to {written(one.candidate_mean, 1)} s per trip ({signed(one.difference, 1)} s"
    )
    change += f", {confidence([one])} interval {interval(one)}" if one.low is not None else ""
    change += f", {plural(one.n, 'seed')}; trips unserved {unserved[one.baseline]} and {unserved[one.controller]})"
    if one.verdict == "better":
        return f"{one.controller} cuts the mean delay from {change} against {one.baseline}."
    if one.verdict == "worse":
        return f"{one.controller} raises the mean delay from {change} against {one.baseline}."
    if one.verdict == "same":
        same = "differ by less than is worth telling" if one.min_effect else "have the same mean delay in every run"
        return f"{one.controller} and {one.baseline} {same}: {change}."
    return f"Whether {one.controller} changes the mean delay against {one.baseline} cannot be told yet: {change}."


def _facts(records: Sequence[Record]) -> list[tuple[str, str]]:
    first = (done(records) or records)[0]
    versions = first.get("versions")
    begin_s, end_s = float(str(first.get("begin_s", 0))), float(str(first.get("end_s", 0)))
    return [
        ("Scenario", f"{first.get('scenario')}, version {first.get('version')}"),
        ("Variant", str(first.get("variant") or "as it is")),
        ("Period", f"{clock(begin_s)} to {clock(end_s)}, after {float(str(first.get('warm_up_s', 0))):g} s of warm-up"),
        ("Seeds", seeds(records)),
        ("Sensor", str(first.get("sensor"))),
        ("Runs", f"{len(done(records))} finished, {gridlocked(done(records))} of them gridlocked"),
        ("Runs called for", runs_called_for(records)),
        ("Versions", ", ".join(f"{k} {v}" for k, v in versions.items()) if isinstance(versions, Mapping) else ""),
        ("Python", str(first.get("python", ""))),
        ("Content", str(first.get("content", ""))[:16]),
    ]


def _warnings(records: Sequence[Record]) -> list[str]:
    """Failed runs, faults of controllers, and signals that keep their plan: never silent."""
    found = notes(records)
    for record in filter(is_done, records):
        found += [
            f"{record['label']}, seed {record['seed']}: signal {fault['signal']} fell back to its fixed plan at "
            f"{fault['time_s']:g} s ({fault['reason']})"
            for fault in _listed(record, "faults")
        ]
    kept = dict.fromkeys(
        (signal, reason)
        for record in records
        if isinstance(record.get("uncontrolled"), Mapping)
        for signal, reason in cast(Mapping[str, str], record["uncontrolled"]).items()
    )
    return found + [f"Signal {signal} is not controlled and keeps its plan: {reason}" for signal, reason in kept]


def _differences(comparisons: Sequence[Comparison]) -> list[Differences]:
    groups: dict[str, list[Comparison]] = {}
    for one in comparisons:
        groups.setdefault(f"{one.controller} against {one.baseline}, {plural(one.n, 'seed')}", []).append(one)
    return [
        Differences(
            title,
            f"{confidence(ones)} interval",
            [[measure_title(one), difference(one), interval(one), p_value(one), VERDICTS[one.verdict]] for one in ones],
        )
        for title, ones in groups.items()
    ]


def _drawings(finished: Sequence[Record], tables: RunTables, colour: Mapping[str, str]) -> list[Drawing]:
    if not finished:
        return []
    drawings = [delay_figure(finished, colour)]
    series = queue_series(finished, tables)
    if series.empty:
        return drawings
    known = tables(finished[0], "approaches")
    called = {(str(r.signal), str(r.approach)): str(r.name) for r in known.itertuples(index=False)}
    drawings.append(queue_figure(series, called, colour, step_s(finished)))
    shares = green_shares(finished, tables)
    staged = shares[shares.index.get_level_values("stage") >= 0].index.get_level_values("signal")
    order = [str(signal) for signal in longest_queues(series, ["signal"]).index if signal in set(staged)]
    return [*drawings, green_figure(shares, order)] if order else drawings


def _approaches(table: pd.DataFrame) -> tuple[list[dict[str, str]], int]:
    """Rows of the approaches with the longest queues, and how many are left out."""
    if table.empty:
        return [], 0
    busiest = table.groupby(["signal", "approach"], sort=False)["queue_mean_veh"].sum()
    chosen = busiest.sort_values(ascending=False, kind="stable").index[:MOST_APPROACHES]
    decimals = {key: MEASURE_BY_KEY[key].decimals for key in ("queue_mean_veh", "queue_max_veh", "back_of_queue_p95_m")}
    found = []
    for place in chosen:
        own = table[(table["signal"] == place[0]) & (table["approach"] == place[1])]
        for row in own.to_dict("records"):
            queue = {key: written(float(row[key]), places) for key, places in decimals.items()}
            delay = {"control_delay_s": written(float(row["control_delay_s"]), 1), "los": str(row["los"])}
            found.append({"name": str(row["name"]), "signal": str(row["signal"]), "label": str(row["label"]),
                          **delay, **queue})  # fmt: skip
    return found, len(busiest) - len(chosen)


def _commands(records: Sequence[Record]) -> list[str]:
    """How each controller's first run is repeated."""
    return [_command(runs[0], label) for label, runs in by_label(records).items()]


def _command(record: Record, label: str) -> str:
    variant = ["--variant", str(record["variant"])] if record.get("variant") else []
    return shlex.join(
        ["zhasyl", "run", _source(record), "--controller", label, "--seed", str(record["seed"]), *variant]
    )


def _source(record: Record) -> str:
    """The scenario as the command line takes it."""
    return str(record.get("source") or record["scenario"])
