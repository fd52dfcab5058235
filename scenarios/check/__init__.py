"""Everything that would make a scenario's results worthless, in one list: `zhasyl scenario check`.

Each module holds one family of checks. A check is a function from a Subject to findings; CHECKS runs them all.
"""

from collections.abc import Callable, Iterable

from zhasyl.scenarios.check import capacity, demand, detectors, lanes, programmes, settings, start, walks
from zhasyl.scenarios.check.finding import SEVERITIES, Finding, Severity, in_order
from zhasyl.scenarios.check.subject import Start, Subject
from zhasyl.scenarios.model import Scenario

__all__ = ["CHECKS", "SEVERITIES", "Finding", "Severity", "check_scenario", "count"]

Check = Callable[[Subject], Iterable[Finding]]
CHECKS: tuple[Check, ...] = (
    *settings.CHECKS, *lanes.CHECKS, *programmes.CHECKS, *demand.CHECKS, *capacity.CHECKS, *detectors.CHECKS,
    *walks.CHECKS, *start.CHECKS,
)  # fmt: skip


def check_scenario(scenario: Scenario, start_sumo: Start | None = None) -> list[Finding]:
    """Every finding, the worst first. Raises ScenarioError if the network or the demand cannot be read at all.

    `start_sumo` lets SUMO load the scenario, for what it refuses and warns of: `trial.try_start`.
    """
    subject = Subject(scenario, start_sumo)
    _ = subject.network, subject.lanes, subject.demand  # unreadable ones end here, in one line
    return in_order([finding for check in CHECKS for finding in _run(check, subject)])


def _run(check: Check, subject: Subject) -> list[Finding]:
    """A check's findings; its own failure is one, too."""
    try:
        return list(check(subject))
    except Exception as error:
        what = f"it could not be made: {type(error).__name__}: {' '.join(str(error).split())[:200]}"
        mend = "rebuild the network with netconvert; report it if it stays"
        return [Finding("warning", "check-failed", f"check '{check.__name__}'", what, mend)]


def count(findings: Iterable[Finding]) -> dict[Severity, int]:
    """How many findings of each severity."""
    found = [finding.severity for finding in findings]
    return {severity: found.count(severity) for severity in SEVERITIES}
