"""Checks of the demand: can everybody get where he wants to, and does it fill the period?"""

from collections.abc import Iterator

from zhasyl.files.clock import seconds
from zhasyl.scenarios.check.finding import Finding, some
from zhasyl.scenarios.check.subject import Subject

LONGEST_GAP_SHARE = 0.1  # of the period without a departure at its begin or end
SHORTEST_GAP_S = 60.0  # of departures at random


def unroutable_trips(subject: Subject) -> Iterator[Finding]:
    """Trips without a route: SUMO stops at the first, or leaves them out."""
    demand = subject.demand
    if demand.refusal:
        mend = "fix the route files, or the volumes cannot be checked"
        yield Finding("error", "demand-not-counted", _files(subject), demand.refusal, mend)
    if demand.unroutable:
        why = next(iter(demand.unroutable.values()))
        what = (
            f"{len(demand.unroutable)} trips, flows or walks cannot be routed: {some(list(demand.unroutable))}; {why}"
        )
        yield Finding("error", "unroutable", _files(subject), what, "correct their edges, or connect these edges")


def departures_in_period(subject: Subject) -> Iterator[Finding]:
    """Somebody departs in the period, and until its end."""
    scenario, demand = subject.scenario, subject.demand
    begin_s, end_s = scenario.begin_s, scenario.end_s
    vehicles = [row for row in demand.planned if not row.person]
    inside = [row for row in demand.planned if row.first_s < end_s and row.last_s >= begin_s]
    if all(row.person for row in inside):
        period = f"{seconds(begin_s)} to {seconds(end_s)} s"
        what = f"no vehicle departs in the period, {period}; there are {len(vehicles)} trips or flows"
        yield Finding("error", "no-demand", _files(subject), what, "correct the period or the departures")
        return
    outside = [row.id for row in demand.planned if row.first_s >= end_s or row.last_s < scenario.start_s]
    if outside:
        mend = "harmless if the files serve several periods; else correct the departures"
        what = f"{len(outside)} of {len(demand.planned)} trips or flows never fall into the run: {some(outside)}"
        half = 2 * len(outside) > len(demand.planned)
        yield Finding("warning" if half else "note", "outside-period", _files(subject), what, mend)
    gap_s = max(LONGEST_GAP_SHARE * (end_s - begin_s), SHORTEST_GAP_S)
    first_s = min((row.first_s for row in inside), default=begin_s)
    last_s = max((row.last_s for row in inside), default=end_s)
    if last_s < end_s - gap_s:
        ends = f"the period ends at {seconds(end_s)} s: means count empty streets"
        what = f"nobody departs after {seconds(last_s)} s, but {ends}"
        yield Finding("warning", "demand-ends-early", _files(subject), what, "end the period with the demand")
    if first_s > begin_s + gap_s:
        what = f"nobody departs before {seconds(first_s)} s, but the period begins at {seconds(begin_s)} s"
        yield Finding("warning", "demand-begins-late", _files(subject), what, "begin the period with the demand")


def walking(subject: Subject) -> Iterator[Finding]:
    """Signalised crossings have pedestrians, and pedestrians have crossings."""
    network = subject.network
    signalled = sorted({c.signal for c in network.connections if c.signal and network.is_pedestrian(c)})
    somebody = any(row.walks for row in subject.demand.planned)
    if signalled and not somebody:
        what = f"signals have crossings ({some(signalled)}), but nobody walks"
        mend = "add persons to the demand, or say in the assumptions that nobody walks"
        yield Finding("note", "no-walkers", _files(subject), what, mend)
    if somebody and network.signal_links and not any(e.function == "crossing" for e in network.edges.values()):
        what = "people walk, but no junction has a crossing: they cross the streets unseen by vehicles and signals"
        mend = "build the network with crossings (netconvert --crossings.guess), or leave the pedestrians out"
        yield Finding("warning", "no-crossings", str(subject.scenario.net_file.name), what, mend)


def _files(subject: Subject) -> str:
    files = subject.scenario.route_files or subject.scenario.additional_files
    return ", ".join(file.name for file in files)


CHECKS = (unroutable_trips, departures_in_period, walking)
