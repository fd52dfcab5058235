"""Suites of runs: the regression gate against a committed baseline, and the leaderboard."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zhasyl.gate.board import leaderboard
    from zhasyl.gate.checking import Checked, check_suite

__all__ = ["Checked", "check_suite", "leaderboard"]


def __getattr__(name: str) -> Any:
    if name == "leaderboard":
        from zhasyl.gate.board import leaderboard

        return leaderboard
    if name in __all__:
        from zhasyl.gate import checking

        return getattr(checking, name)
    raise AttributeError(f"module 'zhasyl.gate' has no attribute '{name}'")
