"""The price of change: who runs the signals pays for each second by which a plan moves."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.errors import ZhasylError
from zhasyl.optimise.plans.choices import PlanBatch, SignalChoice

NAMES = ("greens", "cycle", "offset")


@dataclass(frozen=True)
class ChangePrice:
    """Units of the objective a second of change, mean over signals: of greens (all of a signal's), cycle, offset."""

    greens: float = 0.0
    cycle: float = 0.0
    offset: float = 0.0

    def of(self, batch: PlanBatch, choices: Sequence[SignalChoice]) -> FloatArray:
        """What each candidate costs [c]."""
        total = np.zeros(len(batch))
        if not any((self.greens, self.cycle, self.offset)):
            return total
        for index, choice in enumerate(choices):
            cycle_s, moved_s = batch.cycle_s[:, index], np.zeros(len(batch))
            present_s = np.array(choice.present.greens_s)
            for number, order in enumerate(choice.sequences):
                rows = np.flatnonzero(batch.sequence[:, index] == number)
                greens_s = np.zeros((len(rows), choice.places))
                greens_s[:, list(order)] = batch.greens_s[rows, index, : len(order)]
                moved_s[rows] = np.abs(greens_s - present_s).sum(axis=1)
            ahead_s = np.abs(batch.offset_s[:, index] - choice.present.offset_s) % cycle_s
            total += self.greens * moved_s + self.cycle * np.abs(cycle_s - choice.present.cycle_s)
            total += self.offset * np.minimum(ahead_s, cycle_s - ahead_s)
        return total / len(choices)


def read_price(text: str) -> ChangePrice:
    """From 'greens=0.1,cycle=0.2,offset=0.05'. Raises ZhasylError."""
    found: dict[str, float] = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        name, _, value = part.partition("=")
        try:
            price = float(value)
        except ValueError:
            price = -1.0
        if name not in NAMES or not 0 <= price < float("inf"):
            raise ZhasylError(
                f"change price '{part}': give units of the objective a second for {', '.join(NAMES)}, "
                "for example greens=0.1,cycle=0.1"
            )
        if name in found:
            raise ZhasylError(f"change price '{part}': {name} is given twice; give it once")
        found[name] = price
    return ChangePrice(**found)
