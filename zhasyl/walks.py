"""The walks of a signal, which pedestrians wait for."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhasyl.signals import Signal


@dataclass(frozen=True)
class Walk:
    """What pedestrians wait for: one of these stages, which show these links."""

    links: frozenset[int]
    stages: frozenset[int]


def walks(signal: Signal) -> tuple[Walk, ...]:
    """The walks of a signal: of each crossing, and of each stage in which nobody drives."""
    of_link = (
        Walk(frozenset({link}), frozenset(i for i, stage in enumerate(signal.stages) if stage.green(link)))
        for link in sorted(signal.pedestrian_links)
    )
    alone = (
        Walk(frozenset(link for link in signal.pedestrian_links if stage.green(link)), frozenset({i}))
        for i, stage in enumerate(signal.stages)
        if signal.has_walk(i) and not signal.serves[i].any()
    )
    return tuple(walk for walk in dict.fromkeys([*of_link, *alone]) if walk.stages)


def shown_in(wanted: tuple[Walk, ...], signal: Signal) -> npt.NDArray[np.bool_]:
    """[stage, walk]: does the stage show it?"""
    shown = [[i in walk.stages for walk in wanted] for i in range(len(signal.stages))]
    return np.array(shown, dtype=bool).reshape(len(signal.stages), len(wanted))
