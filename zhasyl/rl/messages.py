"""What an episode says at each moment of decision, for all agents in one message of bytes.

whether it is the end, the time [s], each agent's reward, the first stage granted to it and the one after the last, and
its counts (zhasyl.controllers.parts.sight). The answer is a stage for each agent.
"""

import struct
from array import array
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zhasyl.arrays import FloatArray
from zhasyl.controllers.parts.sight import Seen


class News(NamedTuple):
    """A moment. `ended`: the period is over, and nobody is asked.

    rewards [agent]; granted [agent, stage], 1 for each that its choice can bring; counts of one agent after the other
    """

    ended: bool
    time_s: float
    rewards: FloatArray
    granted: npt.NDArray[np.int8]
    counts: Seen


class Form:
    """Writes and reads the messages of `agents` agents that have up to `stages` stages."""

    def __init__(self, agents: int, stages: int) -> None:
        self._agents = agents
        self._head = struct.Struct(f"<?7xd{agents}d")
        self._stages = np.arange(stages, dtype=np.uint16)

    def news(
        self,
        ended: bool,
        time_s: float,
        rewards: Sequence[float],
        granted: Iterable[range],
        counts: Iterable[Sequence[float]],
    ) -> bytes:
        """A message."""
        spans, numbers = array("H"), array("f")
        for one in granted:
            spans.append(one.start)
            spans.append(one.stop)
        for row in counts:
            numbers.extend(row)
        return b"".join((self._head.pack(ended, time_s, *rewards), spans, numbers))

    def read(self, message: bytes) -> News:
        """What a message says."""
        ended, time_s = struct.unpack_from("<?7xd", message)
        rewards = np.frombuffer(message, np.float64, self._agents, 16)
        spans = np.frombuffer(message, np.uint16, 2 * self._agents, self._head.size).reshape(-1, 2)
        counts = np.frombuffer(message, np.float32, offset=self._head.size + 4 * self._agents)
        granted = (self._stages >= spans[:, :1]) & (self._stages < spans[:, 1:])
        return News(ended, time_s, rewards, granted.view(np.int8), counts)


def answer(stages: Iterable[int]) -> bytes:
    """The stages that agents choose."""
    return array("H", stages).tobytes()


def chosen(message: bytes) -> Sequence[int]:
    """What an answer says."""
    stages = array("H")
    stages.frombytes(message)
    return stages
