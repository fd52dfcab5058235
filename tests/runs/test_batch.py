"""Many runs: planned, spread, repeated, and none lost whatever dies."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.conftest import TinyNetwork
from tests.same import assert_same, lasting
from zhasyl import Controller, Observation, Parameters, run_many
from zhasyl.controllers import ControllerSpec, parse_controller
from zhasyl.errors import OutputError, SimulationError
from zhasyl.runs.batch import plan_runs
from zhasyl.runs.spec import RunSpec
from zhasyl.runs.store import RunRecord, load_record, load_records
from zhasyl.scenarios import Scenario, load_scenario

ROOT = Path(__file__).resolve().parents[2]
CONTROLLERS = ("fixed", "max-pressure", "actuated")
SEEDS = 8


class Marker(Parameters):
    """Where a controller that fails leaves word that it did."""

    marker: str = ""


class Deadly(Controller):
    """Kills its process, every time."""

    parameters_type = Marker

    def next_stage(self, observation: Observation) -> int:
        os.kill(os.getpid(), signal.SIGSEGV)
        return observation.stage


class DeadlyOnce(Deadly):
    """Kills its process the first time."""

    def next_stage(self, observation: Observation) -> int:
        assert isinstance(self.parameters, Marker)
        marker = Path(self.parameters.marker)
        if not marker.exists():
            marker.touch()
            return super().next_stage(observation)
        return (observation.stage + 1) % len(self.signal.stages)


class Hanging(Controller):
    """Never answers."""

    def next_stage(self, observation: Observation) -> int:
        time.sleep(60)
        return observation.stage


def failing(cls: type[Controller], **parameters: str) -> ControllerSpec:
    return ControllerSpec(cls.__name__.lower(), cls, cls.parameters_type.model_validate(parameters))


@pytest.fixture
def scenario(tiny_network: TinyNetwork) -> Scenario:
    return load_scenario(str(tiny_network("t-junction-left-turn")))


Specs = Callable[[Path, int], list[RunSpec]]


@pytest.fixture
def specs(scenario: Scenario) -> Specs:
    """(store, seeds) → specs of three controllers."""
    chosen = [parse_controller(name) for name in CONTROLLERS]
    return lambda out, seeds: [RunSpec(scenario, c, seed, out) for c in chosen for seed in range(1, seeds + 1)]


@pytest.fixture(scope="session")
def undisturbed(tiny_network: TinyNetwork, tmp_path_factory: pytest.TempPathFactory) -> list[RunRecord]:
    """Runs that nothing happened to."""
    out, scenario = tmp_path_factory.mktemp("undisturbed"), load_scenario(str(tiny_network("t-junction-left-turn")))
    return run_many(
        [RunSpec(scenario, parse_controller(c), seed, out) for c in CONTROLLERS for seed in range(1, SEEDS + 1)], 2
    )


def assert_same_runs(found: list[RunRecord], expected: list[RunRecord]) -> None:
    assert [record.folder.name for record in found] == [record.folder.name for record in expected]
    for one, other in zip(found, expected, strict=True):
        assert_same(one, other)


# Planning


def test_what_is_stored_is_not_run_again(specs: Specs, tmp_path: Path) -> None:
    run_many(specs(tmp_path, 1), 2)
    plan = plan_runs(specs(tmp_path, 2))
    assert [spec.seed for spec in plan.todo] == [2, 2, 2]
    done: list[RunSpec] = []
    records = run_many(specs(tmp_path, 2), 2, lambda spec, _: done.append(spec))
    assert {spec.folder for spec in done} == {spec.folder for spec in plan.todo}
    assert [(record["label"], record["seed"]) for record in records] == [(c, n) for c in CONTROLLERS for n in (1, 2)]


def test_a_run_asked_for_twice_is_run_once(specs: Specs, tmp_path: Path) -> None:
    twice = specs(tmp_path, 1)[:1] * 2
    assert len(plan_runs(twice).todo) == 1
    first, second = run_many(twice)
    assert first == second


def test_the_longest_run_begins_first(specs: Specs, tmp_path: Path) -> None:
    for record, wall_s in zip(run_many(specs(tmp_path, 1), 2), (1.0, 3.0, 2.0), strict=True):
        path = record.folder / "record.json"
        path.write_text(json.dumps({**record.values, "wall_s": wall_s}), encoding="utf-8")
    plan = plan_runs([spec for spec in specs(tmp_path, 2) if spec.seed == 2])
    assert [spec.controller.name for spec in plan.todo] == ["max-pressure", "actuated", "fixed"]
    assert plan.remaining_s(1) == pytest.approx(6.0)
    assert plan.remaining_s(2) == pytest.approx(3.0)
    assert not plan.guessed


def test_without_earlier_runs_the_time_is_a_guess(specs: Specs, tmp_path: Path) -> None:
    plan = plan_runs(specs(tmp_path, 2))
    assert plan.guessed
    assert 1.0 < plan.remaining_s(6) < 60.0
    assert plan_runs([]).remaining_s(2) == 0.0


def test_a_damaged_record_is_run_again(specs: Specs, tmp_path: Path) -> None:
    before = run_many(specs(tmp_path, 1), 2)
    table = before[0].folder / "queues.parquet"
    whole = table.read_bytes()
    table.write_bytes(whole[:100] + b"?" + whole[101:])
    done: list[RunSpec] = []
    after = run_many(specs(tmp_path, 1), 2, lambda spec, _: done.append(spec))
    assert [spec.folder for spec in done] == [before[0].folder]
    assert table.read_bytes() == whole
    assert lasting(after[0]) == lasting(before[0])


# Faults


def test_a_run_whose_process_dies_once_is_tried_again(scenario: Scenario, tmp_path: Path) -> None:
    record = run_many([RunSpec(scenario, failing(DeadlyOnce, marker=str(tmp_path / "marker")), 1, tmp_path / "out")])[0]
    assert (tmp_path / "marker").exists()
    assert record.done
    assert load_record(record.folder) == record


def test_a_run_that_dies_twice_is_recorded_and_costs_that_run_alone(
    scenario: Scenario, specs: Specs, tmp_path: Path
) -> None:
    bad = RunSpec(scenario, failing(Deadly), 7, tmp_path)
    records = run_many([bad, *specs(tmp_path, 1)], 2)
    assert [record.done for record in records] == [False, True, True, True]
    failed = records[0]
    assert (failed["status"], failed["attempts"], failed["error"]) == ("failed", 2, "SimulationError")
    assert "SIGSEGV: SUMO or a controller crashed" in failed["reason"]
    assert failed["command"] == f"zhasyl run {scenario.source} --controller deadly --seed 7"
    assert failed["delay_s"] is None
    assert load_records(tmp_path)[0] == failed or failed in load_records(tmp_path)
    assert plan_runs([bad]).todo == [bad]


def test_a_run_that_hangs_is_ended_at_its_limit(scenario: Scenario, tmp_path: Path) -> None:
    record = run_many([RunSpec(scenario, failing(Hanging), 1, tmp_path)], limit_s=1.0)[0]
    assert "longer than 1 s" in record["reason"]


def test_a_wrong_input_is_not_tried_again(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    config = tiny_network("t-junction-left-turn")
    demand = tmp_path / "nowhere.rou.xml"
    demand.write_text('<routes><trip id="a" depart="0" from="no" to="way"/></routes>', encoding="utf-8")
    own = tmp_path / "own.sumocfg"
    own.write_text(config.read_text().replace(config.stem + ".rou.xml", str(demand)), encoding="utf-8")
    (tmp_path / f"{config.stem}.net.xml").write_bytes(config.with_name(f"{config.stem}.net.xml").read_bytes())
    record = run_many([RunSpec(load_scenario(str(own)), parse_controller("fixed"), 1, tmp_path / "out")])[0]
    assert (record["attempts"], record["error"]) == (1, "ScenarioError")
    assert "SUMO refuses" in record["reason"]


def test_a_store_that_cannot_be_written_ends_the_batch(specs: Specs, tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot store the run"):
        run_many(specs(tmp_path, 2), 2)


def command(config: Path, out: Path) -> list[str]:
    """The runs of all at the command line."""
    options = ["--controllers", ",".join(CONTROLLERS), "--seeds", f"1-{SEEDS}", "--jobs", "2", "--out", str(out)]
    return [sys.executable, "-m", "zhasyl", "compare", str(config), *options]


def runs_of(batch: psutil.Process) -> Iterator[psutil.Process]:
    """The processes that simulate: children of the fork server, which is a child of the batch."""
    for server in batch.children():
        with suppress(psutil.NoSuchProcess):  # netconvert, which has said its version
            yield from server.children()


@pytest.mark.slow
def test_workers_killed_at_random_then_the_batch_itself(
    scenario: Scenario, undisturbed: list[RunRecord], tmp_path: Path
) -> None:
    chance, killed, out = random.Random(4), 0, tmp_path / "out"  # noqa: S311
    arguments = command(Path(scenario.source), out)
    with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as batch:
        watched = psutil.Process(batch.pid)
        while batch.poll() is None and len(list(out.glob("runs/*/*"))) < 2 * SEEDS:
            time.sleep(chance.uniform(0.05, 0.5))
            for victim in chance.sample(found := list(runs_of(watched)), min(1, len(found))):
                with suppress(psutil.NoSuchProcess):
                    victim.kill()
                killed += 1
        batch.kill()
    assert killed > 3
    kept = {record.folder: record["started_at"] for record in load_records(out) if record.done}
    assert subprocess.run(arguments, cwd=ROOT, capture_output=True, check=False).returncode == 0
    assert kept.items() <= {record.folder: record["started_at"] for record in load_records(out)}.items()
    records = sorted(load_records(out), key=lambda record: CONTROLLERS.index(record["label"]))
    assert_same_runs(records, undisturbed)
    assert not list(out.glob("runs/*/.*"))


@pytest.mark.slow
def test_two_batches_on_one_store_do_not_hurt_each_other(
    scenario: Scenario, undisturbed: list[RunRecord], tmp_path: Path
) -> None:
    arguments = command(Path(scenario.source), tmp_path)
    batches = [subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [batch.wait() for batch in batches] == [0, 0]
    records = sorted(load_records(tmp_path), key=lambda record: CONTROLLERS.index(record["label"]))
    assert_same_runs(records, undisturbed)
    assert not list(tmp_path.glob(".unfinished-*"))


# A cluster


def test_a_dask_cluster_gives_the_same_records(specs: Specs, undisturbed: list[RunRecord], tmp_path: Path) -> None:
    assert_same_runs(run_many(specs(tmp_path, SEEDS), cluster="local:2"), undisturbed)


@pytest.mark.slow
def test_a_dask_worker_that_is_killed_loses_nothing(specs: Specs, undisturbed: list[RunRecord], tmp_path: Path) -> None:
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        done: list[RunRecord] = []

        def kill_once(_: RunSpec, record: RunRecord) -> None:
            done.append(record)
            if len(done) == SEEDS // 2:
                os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)

        records = run_many(specs(tmp_path, SEEDS), on_done=kill_once, cluster=cluster.scheduler_address)
    assert_same_runs(records, undisturbed)


def test_a_cluster_that_ends_in_between_is_said(specs: Specs, tmp_path: Path) -> None:
    from distributed import LocalCluster

    with (
        LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster,
        pytest.raises(SimulationError, match="cluster stopped"),
    ):
        run_many(specs(tmp_path, SEEDS), on_done=lambda *_: cluster.close(), cluster=cluster.scheduler_address)
    assert 1 <= len(load_records(tmp_path)) < 60


# What the server of its processes imports


IMPORTED_LATE = """
import sys
from pathlib import Path

from zhasyl.controllers import parse_controller
from zhasyl.process import workers
from zhasyl.runs.simulate import simulate
from zhasyl.runs.spec import RunSpec
from zhasyl.scenarios import load_scenario

scenario = load_scenario(sys.argv[1])
spec = RunSpec(scenario, parse_controller(sys.argv[3]), 1, Path(sys.argv[2]))
workers.preload(spec.controller.cls.preloads(spec.controller.parameters))
for name in workers._PRELOADED:
    __import__(name)
before = set(sys.modules)
simulate(spec)
print(*(name for name in sys.modules if name.split(".")[0] in ("scipy", "pandas", "numpy") and name not in before))
"""


@pytest.mark.parametrize("name", ["green-wave", "webster"])
def test_no_run_imports_a_library_that_another_of_the_batch_has(scenario: Scenario, tmp_path: Path, name: str) -> None:
    command = [sys.executable, "-c", IMPORTED_LATE, scenario.source, str(tmp_path), name]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stdout.split()) == (0, []), done.stderr


def test_what_a_wrapper_wraps_is_imported_once_too_and_no_plug_in() -> None:
    spec = parse_controller("transit-priority:of=webster")
    assert list(spec.cls.preloads(spec.parameters)) == [
        "zhasyl.controllers.wrappers.transit_priority", "zhasyl.controllers.webster_plan", "scipy.optimize"
    ]  # fmt: skip
    assert list(Hanging.preloads(Hanging.parameters_type())) == []
