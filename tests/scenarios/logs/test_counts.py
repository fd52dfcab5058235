"""Actuations become vehicles by movement and quarter; arrivals and failures are judged as `atspm` does."""

import pytest

from tests.scenarios.logs.made import Programme, log_of, vehicles
from zhasyl.errors import ScenarioError
from zhasyl.scenarios.logs.check import check_phases
from zhasyl.scenarios.logs.config import Config, Detector, Movement
from zhasyl.scenarios.logs.counts import LogCounts, count
from zhasyl.scenarios.logs.detection import Actuations, actuations, occupied, occupied_s

BEGIN_S, END_S = 25_200.0, 28_800.0
PLAIN = Programme(60.0, 0.0, [[[(2, 40.0)]], [[(4, 20.0)]]], 3.0, 2.0)
EBT, EBR, NBL = ("EB", "T"), ("EB", "R"), ("NB", "L")
EVENTS = list(PLAIN.events(BEGIN_S, END_S))


def config(*detectors: Detector, movements: tuple[Movement, ...] = (EBT, EBR)) -> Config:
    return Config({2: movements, 4: (NBL,)}, detectors)


def counted(events: list[tuple[float, int, int]], chosen: Config, weights: dict[Movement, float]) -> LogCounts:
    return count(log_of(EVENTS + events, BEGIN_S, END_S), chosen, (2, 4), weights, 60.0)


def each(step_s: float, first_s: float = BEGIN_S) -> list[float]:
    return [first_s + step_s * number for number in range(int((END_S - first_s) / step_s))]


def test_vehicles_are_shared_out_as_the_demand_has_them() -> None:
    found = counted([*vehicles(1, each(9.0)), *vehicles(2, each(90.0))],
                    config(Detector(1, 2, "advance"), Detector(2, 4, "count")), {EBT: 300.0, EBR: 100.0})  # fmt: skip
    by_movement = {m: [n for (own, _), n in sorted(found.movements.items()) if own == m] for m in (EBT, EBR, NBL)}
    assert by_movement == {EBT: [75] * 4, EBR: [25] * 4, NBL: [10] * 4}
    assert (found.of_phase(2), found.of_phase(4), found.hours) == (400, 40, 1.0)


def test_whole_vehicles_are_lost_or_won_nowhere() -> None:
    found = counted(list(vehicles(1, each(12.9))), config(Detector(1, 2, "advance")), {})
    total = sum(n for (movement, _), n in found.movements.items() if movement in (EBT, EBR))
    assert abs(total - found.of_phase(2)) <= 1
    assert "phase 4 has no detector that counts: NBL left to the fit" in found.remarks


def test_one_detector_counts_for_a_lane_and_the_best_kind_for_a_phase() -> None:
    detectors = (
        Detector(1, 2, "advance", lane="1", distance_m=120.0),
        Detector(2, 2, "advance", lane="1", distance_m=60.0),
        Detector(3, 2, "advance", lane="2"),
        Detector(4, 2, "presence", lane="1"),
    )
    events = [e for number in (1, 2, 3, 4) for e in vehicles(number, each(9.0 * number))]
    found = counted(events, config(*detectors), {})
    assert [one.number for one in found.counters[2]] == [2, 3]
    assert found.of_phase(2) == 200 + 133
    assert not [r for r in found.remarks if r.startswith("phase 2")], "presence counts fewer, as it must"
    more = counted([*events, *vehicles(5, each(3.0))], config(*detectors, Detector(5, 2, "presence", lane="3")), {})
    assert [
        r for r in more.remarks if r.startswith("phase 2: 2 detectors (advance) count 333 vehicles, 2 (presence) 1,300")
    ]


def test_nothing_to_count_is_refused() -> None:
    with pytest.raises(ScenarioError, match="no detector of the configuration counts a movement"):
        counted([], config(Detector(1, 2, "other")), {})
    with pytest.raises(ScenarioError, match=r"no actuation .* of a detector that counts in --config \(1, 3\) is in it"):
        counted([], config(Detector(1, 2, "advance"), Detector(3, 2, "count")), {})
    with pytest.raises(ScenarioError, match=r"detector 1 of phase 2 counts 7\d\d vehicles from 07:00 .* it chatters"):
        counted([*vehicles(1, each(1.2))], config(Detector(1, 2, "advance")), {})
    with pytest.raises(ScenarioError, match="no quarter of an hour is whole"):
        count(log_of(EVENTS, BEGIN_S + 60, BEGIN_S + 700), config(), (2, 4), {}, 60.0)


def test_a_quarter_with_a_hole_is_left_out_and_said() -> None:
    events = [e for e in [*EVENTS, *vehicles(1, each(9.0))] if not BEGIN_S + 1000 < e[0] < BEGIN_S + 1480]
    found = count(log_of(events, BEGIN_S, END_S), config(Detector(1, 2, "advance")), (2, 4), {}, 60.0)
    assert found.hours == 0.75
    assert "from 07:15 the log has no whole quarter of an hour: not counted" in found.remarks


def test_actuations_without_ends_and_flickers() -> None:
    events = [(10.0, 82, 1), (10.5, 81, 1), (20.0, 82, 1), (21.0, 82, 1), (21.5, 81, 1), (21.6, 82, 1), (21.9, 81, 1),
              (30.0, 82, 1), (5000.0, 81, 1)]  # fmt: skip
    found = actuations(log_of(events, 0.0, 6000.0), 1)
    assert found.begin_s.tolist() == [10.0, 20.0, 21.0, 30.0]
    assert found.end_s.tolist() == [10.5, 20.5, 21.9, 30.5]
    assert found.without_end == 2
    assert len(actuations(log_of(events, 0.0, 6000.0), 9).begin_s) == 0


def test_spells_of_several_detectors() -> None:
    import numpy as np

    one = Actuations(np.array([0.0, 10.0]), np.array([4.0, 12.0]))
    other = Actuations(np.array([3.0, 20.0]), np.array([6.0, 21.0]))
    begin_s, end_s = occupied([one, other])
    assert (begin_s.tolist(), end_s.tolist()) == ([0.0, 10.0, 20.0], [6.0, 12.0, 21.0])
    spans = occupied_s(begin_s, end_s, np.array([0.0, 5.0, 6.5, 11.0]), np.array([30.0, 11.0, 9.0, 20.5]))
    assert spans.tolist() == [9.0, 2.0, 0.0, 1.5]


def test_arrivals_on_green_and_failures() -> None:
    on_green = [BEGIN_S + 60.0 * n + 10.0 for n in range(60)]
    on_red = [BEGIN_S + 60.0 * n + 50.0 for n in range(20)]
    waiting = [(BEGIN_S + 60.0 * n, 82, 2) for n in range(10)] + [(BEGIN_S + 60.0 * n + 58.0, 81, 2) for n in range(10)]
    events = [*EVENTS, *vehicles(1, sorted(on_green + on_red)), *waiting]
    chosen = config(Detector(1, 2, "advance"), Detector(2, 2, "presence"))
    found = check_phases(log_of(events, BEGIN_S, END_S), chosen, (2, 4))
    assert (found[2].greens, found[2].arrivals, found[2].on_green) == (60, 80, 0.75)
    assert (found[2].judged, found[2].failures) == (60, 10)
    assert found[2].green_s == pytest.approx(35.0)
    assert (found[4].arrivals, found[4].judged) == (0, 0)
