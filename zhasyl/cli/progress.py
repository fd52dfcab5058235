"""Progress of many runs on standard error: a live view on a terminal, plain lines otherwise."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from zhasyl.cli.words import duration

if TYPE_CHECKING:
    from zhasyl.batch import Plan
    from zhasyl.experiment import RunSpec
    from zhasyl.store import RunRecord


class Progress:
    """Follows the runs of a plan, `slots` at a time; use as a context manager and pass `done` on."""

    def __init__(self, plan: "Plan", slots: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as Bar
        from rich.table import Column

        self._slots = slots
        self._seconds = plan.seconds
        self._left_s = sum(plan.seconds[spec.folder] for spec in plan.todo)
        self._total = len(plan.specs)
        self._stored = self._total - len(plan.todo)
        self._done = self._failed = 0
        self._began = time.monotonic()
        self._spent_s = 0.0
        self._bar = Bar(
            BarColumn(bar_width=10),
            TextColumn("{task.fields[counts]}", markup=False, table_column=Column(no_wrap=True)),
            TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True, ratio=1)),
            expand=True,
            console=Console(stderr=True),
            disable=not sys.stderr.isatty(),
            transient=True,
        )
        self._task = self._bar.add_task("", total=self._total, completed=self._stored, counts=self._counts())

    def done(self, spec: "RunSpec", record: "RunRecord") -> None:
        """One more run is finished or has failed."""
        self._done += 1
        self._failed += not record.done
        self._left_s -= self._seconds[spec.folder]
        self._spent_s += self._seconds[spec.folder]
        name = " ".join(filter(None, (spec.scenario.id, spec.scenario.variant, spec.controller.label)))
        self._bar.update(self._task, advance=1, description=f"{name} seed {spec.seed}", counts=self._counts())
        if self._bar.disable:
            print(
                f"{self._stored + self._done}/{self._total} {name} seed {spec.seed}: {_result(record)}", file=sys.stderr
            )

    def _counts(self) -> str:
        running = min(self._slots, self._total - self._stored - self._done)
        counts = {"stored": self._stored, "failed": self._failed, "running": running}
        words = [f"{self._stored + self._done} of {self._total} done"]
        words += [f"{count} {word}" for word, count in counts.items() if count]
        elapsed_s = time.monotonic() - self._began
        if self._done and self._spent_s > 0:
            words += [f"{60 * self._done / elapsed_s:.0f} a minute", f"{duration(self.left_s(elapsed_s))} left"]
        return ", ".join(words)

    def left_s(self, elapsed_s: float) -> float:
        """The remaining time, if the runs to come deviate from their estimates as those done did."""
        return max(0.0, self._left_s) * elapsed_s / self._spent_s

    def __enter__(self) -> Self:
        if not self._bar.disable:
            self._bar.start()
        elif self._stored:
            print(f"{self._stored} of {self._total} runs are stored already", file=sys.stderr)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._bar.stop()


def _result(record: "RunRecord") -> str:
    if not record.done:
        return f"failed: {record['reason']}"
    delay_s, wall_s = record["delay_s"], record["wall_s"]
    return f"{'no trips' if delay_s is None else f'delay {delay_s:.1f} s/trip'} ({wall_s:.1f} s)"
