"""From a network, its signals and their demand to the arrays of the fast model."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from zhasyl.arrays import FloatArray, IntArray
from zhasyl.network import Network
from zhasyl.observation import Area, SignalDemand
from zhasyl.optimise.model.arrays import Layout
from zhasyl.optimise.model.course import Course
from zhasyl.optimise.model.kernel import CLOSED, GAP_BINS, GAP_STEP_VPS, NO_WALK, PERMITTED, PROTECTED, STEP_S
from zhasyl.optimise.model.lanes import PERMITTED_WEIGHT, Bundle, bundles
from zhasyl.optimise.model.routes import Feeder, Roads
from zhasyl.optimise.model.turning import SATURATION_VPS, VEHICLE_M, through_cars
from zhasyl.optimise.plans.choices import SignalChoice
from zhasyl.scenarios.demand.volumes import Turn, Volumes
from zhasyl.signals import GREEN, STOP_AND_GO, Signal
from zhasyl.timing.flows import car_lanes
from zhasyl.timing.permitted import CRITICAL_GAP_S, FOLLOW_UP_S, only_permitted

START_LAG_S, END_GAIN_S = 2.5, 2.0
SNEAKING_S = 3.5  # two vehicles a lane
FROM_OUTSIDE, FROM_SIGNALS = 1.0, 0.4  # how random arrivals are, I of the HCM: platoons are metered
CRUISE_SHARE = 0.95  # of the speed limit: drivers dawdle
START_S = 3.5  # what a platoon loses while it gathers speed, 13.9 m/s at 2 m/s²
DISPERSION, DISPERSION_STEP, PLATOON_STEPS = 0.138, 0.315, 1.25  # HCM 2010, equations 30-1 to 30-3


def layout(network: Network, area: Area, volumes: Volumes, choices: Sequence[SignalChoice], course: Course) -> Layout:
    """The arrays of the choices' signals."""
    build = _Build(network, area, volumes.turns_vph, choices)
    return Layout(
        **build.signals(), **build.greens(), **build.walks(), **build.traffic(), **build.roads(),
        gaps=_gaps(), profile=course.of(list(build.approaches)), warm_slices=course.warm, slice_s=course.slice_s,
        trips_vps=max(course.trips_vps, 1 / 3600.0), walks_per_h=max(sum(volumes.walks_per_h.values()), 1.0),
        start_lag_s=START_LAG_S, end_gain_s=END_GAIN_S, sneaking_s=SNEAKING_S,
    )  # fmt: skip


def _gaps() -> FloatArray:
    """Gap acceptance (Harders) as a share of a saturation flow, by opposing flow."""
    flow_vps = np.maximum(np.arange(GAP_BINS) * GAP_STEP_VPS, 1e-6)
    turning_vps = flow_vps * np.exp(-flow_vps * CRITICAL_GAP_S) / (1 - np.exp(-flow_vps * FOLLOW_UP_S))
    share: FloatArray = np.minimum(turning_vps / SATURATION_VPS, 1.0)
    return share


def _starts(counts: Iterable[int]) -> IntArray:
    return np.array([0, *accumulate(counts)], dtype=np.intp)


class _Build:
    def __init__(
        self, network: Network, area: Area, turns_vph: Mapping[Turn, float], choices: Sequence[SignalChoice]
    ) -> None:
        self.network, self.choices = network, choices
        self.ways = Roads(network, turns_vph)
        self.own = [choice.signal for choice in choices]
        self.demand = [area.demand(signal.id) for signal in self.own]
        self.first = _starts(len(signal.movements) for signal in self.own)
        self.bundles = [self._bundles(choice, demand) for choice, demand in zip(choices, self.demand, strict=True)]
        edges = dict.fromkeys(m.from_edge for signal in self.own for m in signal.movements)
        self.approaches = {edge: index for index, edge in enumerate(edges)}
        exits = dict.fromkeys((s, m.to_edge) for s, signal in enumerate(self.own) for m in signal.movements)
        self.links = {key: index for index, key in enumerate(exits)}
        self.signal_of = {m.from_edge: s for s, signal in enumerate(self.own) for m in signal.movements}
        self.link_vph = np.zeros(len(self.links))
        for s, signal in enumerate(self.own):
            for m, volume_vph in zip(signal.movements, self.demand[s].volume_vph, strict=True):
                self.link_vph[self.links[s, m.to_edge]] += volume_vph

    def _bundles(self, choice: SignalChoice, demand: SignalDemand) -> list[Bundle]:
        signal = choice.signal
        served = signal.serves[list(choice.present.stages)].any(axis=0)
        volume_vph = np.where(served, demand.volume_vph, 0.0)
        lanes = [car_lanes(self.network, movement) for movement in signal.movements]
        weight = through_cars(self.network, signal, demand) * (1 + (PERMITTED_WEIGHT - 1) * only_permitted(signal))
        return bundles([m.from_edge for m in signal.movements], lanes, volume_vph, weight)

    def signals(self) -> dict[str, Any]:
        sequences, places = max(len(c.sequences) for c in self.choices), max(c.places for c in self.choices)
        size = (len(self.choices), sequences)
        length, place = np.zeros(size, dtype=np.intp), np.zeros((*size, places), dtype=np.intp)
        intergreen_s = np.zeros((*size, places))
        for s, choice in enumerate(self.choices):
            for q, sequence in enumerate(choice.sequences):
                length[s, q] = len(sequence)
                place[s, q, : len(sequence)] = sequence
                intergreen_s[s, q, : len(sequence)] = choice.intergreens_s(sequence)
        return {
            "first_place": _starts(c.places for c in self.choices),
            "first_movement": self.first,
            "first_bundle": _starts(len(own) for own in self.bundles),
            "first_walk": _starts(len(signal.pedestrian_links) for signal in self.own),
            "length": length,
            "place": place,
            "intergreen_s": intergreen_s,
        }

    def greens(self) -> dict[str, Any]:
        rows = sum(c.places for c in self.choices)
        most = max(len(signal.movements) for signal in self.own)
        walks = max(1, *(len(signal.pedestrian_links) for signal in self.own))
        shows, walked = np.zeros((rows, most), dtype=np.intp), np.zeros((rows, most))
        clears_walk_s = np.full((rows, walks), NO_WALK)
        row, permitted = 0, []
        for choice, demand in zip(self.choices, self.demand, strict=True):
            signal = choice.signal
            for stage in choice.present.stages:
                shown = signal.stages[stage].state
                for m, movement in enumerate(signal.movements):
                    shows[row, m] = _shown(shown, movement.links)
                    walked[row, m] = _walked(signal, shown, movement.links, demand)
                for w, link in enumerate(sorted(signal.pedestrian_links)):
                    clears_walk_s[row, w] = signal.clears_walk_s(link) if shown[link] in GREEN else NO_WALK
                row += 1
            own_shows = shows[row - choice.places : row, : len(choice.signal.movements)]
            permitted += (own_shows == PERMITTED).any(axis=0).tolist()
        per_h = [
            demand.walkers_per_h.get(link, 0.0)
            for signal, demand in zip(self.own, self.demand, strict=True)
            for link in sorted(signal.pedestrian_links)
        ]
        return {
            "shows": shows,
            "permitted_column": np.where(permitted, len(permitted) - 1 + np.cumsum(permitted), 0).astype(np.intp),
            "walked_per_h": walked,
            "clears_walk_s": clears_walk_s,
            "walk_s": np.array([signal.walk_s for signal in self.own]),
            "walkers_per_h": np.array(per_h, dtype=float),
        }

    def walks(self) -> dict[str, Any]:
        """Who comes to a crossing from another one of its signal."""
        first, before = [0], list[tuple[int, float, float]]()
        for signal, demand in zip(self.own, self.demand, strict=True):
            links = sorted(signal.pedestrian_links)
            for link in links:
                for (earlier, later), onward in sorted(demand.onwards.items()):
                    if later == link:
                        share = onward.per_h / demand.walkers_per_h[link]
                        before.append((links.index(earlier), share, onward.between_s))
                first.append(len(before))
        places, shares, seconds = zip(*before, strict=True) if before else ((), (), ())
        return {
            "first_before": np.array(first, dtype=np.intp),
            "before": np.array(places, dtype=np.intp),
            "before_share": np.array(shares, dtype=float),
            "before_s": np.array(seconds, dtype=float),
        }

    def traffic(self) -> dict[str, Any]:
        opposing = [
            [int(self.first[s]) + other for other in _gives_way_to(signal, m)]
            for s, signal in enumerate(self.own)
            for m in range(len(signal.movements))
        ]
        every = [(s, bundle) for s, own in enumerate(self.bundles) for bundle in own]
        approach_vph = np.zeros(len(self.approaches))
        for _, bundle in every:
            approach_vph[self.approaches[bundle.approach]] += sum(bundle.volume_vph.values())
        self.approach_vph = approach_vph
        weight = [
            through_cars(self.network, signal, demand) for signal, demand in zip(self.own, self.demand, strict=True)
        ]
        at = [self.approaches[bundle.approach] for _, bundle in every]
        volume_vph = np.array([sum(bundle.volume_vph.values()) for _, bundle in every])
        pairs = [(s, bundle, m, vph) for s, bundle in every for m, vph in bundle.volume_vph.items()]
        saturation_vps = [SATURATION_VPS * bundle.lanes / weight[s][m] for s, bundle, m, _ in pairs]
        return {
            "first_opposing": _starts(map(len, opposing)),
            "opposing": np.array([other for others in opposing for other in others], dtype=np.intp),
            "exit_link": np.array(
                [self.links[s, m.to_edge] for s, signal in enumerate(self.own) for m in signal.movements], dtype=np.intp
            ),
            "volume_vps": np.concatenate([demand.volume_vph for demand in self.demand]) / 3600.0,
            "bundle_approach": np.array(at, dtype=np.intp),
            "bundle_lanes": np.array([float(bundle.lanes) for _, bundle in every]),
            "bundle_vps": volume_vph / 3600.0,
            "bundle_share": volume_vph / approach_vph[at],
            "first_pair": _starts(len(bundle.volume_vph) for _, bundle in every),
            "pair_movement": np.array([int(self.first[s]) + m for s, _, m, _ in pairs], dtype=np.intp),
            "pair_share": np.array([vph / sum(bundle.volume_vph.values()) for _, bundle, _, vph in pairs]),
            "saturation_vps": np.array(saturation_vps),
        }

    def roads(self) -> dict[str, Any]:
        feeders = [(link, f) for (_, edge), link in self.links.items() for f in self._feeders(edge, link)]
        at = [self.approaches[f.approach] for _, f in feeders]
        fed_vph, travelling, way_m = np.zeros((3, len(self.approaches)))
        fills = np.full(len(self.links), -1, dtype=np.intp)
        for (link, feeder), a in zip(feeders, at, strict=True):
            fed_vph[a] += feeder.share * self.link_vph[link]
            way_m[a] = max(way_m[a], feeder.length_m)
            if feeder.share >= 0.5:
                fills[link] = a
        surplus = np.maximum(fed_vph / np.maximum(self.approach_vph, 1e-9), 1.0)
        shares = np.array([feeder.share / surplus[a] for (_, feeder), a in zip(feeders, at, strict=True)])
        for (link, feeder), a, share in zip(feeders, at, shares, strict=True):
            travelling[a] += share * self.link_vph[link] / 3600.0 * feeder.travel_s
        lanes = np.array([len({n for m in self.own[self.signal_of[e]].movements if m.from_edge == e
                               for n in m.from_lanes}) for e in self.approaches], dtype=float)  # fmt: skip
        length_m = np.array([max(self.network.edges[edge].length_m, way_m[a]) for edge, a in self.approaches.items()])
        fed = np.minimum(fed_vph / np.maximum(self.approach_vph, 1e-9), 1.0)
        random = FROM_OUTSIDE + (FROM_SIGNALS - FROM_OUTSIDE) * fed
        smoothing = np.array([_smoothing(feeder.travel_s) for _, feeder in feeders])
        front_s = [
            feeder.travel_s / CRUISE_SHARE + START_S + STEP_S * (PLATOON_STEPS - 1 / factor)
            for (_, feeder), factor in zip(feeders, smoothing, strict=True)
        ]
        from_signal = {link: s for (s, _), link in self.links.items()}
        return {
            "bundle_random": np.array([random[self.approaches[b.approach]] for own in self.bundles for b in own]),
            "outside_vps": np.maximum(self.approach_vph - fed_vph, 0.0) / 3600.0,
            "storage_veh": lanes * length_m / VEHICLE_M,
            "travelling_veh": travelling,
            "approach_lanes": lanes,
            "link_vps": self.link_vph / 3600.0,
            "link_approach": fills,
            "feeder_link": np.array([link for link, _ in feeders], dtype=np.intp),
            "feeder_approach": np.array(at, dtype=np.intp),
            "feeder_share": shares,
            "feeder_s": np.maximum(np.array(front_s, dtype=float), 0.0),
            "feeder_smoothing": smoothing,
            "feeder_from": np.array([from_signal[link] for link, _ in feeders], dtype=np.intp),
            "feeder_to": np.array([self.signal_of[f.approach] for _, f in feeders], dtype=np.intp),
        }

    def _feeders(self, edge: str, link: int) -> list[Feeder]:
        if self.link_vph[link] <= 0:
            return []
        found = self.ways.feeders(edge, self.approaches.keys())
        return [f for f in found if self.approach_vph[self.approaches[f.approach]] > 0]


def _smoothing(travel_s: float) -> float:
    """Robertson's F with the HCM's coefficients."""
    return 1.0 / (1.0 + DISPERSION * travel_s / STEP_S + DISPERSION_STEP / STEP_S)


def _shown(state: str, links: Sequence[int]) -> int:
    """What a movement may do under a state: the best of its links."""
    shown = {state[link] for link in links}
    return PROTECTED if "G" in shown else PERMITTED if shown & (GREEN | {STOP_AND_GO}) else CLOSED


def _walked(signal: Signal, state: str, links: Sequence[int], demand: SignalDemand) -> float:
    """Pedestrians whom a movement lets pass under a state."""
    going = {link for link in signal.pedestrian_links if state[link] in GREEN}
    crossed = {walk for link in links for walk in going if (link, walk) in signal.conflicts.yields}
    return sum(demand.walkers_per_h.get(link, 0.0) for link in crossed)


def _gives_way_to(signal: Signal, movement: int) -> list[int]:
    mine = signal.movements[movement].links
    return [
        other
        for other, theirs in enumerate(signal.movements)
        if other != movement and any((a, b) in signal.conflicts.yields for a in mine for b in theirs.links)
    ]
