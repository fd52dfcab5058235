"""Fabricated studies: scenarios × variants × controllers, and sweeps of a parameter, without simulating one."""

from collections.abc import Iterable
from typing import Any

from tests.reports.builders import Record, run
from zhasyl.optimise.statistics.compare import compare_all
from zhasyl.reports.study.summary import Study, study_of

GREENS_S = (4, 6, 8, 12)
JITTER_S = (0.0, 1.1, 0.4, 1.9, 0.7, 1.5)


def place(scenario: str = "abay-seifullin", variant: str = "", sensor: str = "perfect") -> dict[str, Any]:
    """What tells a situation from others."""
    return {"scenario": scenario, "variant": variant, "sensor": sensor, "content": f"{scenario}{variant}"}


def runs(label: str, delay_s: float, seeds: int = 5, **changed: object) -> list[Record]:
    """Runs of a controller whose mean delays lie a little above `delay_s`."""
    return [
        {**run(label, seed), "delay_s": delay_s + seed + JITTER_S[(seed * len(label)) % 6], **changed}
        for seed in range(1, seeds + 1)
    ]


def sweep(defaults: bool = True, seeds: int = 5, **changed: object) -> list[Record]:
    """A fixed plan, and max-pressure with several least greens, of which 8 s is best; 5 s is the default."""
    greens = [("max-pressure", 5.0)] if defaults else []
    greens += [(f"max-pressure:min_green_s={green_s}", float(green_s)) for green_s in GREENS_S]
    found = runs("fixed", 60.0, seeds, **changed)
    for label, green_s in greens:
        delay_s = 30.0 + 0.5 * (green_s - 8) ** 2
        found += runs(label, delay_s, seeds, parameters={"min_green_s": green_s}, **changed)
    return found


def study(records: Iterable[Record], title: str = "Evening peak", baseline: str = "fixed") -> Study:
    """The study of some records."""
    known = list(records)
    return study_of(known, compare_all(known, baseline), title)
