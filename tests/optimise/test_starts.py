"""What the plans of analytic methods reached in a search, beside the present plan."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from zhasyl.optimise.objective import parse_objective
from zhasyl.optimise.starts import reached
from zhasyl.runs.store import RunRecord


def found(delays_s: dict[tuple[str, int], float]) -> list[tuple[str, tuple[int, ...], float, float]]:
    """Name, seeds, the present plan's delay and the method's, of Webster's plan after these runs by label and seed."""
    records = {
        run: RunRecord({"label": run[0], "seed": run[1], "delay_s": delay_s}, Path())
        for run, delay_s in delays_s.items()
    }
    space = SimpleNamespace(
        methods={"Webster": "w"}, present=SimpleNamespace(label="fixed"), starts=["p"],
        controller=lambda point: SimpleNamespace(label=f"plan {point}"),
    )  # fmt: skip
    starts = reached(cast(Any, space), cast(Any, SimpleNamespace(records=records)), parse_objective("delay_s"))
    return [(one.name, one.seeds, one.before, one.after) for one in starts]


def test_present_is_what_the_street_has_and_not_its_greens_frozen() -> None:
    """A shipped programme that SUMO actuates, and the fixed plan of its greens, which a search begins with."""
    runs = {("fixed", 1): 8.0, ("fixed", 2): 8.2, ("plan p", 1): 18.0, ("plan p", 2): 19.0, ("plan w", 1): 11.0}
    assert found(runs) == [("Webster", (1,), 8.0, 11.0)]


def test_a_present_plan_that_is_played_as_one_of_the_search() -> None:
    assert found({("plan p", 1): 18.0, ("plan w", 1): 11.0, ("plan w", 2): 9.0}) == [("Webster", (1,), 18.0, 11.0)]
