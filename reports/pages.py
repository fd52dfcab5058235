"""What pages have in common: the frame, tables, where the runs come from and how they are repeated."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from zhasyl.files.clock import time_of_day
from zhasyl.measures import GRIDLOCK_WAITING_S
from zhasyl.optimise.statistics.comparison import Record
from zhasyl.optimise.statistics.verdict import LEAST_SEEDS
from zhasyl.reports.faults import kept_plans
from zhasyl.reports.figures import Drawing
from zhasyl.reports.long_ids import with_breaks
from zhasyl.reports.records import by_label, done, gridlocked, seeds
from zhasyl.reports.sumo_words import Warned, replaced, warned
from zhasyl.reports.tables import notes
from zhasyl.text.language import N_, _, digits, ngettext, pgettext, spoken
from zhasyl.text.steering import neutral

STATUSES = {
    "synthetic": N_("synthetic"),
    "inferred": N_("inferred"),
    "given": N_("given"),
    "published": N_("published"),
    "measured": N_("measured"),
}
"""Of assumptions: `zhasyl.scenarios.model`."""


@dataclass(frozen=True)
class Grid:
    """A table of the page: what it is about, its headings, and its rows of cells, the first of which names it."""

    about: str
    headings: list[str]
    rows: list[list[str]]
    texts: tuple[int, ...] = ()  # columns beside the first that hold words
    verdict: int | None = None  # the column of verdicts
    marks: Sequence[str] | None = None  # by row 'better', 'worse' or nothing; by default the verdict's first word


@dataclass(frozen=True)
class Origin:
    """Where runs come from, what they assume, and how they are repeated."""

    assumptions: list[Mapping[str, str]]
    replaced_options: list[str]
    sumo_warnings: list[Warned]
    facts: list[tuple[str, str]]
    attribution: list[str]
    commands: list[str]


def rendered(template: str, **values: object) -> str:
    """A page from its template: text from outside escaped, and none of it steers a terminal."""
    environment = Environment(
        loader=PackageLoader("zhasyl.reports", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {"ids": with_breaks, "svg": _embedded, "status": status, "translated": _}
    environment.globals |= {"_": _message, "ngettext": _counted}
    known = {"least_seeds": LEAST_SEEDS, "gridlock_s": f"{GRIDLOCK_WAITING_S:g}", "language": spoken().code}
    return neutral(environment.get_template(template).render(**known, **values))


def status(word: str) -> str:
    """How sure an assumption is, in the language spoken."""
    return _(STATUSES.get(word, "")) or word


def _message(message: str, /, **values: object) -> Markup:
    """A message of a template, which may hold elements of HTML; its values are escaped."""
    return Markup(_(message)).format(**values) if values else Markup(_(message))  # noqa: S704 - our own text


def _counted(one: str, many: str, count: int, /, **values: object) -> Markup:
    return Markup(ngettext(one, many, count, n="{n}")).format(**{"n": count, **values})  # noqa: S704 - our own text


def _embedded(drawing: Drawing) -> Markup:
    return Markup(drawing.svg)  # noqa: S704 - made by matplotlib, which escapes its texts


def origin(records: Sequence[Record], commands: list[str]) -> Origin:
    """The origin of runs of one situation; a failed run may lack what the others tell."""
    first = (done(records) or records)[0]
    return Origin(
        assumptions=listed(first, "assumptions"),
        replaced_options=replaced(records),
        sumo_warnings=warned(records),
        facts=_facts(records),
        attribution=listed(first, "attribution"),
        commands=commands,
    )


def listed(record: Record, key: str) -> list[Any]:
    value = record.get(key)
    return list(value) if isinstance(value, list | tuple) else []


def _facts(records: Sequence[Record]) -> list[tuple[str, str]]:
    first = (done(records) or records)[0]
    versions = first.get("versions")
    begin, end = (time_of_day(float(str(first.get(key, 0)))) for key in ("begin_s", "end_s"))
    warm_up_s = float(str(first.get("warm_up_s", 0)))
    return [
        (
            _("Scenario"),
            _("{scenario}, version {version}", scenario=first.get("scenario"), version=first.get("version")),
        ),
        (
            _("Period"),
            _("{begin} to {end}, after {warm_up} s of warm-up", begin=begin, end=end, warm_up=digits(warm_up_s, "g")),
        ),
        (pgettext("their numbers", "Seeds"), seeds(records)),
        (_("Sensor"), str(first.get("sensor"))),
        (
            _("Runs"),
            _(
                "{finished} finished, {stuck} of them gridlocked",
                finished=len(done(records)),
                stuck=gridlocked(done(records)),
            ),
        ),
        (_("Versions"), ", ".join(f"{k} {v}" for k, v in versions.items()) if isinstance(versions, Mapping) else ""),
        ("Python", str(first.get("python", ""))),
        (_("Content"), str(first.get("content", ""))[:16]),
    ]


def warnings(records: Sequence[Record]) -> list[str]:
    """Failed runs, faults of controllers, and signals that keep their plan: never silent."""
    return notes(records) + kept_plans(records)


def commands_of(records: Sequence[Record]) -> list[str]:
    """How each controller's first run is repeated."""
    return [_command(label, runs[0]) for label, runs in by_label(records).items()]


def _command(label: str, record: Record) -> str:
    told = record.get("command")  # it knows the variant and other options
    known = shlex.join(["zhasyl", "run", _source(record), "--controller", label, "--seed", str(record["seed"])])
    return str(told or known)


def _source(record: Record) -> str:
    """The scenario as the command line takes it."""
    return str(record.get("source") or record["scenario"])
