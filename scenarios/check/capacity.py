"""Checks of demand against capacity: under the shipped plan by lane group, and under the best plan by signal."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from zhasyl.arrays import FloatArray
from zhasyl.indications import greens
from zhasyl.scenarios.check.finding import Finding
from zhasyl.scenarios.check.subject import Subject
from zhasyl.signals import Signal
from zhasyl.timing.capacity import LaneGroup, lane_groups
from zhasyl.timing.flows import car_lanes, through_cars_vph
from zhasyl.timing.webster import LARGEST_RATIO, SATURATION_FLOW_VPH, webster_timing

WELL_ABOVE = 5.0  # a lane group that gaps hardly ever let go; its degree says no more


def no_plan_serves(subject: Subject) -> Iterator[Finding]:
    """Signals whose demand no plan of their stages can carry: Webster's sum of flow ratios is near 1 or above."""
    for name, signal in sorted(subject.derived.signals.items()):
        volume_vph = _volumes(subject, signal)
        if not volume_vph.any():
            continue
        lanes = [car_lanes(subject.network, movement) for movement in signal.movements]
        walkers_per_h = subject.demands[name].walkers_per_h
        ratio = webster_timing(signal, volume_vph, lanes, SATURATION_FLOW_VPH, walkers_per_h=walkers_per_h).flow_ratio
        if ratio >= LARGEST_RATIO:
            what = (
                f"sum of flow ratios {ratio:.2f} at {SATURATION_FLOW_VPH:g} veh/h a lane: "
                "demand exceeds capacity under every plan of these stages, queues grow for the whole period"
            )
            mend = "lower the demand, add lanes or stages, or study it as an overload on purpose"
            yield Finding("warning", "no-plan-serves", f"signal '{name}'", what, mend)


def over_capacity(subject: Subject) -> Iterator[Finding]:
    """Lane groups that are asked to carry more than the shipped plan lets them."""
    for name, signal in subject.timed_signals:
        volume_vph = _volumes(subject, signal)
        lanes = [car_lanes(subject.network, movement) for movement in signal.movements]
        walkers_per_h = subject.demands[name].walkers_per_h
        for group in lane_groups(signal, volume_vph, lanes, SATURATION_FLOW_VPH, walkers_per_h):
            degree = group.degree * _counted(subject, signal, group)
            if degree > 1:
                yield _over(name, replace(group, degree=degree))


def _counted(subject: Subject, signal: Signal, group: LaneGroup) -> float:
    """The share of the greens shown that lies in stages: the rest runs on while another ring of the plan is yellow."""
    programme = subject.network.programmes[signal.id]
    rows = list(zip(signal.plan.stages, signal.plan.greens_s, strict=True))
    links = [i for m in signal.movements if m.from_edge == group.approach and m.to_edge in group.exits for i in m.links]
    shares = []
    for link in links:
        in_stages_s = sum(green_s for stage, green_s in rows if signal.stages[stage].green(link))
        shown_s = sum(run.seconds for run in greens(programme, link))
        if in_stages_s and shown_s:
            shares.append(min(1.0, in_stages_s / shown_s))
    return max(shares, default=1.0)


def _over(signal: str, group: LaneGroup) -> Finding:
    place = f"signal '{signal}', approach '{group.approach}', lanes {', '.join(group.lanes)}"
    degree = f"{group.degree:.2f}" if group.degree <= WELL_ABOVE else f"above {WELL_ABOVE:g}"
    what = (
        f"degree of saturation {degree} under the shipped plan: {group.volume_vph:.0f} veh/h to "
        f"{', '.join(group.exits)}"
    )
    mend = "give its stage more green, or take `fixed` for what it is: an overloaded plan"
    return Finding("warning", "over-capacity", place, what, mend)


def _volumes(subject: Subject, signal: Signal) -> FloatArray:
    """Volume of each movement [m] that is green in the plan, in cars that go straight on."""
    served = signal.serves[list(signal.plan.stages)].any(axis=0)
    return np.where(served, through_cars_vph(subject.network, signal, subject.demands[signal.id]), 0.0)


CHECKS = (no_plan_serves, over_capacity)
