"""Progress of many runs on standard error: a live view of two lines on a terminal, plain lines otherwise."""

import sys
import time
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from zhasyl.cli.screen import new_console
from zhasyl.cli.words import duration, plural
from zhasyl.text.steering import neutral

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from zhasyl.optimise.statistics.comparison import Comparison
    from zhasyl.runs.batch import Plan
    from zhasyl.runs.spec import RunSpec
    from zhasyl.runs.store import RunRecord

BAR_CELLS = 12  # beside it five counts fit into 80 columns


class Progress:
    """Follows the runs of a plan, `slots` at a time; use as a context manager and pass `done` on.

    On a terminal of 80 columns:  ━━━━━━━━━━━━ 72 done, 40 stored, 1 failed, 2 running, 45 waiting
                                  180 a minute, 16 s left; last: abay-seifullin max-pressure seed 3
    """

    def __init__(self, plan: "Plan", slots: int, console: "Console | None" = None) -> None:
        from rich.live import Live

        self._slots = slots
        self._seconds = plan.seconds
        self._left_s = sum(plan.seconds[spec.folder] for spec in plan.todo)
        self._total = len(plan.specs)
        self._stored = self._total - len(plan.todo)
        self._ended = self._failed = 0
        self._began = time.monotonic()
        self._spent_s = 0.0
        self._last = ""
        console = console or new_console(stderr=True)
        self._live: Live | None = None
        if console.is_terminal:  # redirected to the console, a verb's answer in a pipe or file would get lost
            answer = sys.stdout.isatty()
            self._live = Live(get_renderable=self.view, console=console, transient=True, redirect_stdout=answer)

    def done(self, spec: "RunSpec", record: "RunRecord") -> None:
        """One more run is finished or has failed."""
        self._ended += 1
        self._failed += not record.done
        self._left_s -= self._seconds[spec.folder]
        self._spent_s += self._seconds[spec.folder]
        name = " ".join(filter(None, (spec.scenario.id, spec.scenario.variant, spec.controller.label)))
        self._last = neutral(f"{name} seed {spec.seed}")
        if self._live is None:
            count = f"{self._stored + self._ended}/{self._total}"
            print(f"{count} {self._last}: {_result(record)}", file=sys.stderr)

    def counts(self) -> str:
        """'72 done, 40 stored, 1 failed, 2 running, 45 waiting', without what there is none of."""
        waiting = self._total - self._stored - self._ended
        counts = {
            "done": self._ended - self._failed,
            "stored": self._stored,
            "failed": self._failed,
            "running": min(self._slots, waiting),
            "waiting": waiting - min(self._slots, waiting),
        }
        return ", ".join(f"{count} {word}" for word, count in counts.items() if count)

    def pace(self) -> str:
        """'180 a minute, 16 s left; last: ...', '' before a run has ended."""
        elapsed_s = time.monotonic() - self._began
        if not self._ended or self._spent_s <= 0 or elapsed_s <= 0:
            return ""
        each_minute = 60 * self._ended / elapsed_s
        rate = f"{each_minute:.{0 if each_minute >= 10 else 1}f} a minute"
        return f"{rate}, {duration(self.left_s(elapsed_s))} left; last: {self._last}"

    def left_s(self, elapsed_s: float) -> float:
        """The remaining time, if the runs to come deviate from their estimates as those done did."""
        return self._left_s * elapsed_s / self._spent_s

    def view(self) -> "RenderableType":
        """Two lines, cut where the terminal ends."""
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        line = Table.grid(padding=(0, 1))
        bar = ProgressBar(self._total, self._stored + self._ended, width=BAR_CELLS)
        line.add_row(bar, Text(self.counts(), no_wrap=True, overflow="ellipsis"))
        return Group(line, Text(self.pace(), no_wrap=True, overflow="ellipsis"))

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start(refresh=True)
        elif self._stored:
            verb = "is" if self._total == 1 else "are"
            print(f"{self._stored} of {plural(self._total, 'run')} {verb} stored already", file=sys.stderr)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if self._live is not None:
            self._live.stop()


def _result(record: "RunRecord") -> str:
    if not record.done:
        return f"failed: {record['reason']}"
    from zhasyl.reports.records import measured

    delay_s, wall_s = record["delay_s"], record["wall_s"]
    shown = "no trips" if delay_s is None else f"delay {measured('delay_s', delay_s)} s/trip"
    return f"{shown} ({wall_s:.1f} s)"


def say_look(number: int, looks: Sequence[int], comparisons: "Sequence[Comparison]", tolerance: float) -> None:
    """A line on standard error for each comparison of a look of compare --until."""
    for one in comparisons:
        width = "no interval"
        if one.low is not None and one.high is not None and one.baseline_mean:
            width = f"±{(one.high - one.low) / 2 / abs(one.baseline_mean):.1%} of {one.baseline}'s"
        print(
            f"look {number} of at most {len(looks)}, {plural(one.n, 'seed')}: {one.scenario} {one.controller}: "
            f"difference of delay {width}, wanted ±{tolerance:.1%}",
            file=sys.stderr,
        )
