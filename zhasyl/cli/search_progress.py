"""Progress of a search on standard error: two lines on a terminal, a line a step otherwise."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from zhasyl.cli.screen import new_console
from zhasyl.cli.words import duration, plural

if TYPE_CHECKING:
    from rich.console import RenderableType

    from zhasyl.optimise.result import Step
    from zhasyl.runs.spec import RunSpec
    from zhasyl.runs.store import RunRecord

BAR_CELLS = 12


class Value(Protocol):
    """How the value is called that falls as the search goes on."""

    @property
    def key(self) -> str:
        """Its name."""

    @property
    def unit(self) -> str:
        """Its unit."""

    @property
    def decimals(self) -> int:
        """How many decimals are shown."""


class SearchProgress:
    """Follows a search of `total` runs and those after it; use as a context manager, pass `step` and `done` on.

    On a terminal:  ━━━━━━━━━━━━ 212 of 420 runs, searching; 15 min left
                    best so far: delay_s 66.1 s/trip [64.9, 67.3] (present plan 75.3)
    """

    def __init__(self, objective: Value, total: int) -> None:
        from rich.live import Live

        self._objective, self._total = objective, total
        self._done = 0
        self._since: tuple[int, float] | None = None  # runs and time after the first step: what comes before is slow
        self._steps: list[Step] = []
        console = new_console(stderr=True)
        self._live: Live | None = None
        if console.is_terminal:
            self._live = Live(
                get_renderable=self.view, console=console, transient=True, redirect_stdout=sys.stdout.isatty()
            )

    def step(self, step: "Step") -> None:
        """The search knows more; of several searches the next one begins with its present plan."""
        if step.stage.endswith("present plan"):
            self._steps.clear()
            self._since = None
        elif self._since is None:  # the model is made and searched before these
            self._since = self._done, time.monotonic()
        self._steps.append(step)
        if self._live is None:
            print(f"{self.counts()}; {self.best()}", file=sys.stderr)

    def done(self, spec: "RunSpec", record: "RunRecord") -> None:
        """One more run is finished or has failed."""
        self._done += 1
        if self._live is None and not record.done:
            print(f"{spec.controller.label} seed {spec.seed} failed: {record['reason']}", file=sys.stderr)

    def counts(self) -> str:
        """'212 of 420 runs, searching; 15 min left'."""
        done = max(self._done, self._steps[-1].runs if self._steps else 0)
        stage = self._steps[-1].stage if self._steps else "starting"
        return f"{done} of {plural(self._total, 'run')}, {stage}{self._rest(max(self._total - done, 0))}"

    def _rest(self, left: int) -> str:
        """The time that the runs left take, by those since the first plans beside the present one."""
        if self._since is None or self._done == self._since[0] or not left:
            return ""
        runs, since_s = self._since
        return f"; {duration((time.monotonic() - since_s) / (self._done - runs) * left)} left"

    def best(self) -> str:
        """'best so far: delay_s 66.1 s/trip [64.9, 67.3] (present plan 75.3)'."""
        if not self._steps:
            return ""
        last, unit = self._steps[-1], self._objective.unit
        interval = (
            "" if last.low is None or last.high is None else f" [{self._shown(last.low)}, {self._shown(last.high)}]"
        )
        present = self._shown(self._steps[0].best)
        return f"best so far: {self._objective.key} {self._shown(last.best)} {unit}{interval} (present {present})"

    def view(self) -> "RenderableType":
        """Two lines, cut where the terminal ends."""
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        line = Table.grid(padding=(0, 1))
        bar = ProgressBar(self._total, min(self._done, self._total), width=BAR_CELLS)
        line.add_row(bar, Text(self.counts(), no_wrap=True, overflow="ellipsis"))
        return Group(line, Text(self.best(), no_wrap=True, overflow="ellipsis"))

    def _shown(self, value: float) -> str:
        return f"{value:.{self._objective.decimals}f}"

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start(refresh=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if self._live is not None:
            self._live.stop()
