"""Checks of what SUMO makes of the scenario: departures out of order, what it refuses, what it warns of."""

import re
from collections.abc import Iterator

from zhasyl.scenarios.check.finding import Finding, Severity
from zhasyl.scenarios.check.subject import Subject
from zhasyl.scenarios.demand.route_order import MEND, left_out

LOST = re.compile(r"\b(?:remov|ignor|discard|abort|teleport)\w* (?:vehicle|person|container|flow|trip)", re.IGNORECASE)


def departures_in_order(subject: Subject) -> Iterator[Finding]:
    """SUMO leaves out who departs before a row above it."""
    for found in left_out(subject.scenario):
        yield Finding("error", "route-order", found.file.name, str(found), MEND)


def what_sumo_says(subject: Subject) -> Iterator[Finding]:
    """SUMO starts, and without a word."""
    trial = subject.trial
    if trial is None:
        return
    file = subject.scenario.config_file
    place = file.name if file else "scenario"
    if trial.refusal:
        yield Finding("error", "sumo-refuses", place, f"SUMO refuses it: {trial.refusal}", "correct what SUMO names")
    for message in trial.warnings:
        severity: Severity = "warning" if LOST.search(message.text) else "note"
        what = message.example if message.count == 1 else f"{message.example} ({message.count} of this kind)"
        mend = "correct what SUMO names, unless it is meant so"
        yield Finding(severity, "sumo-warning", place, f"SUMO warns: {what}", mend)


CHECKS = (departures_in_order, what_sumo_says)
