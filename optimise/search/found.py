"""What a search has found."""

from dataclasses import dataclass

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.optimise.result import Step


@dataclass(frozen=True)
class CandidateRun:
    """One run of a candidate; `parts` [o, parts + 1] without what its seed adds to the present one."""

    point: FloatArray
    seed: int
    parts: FloatArray
    failed: bool


@dataclass(frozen=True)
class Contender:
    """A candidate and what its runs say: objective values [o] by seed."""

    point: FloatArray
    values: dict[int, FloatArray]
    is_present: bool = False  # what is present itself, whatever its point stands for

    @property
    def mean(self) -> FloatArray:
        """Mean over its seeds [o]."""
        mean: FloatArray = np.mean(list(self.values.values()), axis=0)
        return mean


@dataclass(frozen=True)
class Found:
    """What a search has found: the contenders of its last step, the best first, and what all candidates did.

    present    values of what is present by seed [o]
    estimated, measured  [n] what model and SUMO say of the first objective of each candidate
    """

    contenders: tuple[Contender, ...]
    present: dict[int, FloatArray]
    estimated: FloatArray
    measured: FloatArray
    steps: tuple[Step, ...]
