"""Progress of many runs on standard error: a bar with the remaining time on a terminal, plain lines otherwise."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from zhasyl.experiment import RunSpec
    from zhasyl.store import RunRecord


class Progress:
    """Counts finished runs; use as a context manager and pass `done` on."""

    def __init__(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        self._total = total
        self._count = 0
        self._bar = Bar(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=not sys.stderr.isatty(),
            transient=True,
        )
        self._task = self._bar.add_task("simulating", total=total)

    def done(self, spec: "RunSpec", record: "RunRecord") -> None:
        """One more run is finished."""
        self._count += 1
        name = f"{spec.scenario.id} {spec.controller.label} seed {spec.seed}"
        self._bar.update(self._task, advance=1, description=name)
        if self._bar.disable:
            delay_s = record["delay_s"]
            result = "no trips" if delay_s is None else f"delay {delay_s:.1f} s/trip"
            print(f"{self._count}/{self._total} {name}: {result} ({record['wall_s']:.1f} s)", file=sys.stderr)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._bar.stop()
