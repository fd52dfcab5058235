"""The commands that repeat the figures of a board, and that add what a row lacks."""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from zhasyl.reports.leaderboard.entries import Entry
from zhasyl.reports.leaderboard.gathered import Asked, Cell

OURS = "zhasyl run "


@dataclass(frozen=True)
class Commands:
    """Commands that store what they run in `out`, where the board reads it."""

    asked: Asked
    out: str

    def board(self, folders: Iterable[object], baseline: str) -> str:
        """What makes the board itself."""
        words = ["zhasyl", "leaderboard", self.asked.suite, *map(str, folders), "--baseline", baseline]
        return shlex.join(words)

    def adding(self, entry: Entry) -> list[str]:
        """What a row lacks; of runs that zhasyl did not make itself, how their record says that they are made."""
        return foreign(entry) or self._compare(entry.lacks(self.asked), [entry.label])

    def ranking(self, entry: Entry, baseline: Entry) -> list[str]:
        """The runs that a row's rank rests on."""
        wanted = {cell: tuple(self.asked.seeds) for cell in self.asked.cells}
        return foreign(entry) or self._compare(wanted, dict.fromkeys((baseline.label, entry.label)))

    def row(self, entry: Entry, baseline: Entry, cell: Cell) -> str:
        """A row of the table of one cell; of runs that zhasyl did not make itself a command each."""
        wanted = {cell: tuple(self.asked.seeds)}
        labels = dict.fromkeys((baseline.label, entry.label))
        return " && ".join(foreign(entry, cell) or self._compare(wanted, labels))

    def one_run(self, entry: Entry, cell: Cell, seed: int) -> str:
        """One run of a row."""
        told = foreign(entry, cell, seed)
        words = ["zhasyl", "run", cell.source, "--controller", entry.label, "--seed", str(seed), *cell.options]
        return told[0] if told else shlex.join(words)

    def _compare(self, wanted: Mapping[Cell, tuple[int, ...]], labels: Iterable[str]) -> list[str]:
        """As few commands as there are seeds and options in which cells differ."""
        alike: dict[tuple[tuple[int, ...], tuple[str, ...]], list[str]] = {}
        for cell, seeds in wanted.items():
            alike.setdefault((seeds, cell.options), []).append(cell.source)
        terms = ["--controllers", ",".join(labels), "--seeds"]
        return [
            shlex.join(["zhasyl", "compare", *names, *terms, seeds_text(seeds), *options, "--out", self.out])
            for (seeds, options), sources in alike.items()
            for names in [dict.fromkeys(sources)]
        ]


def foreign(entry: Entry, cell: Cell | None = None, seed: int | None = None) -> list[str]:
    """The commands that records say they were made by, where that is none of zhasyl's own."""
    runs = [
        run for (place, own), run in entry.runs.items() if cell is None or (place == cell.place and seed in (None, own))
    ]
    told = dict.fromkeys(str(run.values.get("command") or "") for run in runs)
    return [one for one in told if one and not one.startswith(OURS)]


def seeds_text(seeds: Sequence[int]) -> str:
    """Seeds as the command line takes them: '1-5,9'."""
    found = sorted(seeds)
    starts = [seed for seed in found if seed - 1 not in found]
    ends = [seed for seed in found if seed + 1 not in found]
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True))
