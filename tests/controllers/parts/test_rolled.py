"""The builds of the rule that rolls queues forward decide alike to the bit; one of another text is not used."""

import subprocess
import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tests.fakes import crossroads, seen
from zhasyl import compiled
from zhasyl.arrays import FloatArray
from zhasyl.compiled import ahead, alone
from zhasyl.controllers import rolling_horizon
from zhasyl.controllers.parts import rollout
from zhasyl.controllers.parts.rolled import (
    ROOM_VEH,
    Build,
    Rolled,
    compiled_ahead,
    compiled_by_numba,
    scene_of,
)
from zhasyl.controllers.parts.rollout import Junction
from zhasyl.controllers.rolling_horizon import HOLDS_S, RollingHorizon, RollingHorizonParameters, junction_of
from zhasyl.observation import Observation
from zhasyl.signals import read_only

PLAIN = Build(rollout.look, rollout.decide, rollout.keeps, lambda scene: scene, lambda _: nullcontext())
JUNCTIONS, DECISIONS = 150, 12


def any_junction(draw: np.random.Generator) -> Junction:
    """Whatever stages serve; each movement has a lane."""
    stages, movements, lanes = (int(draw.integers(1, most)) for most in (6, 9, 11))
    serves = draw.random((stages, movements)) < 0.5
    may = draw.random((movements, lanes)) < 0.3
    may[np.arange(movements), draw.integers(0, lanes, movements)] = True
    protects = serves & (draw.random(serves.shape) < 0.7)
    return Junction(
        serves, protects, draw.random((movements, movements)) < 0.3, may,
        draw.integers(0, 9, (stages, stages)), draw.integers(1, 15, stages), draw.integers(15, 70, stages),
        draw.uniform(5.0, 25.0, movements), serves @ may, ~(~serves @ may), np.any(serves & ~protects, axis=1),
        draw.random(serves.shape) < 0.2, draw.integers(1, 4, movements).astype(float),
        draw.uniform(5.0, 300.0, movements), may & (draw.random(may.shape) < 0.2), draw.uniform(1.0, 6.0, lanes),
        draw.random(movements) < 0.7, draw.random(stages) < draw.choice([0.5, 1.0]),
    )  # fmt: skip


def any_traffic(draw: np.random.Generator, junction: Junction, stage: int, time_s: float) -> Observation:
    count = int(draw.integers(0, 2 * ROOM_VEH if draw.random() < 0.1 else draw.choice([8, 40])))
    movements, lanes = junction.lanes.shape
    speeds_mps: FloatArray = draw.choice([0.0, 0.0, 0.0, 0.05, 0.8, 4.0, 13.0], count) * draw.uniform(0.5, 1.5, count)
    decimals = int(draw.integers(0, 3))  # some are as far away as others
    farthest_m = 150.0 if draw.random() < 0.5 else 20.0
    far_m: FloatArray = np.sort(draw.uniform(0.0, farthest_m, count)).round(decimals)
    downstream_veh: FloatArray = np.asarray(draw.uniform(0.0, 30.0, movements))
    downstream_queue_veh: FloatArray = np.floor(downstream_veh * draw.uniform(0.0, 1.0, movements))
    return Observation(
        time_s, stage, float(draw.integers(1, 60)),
        read_only(draw.integers(0, movements, count)), read_only(draw.integers(-1, lanes, count)),
        read_only(far_m), read_only(speeds_mps),
        read_only(downstream_veh), read_only(downstream_queue_veh), 150.0,
    )  # fmt: skip


def answers(build: Build, seed: int) -> tuple[list[int], list[bytes]]:
    """What a build decides at a junction one decision after the other, and what it leaves in the arrays each time."""
    draw = np.random.default_rng(seed)
    junction = any_junction(draw)
    used = Rolled(scene_of(junction, HOLDS_S, int(draw.integers(15, 60)), 3.0, 100.0), build)
    used.scene.memory.cleared_at_s[:] = 0.0
    found, left = [], []
    for number in range(DECISIONS):
        if number == 0 or draw.random() < 0.25:  # else all stand where they stood
            traffic = any_traffic(draw, junction, int(draw.integers(0, len(junction.permits))), 0.0)
        traffic = replace(traffic, time_s=3.0 * number, green_s=traffic.green_s + 3.0)
        found.append(used.decide(traffic, 0.3))
        found.append(used.keeps(traffic, 0.3, int(draw.integers(1, 30))))
        left.append(b"".join(part.tobytes() for part in arrays(used.scene)))
    return found, left


def arrays(value: object) -> list[FloatArray]:
    return [part for one in value for part in arrays(one)] if isinstance(value, tuple) else [np.asarray(value)]


def assert_alike(one: Build, other: Build, junctions: int) -> None:
    decided, kept = set(), set()
    for seed in range(junctions):
        (found, left), (expected, expected_left) = answers(one, seed), answers(other, seed)
        assert found == expected
        assert left == expected_left
        decided.update(found[::2])
        kept.update(found[1::2])
    assert len(decided) > 1
    assert kept == {True, False}


@pytest.mark.slow  # numba compiles for 20 s
def test_numba_decides_as_plain_python_does() -> None:
    assert_alike(compiled_by_numba(), PLAIN, 4)


def test_compiled_ahead_it_decides_as_plain_python_does() -> None:
    extension = compiled_ahead()
    if extension is None:
        pytest.skip("zhasyl was installed without a C compiler, or the rule has changed since")
    assert_alike(extension, PLAIN, 4)


@pytest.mark.slow
def test_compiled_ahead_it_decides_as_compiled_by_numba() -> None:
    extension = compiled_ahead()
    if extension is None:
        pytest.skip("zhasyl was installed without a C compiler, or the rule has changed since")
    assert_alike(extension, compiled_by_numba(), JUNCTIONS)


def test_the_rule_of_another_text_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    extension = ModuleType("zhasyl.controllers.parts._edited")
    monkeypatch.setitem(sys.modules, extension.__name__, extension)
    edited = ModuleType("zhasyl.controllers.parts.edited")
    edited.__file__ = str(tmp_path / "edited.py")
    Path(edited.__file__).write_text("GREENS = 4\n", encoding="utf-8")
    extension.DIGEST = compiled._digest(edited)  # type: ignore[attr-defined]
    assert ahead(edited) is extension
    Path(edited.__file__).write_text("GREENS = 5\n", encoding="utf-8")
    assert ahead(edited) is None


def signatures(build: Build) -> list[list[object]]:
    functions = (build.look, build.decide, build.keeps)
    return [list(function.signatures) for function in functions]  # type: ignore[attr-defined]


@pytest.mark.slow
def test_a_run_compiles_nothing_that_is_not_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    build = compiled_by_numba()
    monkeypatch.setattr("zhasyl.controllers.rolling_horizon.build", lambda: build)
    own = RollingHorizonParameters(walk_reserve_s=8.0)
    RollingHorizon.prepare(own)
    prepared = signatures(build)
    controller, waiting = RollingHorizon(crossroads(), own), seen(crossroads(), [(0, 5.0, 1.0)], time_s=1.0)
    controller.next_stage(waiting)
    controller.keeps_walk(waiting, 30.0)
    assert signatures(build) == prepared


def test_numba_is_not_loaded_where_the_rule_was_compiled_ahead() -> None:
    if compiled_ahead() is None:
        pytest.skip("zhasyl was installed without a C compiler, or the rule has changed since")
    code = (
        "import sys\nfrom zhasyl.controllers.rolling_horizon import RollingHorizon, RollingHorizonParameters\n"
        "RollingHorizon.prepare(RollingHorizonParameters())\nsys.exit('numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_compiling_is_said_once_and_waited_for(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code = (
        "import sys, time\nfrom types import SimpleNamespace\nfrom zhasyl.compiled import alone\n"
        "from zhasyl.controllers.parts import rollout\n"
        "function = SimpleNamespace(stats=SimpleNamespace(cache_path=sys.argv[1]))\n"
        "with alone(rollout, function, 'rolling-horizon'):\n"
        "    with open(sys.argv[1] + '/times', 'a') as times:\n"
        "        times.write('in\\n'), times.flush(), time.sleep(0.3), times.write('out\\n')\n"
    )
    both = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert (tmp_path / "times").read_text().split() == ["in", "out", "in", "out"]
    assert capfd.readouterr().err.count("compiling rolling-horizon, about a minute, once on this machine") == 1


def test_nothing_is_said_where_nothing_is_kept(capfd: pytest.CaptureFixture[str]) -> None:
    class Function:
        class stats:  # noqa: N801 - numba's name
            cache_path = None

    with alone(rollout, Function, "rolling-horizon"):
        pass
    assert capfd.readouterr().err == ""


def test_room_grows_and_keeps_what_was_seen() -> None:
    vehicles = [(0, 1.0 + place / 2, 0.0) for place in range(2 * ROOM_VEH)]
    scene = scene_of(junction_of(crossroads()), HOLDS_S, 30, 1.0, 100.0)
    used = Rolled(scene, PLAIN)
    used.decide(seen(crossroads(), vehicles), 1.0)
    assert len(used.scene.scratch.lane) >= len(vehicles)
    assert used.scene.vehicles.distance_m[: len(vehicles)].tolist() == [distance_m for _, distance_m, _ in vehicles]


def test_what_a_build_is_compiled_with_has_every_field_it_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rolling_horizon, "build", lambda: PLAIN)  # it raises where others read beyond an array
    RollingHorizon.prepare(RollingHorizonParameters(walk_reserve_s=1.0))
