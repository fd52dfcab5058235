"""The periods of the day that a scenario declares."""

from collections.abc import Iterator, Sequence

from zhasyl.errors import ScenarioError, unknown_name
from zhasyl.files.clock import DAY_S, time_of_day
from zhasyl.scenarios.model import Scenario
from zhasyl.scenarios.tables.settings import Period, Settings, read_settings

ALL = "all"


def periods_of(scenario: Scenario) -> tuple[Period, ...]:
    """All of them, the one that is simulated by itself first; none for a scenario that is no folder of tables."""
    if scenario.folder is None:
        return ()
    try:
        return read_settings(scenario.folder, Settings).all_periods
    except ScenarioError:
        return ()


def chosen_periods(scenario: Scenario, text: str) -> list[Period]:
    """'all' or names between commas → periods in the order of the day.

    Raises ScenarioError for a scenario without several ones, an unknown name, or two at the same time.
    """
    known = {one.name: one for one in periods_of(scenario)}
    if len(known) < 2:
        raise ScenarioError(f"scenario '{scenario.id}' has one period, so it has no timetable; leave --periods out")
    given = [one.strip() for one in text.split(",") if one.strip()]
    for name in given:
        if name not in (*known, ALL):
            raise ScenarioError(f"periods: {unknown_name('period', name, (*known, ALL))}")
    names = list(known) if ALL in given else given
    chosen = sorted((known[name] for name in dict.fromkeys(names)), key=lambda one: one.begin_s % DAY_S)
    if len(chosen) < 2:
        raise ScenarioError(
            f"periods '{text}' are fewer than two; name more of {', '.join(known)} or give {ALL}; of one alone "
            "--variant period=NAME searches the plan"
        )
    _check_apart(chosen)
    return chosen


def _check_apart(periods: Sequence[Period]) -> None:
    for (before, ends_s), one in zip(ended_before(periods), periods, strict=True):
        if one.begin_s % DAY_S < ends_s:
            raise ScenarioError(
                f"periods: '{one.name}' begins at {time_of_day(one.begin_s)}, before '{before.name}' ends at "
                f"{time_of_day(before.end_s)}; a signal has one plan at a time: leave one of both out"
            )


def ended_before(periods: Sequence[Period]) -> Iterator[tuple[Period, float]]:
    """Before each of periods in the order of the day: the one that ends before it, and when, on the same midnight.

    Before the first one it is the last, of the day before.
    """
    last = periods[-1]
    before, day_s = last, -DAY_S
    for one in periods:
        yield before, before.begin_s % DAY_S + (before.end_s - before.begin_s) + day_s
        before, day_s = one, 0.0
