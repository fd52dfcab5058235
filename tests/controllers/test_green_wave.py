"""Green waves: windows of plans, common cycles, and on an arterial in SUMO less stops and delay than by chance."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.arterial import arterial
from tests.fakes import crossroads, seen
from zhasyl.controllers import ControllerSpec, parse_controller
from zhasyl.controllers.base import Controller
from zhasyl.controllers.green_wave import GreenWave, GreenWaveParameters, GreenWaves, green_waves, rounded, window
from zhasyl.controllers.parts.plan_player import fitted, intergreens_s
from zhasyl.controllers.webster_plan import webster_plans
from zhasyl.errors import ControllerError
from zhasyl.observation import Area, Observation
from zhasyl.parameters import Parameters
from zhasyl.runs.planning import area_of
from zhasyl.runs.simulate import run
from zhasyl.scenarios import load_scenario
from zhasyl.sequencer import Sequencer, Watch
from zhasyl.signals import Signal, SignalPlan

SPACINGS_M = (250, 330, 260, 400, 300, 250)
SHUFFLED_S = (0, 37, 11, 52, 24)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five signals, 1,250 veh/h along them and 300 across each."""
    return arterial(tmp_path_factory.mktemp("arterial") / "road", SPACINGS_M)


@pytest.fixture(scope="module")
def area(config: Path) -> Area:
    return area_of(load_scenario(str(config)), parse_controller("green-wave"))


class ShuffledWaves(GreenWaves):
    """The plans of the green wave with offsets out of a hat."""

    @classmethod
    def for_network(cls, area: Area, parameters: Parameters) -> Callable[[Signal], Controller]:
        return partial(_shuffled, super().for_network(area, parameters), sorted(area.signals))


def _shuffled(make: Callable[[Signal], Controller], names: list[str], signal: Signal) -> Controller:
    controller = make(signal)
    assert isinstance(controller, ShuffledWaves)
    offset_s = float(SHUFFLED_S[names.index(signal.id)])
    controller.plan = replace(controller.plan, offset_s=offset_s % controller.plan.cycle_s)
    return controller


def test_a_window_is_the_movements_longest_green_in_the_plan() -> None:
    signal = crossroads()
    plan = fitted(signal, signal.plan)
    assert window(signal, plan, 0).start == 0
    assert window(signal, plan, 0).length == pytest.approx(20 / 58)
    assert window(signal, plan, 2).start == pytest.approx(24 / 58)
    assert window(signal, plan, 2).length == pytest.approx(30 / 58)


def test_a_window_runs_over_the_end_of_the_cycle_and_over_intergreens_that_keep_it() -> None:
    signal = crossroads()
    plan = SignalPlan((0, 1, 0), (10, 30, 20), 68)
    assert window(signal, plan, 0).start == pytest.approx(48 / 68)
    assert window(signal, plan, 0).length == pytest.approx(30 / 68)
    twice = SignalPlan((0, 1, 0, 1), (10, 12, 20, 12), 70)
    assert window(signal, twice, 0).length == pytest.approx(20 / 70)
    assert window(signal, replace(plan, stages=(0, 0), greens_s=(10, 20)), 0).length == 1


@given(st.integers(0, 66), st.integers(0, 3))
def test_a_window_is_what_is_shown(offset_s: int, movement: int) -> None:
    signal = crossroads()
    plan = SignalPlan((0, 1, 0), (10, 30, 15), 67, offset_s)
    plan = replace(plan, cycle_s=55 + intergreens_s(signal, plan.stages).sum())
    watch = Watch(partial(looked, signal), 0.0)
    player = Sequencer(signal, lambda: GreenWaves(signal, GreenWaveParameters(), plan), watch)
    green, link = window(signal, plan, movement), signal.movements[movement].links[0]
    shown = {time_s: player.step(float(time_s))[link] for time_s in range(600)}
    for time_s in range(300, 600):  # in step by then
        since_s = (time_s - offset_s - green.start * plan.cycle_s) % plan.cycle_s
        assert (shown[time_s] == "G") == (since_s + 1e-6 < green.length * plan.cycle_s)


def looked(signal: Signal, time_s: float, stage: int, green_s: float) -> Observation:
    return seen(signal, time_s=time_s, stage=stage, green_s=green_s)


@pytest.mark.parametrize("text", ["green-wave", "green-wave:bands=maxband", "green-wave:longer_s=30"])
def test_a_corridors_signals_share_a_cycle_that_their_plans_fill(area: Area, text: str) -> None:
    (wave,) = green_waves(area, parameters(text))
    assert set(wave.corridor.signals) == set(area.signals)
    cycle_s = wave.progression.cycle_s
    for name, plan in wave.plans.items():
        signal = area.signals[name]
        assert plan.cycle_s == pytest.approx(cycle_s, abs=1e-4)
        assert 0 <= plan.offset_s < plan.cycle_s
        assert sum(plan.greens_s) + intergreens_s(signal, plan.stages).sum() == pytest.approx(plan.cycle_s)
        assert all(
            green_s >= signal.stages[s].min_green_s for s, green_s in zip(plan.stages, plan.greens_s, strict=True)
        )


@pytest.mark.parametrize("text", ["green-wave", "green-wave:bands=maxband"])
def test_who_drives_in_the_band_meets_greens_of_the_plans(area: Area, text: str) -> None:
    """The offsets in the plans are whole seconds: half a second is forgiven."""
    (wave,) = green_waves(area, parameters(text))
    centres_s = wave.progression.outbound.centres_s
    for index, (name, centre_s) in enumerate(zip(wave.corridor.signals, centres_s, strict=True)):
        movement, plan = wave.corridor.movement(index), wave.plans[name]
        assert movement is not None
        assert centre_s is not None
        green = window(area.signals[name], plan, movement)
        since_s = (centre_s - plan.offset_s - green.start * plan.cycle_s + 0.51) % plan.cycle_s
        assert since_s <= green.length * plan.cycle_s + 1.02
    for (here_s, there_s), leg in zip(pairwise(centres_s), wave.corridor.outbound, strict=True):
        assert here_s is not None
        assert there_s is not None
        assert leg.travel_s - 1e-3 <= there_s - here_s <= leg.travel_s / 0.9 + 1e-3


def test_the_cycle_is_websters_longest_or_up_to_so_much_longer(area: Area) -> None:
    common = parameters("green-wave:cycle=common")
    longest_s = max(plan.cycle_s for plan in webster_plans(area, common).values())
    assert only(area, "green-wave").progression.cycle_s == pytest.approx(longest_s)
    assert longest_s <= only(area, "green-wave:longer_s=20").progression.cycle_s <= longest_s + 20.01
    assert only(area, "green-wave:longer_s=120,max_cycle_s=70").progression.cycle_s <= max(70, longest_s) + 0.01


def test_a_longer_cycle_is_taken_where_the_bands_gain_by_it(area: Area) -> None:
    same, longer = (only(area, f"green-wave:bands=maxband,longer_s={more_s}") for more_s in (0, 40))
    worth = [wave.progression.worth(wave.outbound, wave.inbound) for wave in (same, longer)]
    assert worth[1] >= worth[0] - 1e-3


@pytest.mark.parametrize("offset_s", [0.0, 0.5, 17.4, 59.4, 59.6, 59.999])
def test_offsets_are_whole_seconds_below_the_cycle(area: Area, offset_s: float) -> None:
    shifted = rounded(only(area, "green-wave"), (offset_s,) * len(area.signals))
    assert all(plan.offset_s < plan.cycle_s for plan in shifted.values())
    assert all(plan.offset_s == round(offset_s) % 60 for plan in shifted.values())


def test_signals_outside_of_corridors_keep_websters_plan(area: Area) -> None:
    make = GreenWaves.for_network(area, parameters("green-wave:spacing_m=50"))
    plans = webster_plans(area, parameters("green-wave:spacing_m=50"))
    for name, signal in area.signals.items():
        controller = make(signal)
        assert isinstance(controller, GreenWaves)
        assert controller.plan == plans[name]


@given(st.integers(0, 1), st.floats(0, 300))
def test_alone_it_plays_the_shipped_plan(stage: int, green_s: float) -> None:
    controller = GreenWaves(crossroads(), GreenWaveParameters())
    assert controller.plan.greens_s == (20, 30)
    assert controller.next_stage(seen(crossroads(), stage=stage, green_s=green_s)) in (0, 1)


def test_a_wrong_parameter_is_one_clear_line() -> None:
    with pytest.raises(ControllerError, match="bands=green is not valid: give maxband or multiband"):
        parse_controller("green-wave:bands=green")


@pytest.mark.slow
def test_it_beats_the_same_plans_with_offsets_out_of_a_hat(config: Path, tmp_path: Path) -> None:
    scenario, chosen = load_scenario(str(config)), GreenWaveParameters()
    wave = run(scenario, ControllerSpec("green-wave", GreenWaves, chosen), seed=1, out=tmp_path)
    hat = run(scenario, ControllerSpec("hat", ShuffledWaves, chosen), seed=1, out=tmp_path)
    assert wave["faults"] == hat["faults"] == []
    assert wave["stops"] < 0.9 * hat["stops"]
    assert wave["delay_s"] < 0.95 * hat["delay_s"]


def parameters(text: str) -> GreenWaveParameters:
    chosen = parse_controller(text).parameters
    assert isinstance(chosen, GreenWaveParameters)
    return chosen


def only(area: Area, text: str) -> GreenWave:
    (wave,) = green_waves(area, parameters(text))
    return wave
