"""Greens and split failures of some movements of a run, from its tables: `zhasyl.timing.at_signals` defines them."""

from collections.abc import Sequence

import numpy as np

from zhasyl.optimise.statistics.comparison import Record
from zhasyl.reports.diagrams.arrivals import Junctions, Stream
from zhasyl.reports.diagrams.evidence import Evidence, Tables
from zhasyl.reports.diagrams.frame import LeftOut
from zhasyl.scenarios.beside.model import Way
from zhasyl.timing.at_signals import Floats

NEITHER = (float("nan"), float("nan"))


class RunGreens:
    """Reads runs of a situation; `missing` says why nothing was found, '' where it was."""

    def __init__(self, runs: Sequence[Record], tables: Tables) -> None:
        self._evidence = Evidence(runs, tables)
        self._junctions: dict[str, Junctions] = {}
        self.missing = ""

    def __call__(self, run: Record, signal: str, ways: Sequence[Way]) -> tuple[float, float]:
        """The mean of whole greens (s), and the share of greens that are split failures."""
        try:
            streams = self._junctions.setdefault(signal, Junctions(self._evidence, [signal])).streams(run)
        except LeftOut as error:
            self.missing = str(error)
            return NEITHER
        own = [streams[signal, *way] for way in ways if (signal, *way) in streams]
        lasting_s = np.concatenate([_whole_s(stream) for stream in own] or [np.zeros(0)])
        failed = np.concatenate([stream.failures for stream in own] or [np.zeros(0, dtype=bool)])
        mean_s = float(lasting_s.mean()) if len(lasting_s) else float("nan")
        return mean_s, float(failed.mean()) if len(failed) else float("nan")


def _whole_s(stream: Stream) -> Floats:
    """How long the greens last that begin and end within the period."""
    begin_s, end_s, cut = stream.greens
    whole = end_s < stream.end_s
    if cut and len(whole):
        whole[0] = False
    lasting_s: Floats = (end_s - begin_s)[whole]
    return lasting_s
