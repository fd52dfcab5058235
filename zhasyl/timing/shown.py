"""Effective green of what a signal showed: its green, less what the start-up loses, and what of the yellow is used.

Source: HCM, 6th ed., ch. 19: start-up lost time 2.0 s, extension of the effective green 2.0 s. A green that had begun
before the record of states has lost its start-up there.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from zhasyl.arrays import FloatArray, IntArray

START_UP_LOST_S = 2.0  # HCM 6th ed., ch. 19
GREEN_EXTENSION_S = 2.0  # HCM 6th ed., ch. 19: of the yellow, or all of a shorter one
PROTECTED, PERMITTED = "GO", "gso"
"""SUMO's letters: O and o are a signal that is off, with and without priority; s is a turn on red after a stop."""
YELLOW = "yY"
Lit = npt.NDArray[np.bool_]


class Shown:
    """The states of one signal end to end: places in `states`, and how long each was shown."""

    def __init__(self, state: IntArray, duration_s: FloatArray, states: Sequence[str]) -> None:
        self.state, self.duration_s, self.states = state, duration_s, states
        self.start_s = np.cumsum(duration_s) - duration_s
        self.shown_s: FloatArray = np.bincount(state, duration_s, len(states)).astype(float)

    def letters(self, link: int) -> str:
        """What a link shows in each of the states; 'r' where a state is too short for it."""
        return "".join(state[link] if link < len(state) else "r" for state in self.states)

    def greens(self, letters: str) -> int:
        """How many greens a link with these letters had."""
        return int(np.count_nonzero(_begins(_among(letters, PROTECTED + PERMITTED)[self.state])))

    def effective_s(self, letters: str) -> FloatArray:
        """[state, protected or permitted] seconds of effective green in each state; a yellow is of its green."""
        green, yellow = _among(letters, PROTECTED + PERMITTED)[self.state], _among(letters, YELLOW)[self.state]
        lost_s = np.clip(START_UP_LOST_S - self._since_s(green), 0.0, self.duration_s)
        used_s = np.clip(GREEN_EXTENSION_S - self._since_s(yellow), 0.0, self.duration_s)
        after = np.maximum.accumulate(np.where(green, np.arange(len(green)), -1))
        first = np.maximum.accumulate(np.where(_begins(yellow), np.arange(len(green)), -1))
        follows = yellow & (after >= 0) & (first == after + 1)
        effective_s = np.where(green, self.duration_s - lost_s, np.where(follows, used_s, 0.0))
        protected = _among(letters, PROTECTED)[self.state[np.maximum(after, 0)]]
        source = np.where(green, self.state, self.state[np.maximum(after, 0)])
        size = len(self.states)
        found: FloatArray = np.bincount(source * 2 + ~protected, effective_s, size * 2).astype(float).reshape(size, 2)
        return found

    def _since_s(self, lit: Lit) -> FloatArray:
        """[run] how long ago the stretch of lit runs that it belongs to began; for ever where it was there at first."""
        begin_s = np.where(_begins(lit), self.start_s, -np.inf)
        since_s: FloatArray = self.start_s - np.maximum.accumulate(begin_s)
        return since_s


def _among(letters: str, wanted: str) -> Lit:
    return np.array([letter in wanted for letter in letters], dtype=bool)


def _begins(lit: Lit) -> Lit:
    """Where a stretch begins; one that is there from the first run on has begun before."""
    before = np.concatenate([lit[:1], lit[:-1]])
    begins: Lit = lit & ~before
    return begins
