"""A learned policy from its file: what it answers, and what a file must be."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.fakes import crossroads, seen
from zhasyl.controllers import parse_controller
from zhasyl.controllers.parts.policy_file import Policy, read_policy, write_policy
from zhasyl.controllers.parts.sight import Layout, layout_of
from zhasyl.controllers.policy import PolicyParameters
from zhasyl.errors import ControllerError
from zhasyl.network import Network
from zhasyl.observation import Area
from zhasyl.runs.provenance import files_of

SIGNAL = crossroads()


def straight(layout: Layout) -> Policy:
    """The score of a stage is who stands before it: A serves movements 0 and 1, B 2 and 3."""
    weights = np.zeros((layout.size, layout.stages), dtype=np.float32)
    standing = 2 + layout.stages + layout.movements
    weights[standing : standing + 2, 0] = weights[standing + 2 : standing + 4, 1] = 1.0
    return Policy(layout, 5.0, 0.0, 7.0, "relu", [(weights, np.zeros(layout.stages, dtype=np.float32))])


def written(folder: Path, policy: Policy) -> Path:
    write_policy(folder / "policy.npz", policy)
    return folder / "policy.npz"


@pytest.mark.parametrize("layout", [layout_of([SIGNAL]), Layout(4, 6)])
def test_it_shows_the_stage_of_the_highest_score(tmp_path: Path, layout: Layout) -> None:
    spec = parse_controller(f"policy:file={written(tmp_path, straight(layout))}")
    controller = spec.cls(spec.cls.signal_for(SIGNAL, spec.parameters), spec.parameters)
    assert controller.next_stage(seen(SIGNAL, [(0, 5.0, 0.0)])) == 0
    assert controller.next_stage(seen(SIGNAL, [(0, 5.0, 0.0), (2, 5.0, 0.0), (3, 5.0, 0.0)])) == 1


def test_it_is_played_as_it_was_trained(tmp_path: Path) -> None:
    spec = parse_controller(f"policy:file={written(tmp_path, straight(layout_of([SIGNAL])))}")
    assert spec.cls.pace(spec.parameters) == (5.0, 0.0)
    assert [stage.min_green_s for stage in spec.cls.signal_for(SIGNAL, spec.parameters).stages] == [7.0, 7.0]


def test_layers_and_what_is_between_them() -> None:
    up, down = np.array([[1.0, -1.0]], dtype=np.float32), np.array([[1.0, 0.0], [0.0, 3.0]], dtype=np.float32)
    none = np.zeros(2, dtype=np.float32)
    policy = Policy(Layout(2, 0), 5.0, 0.0, None, "relu", [(up, none), (down, none)])
    one = np.ones(1, dtype=np.float32)
    assert (policy.best(one, 2), policy.best(-one, 2)) == (0, 1)
    assert (policy.best(-one, 1), replace(policy, activation="tanh").best(one, 2)) == (0, 0)


def test_a_file_reads_as_it_was_written(tmp_path: Path) -> None:
    policy = straight(layout_of([SIGNAL]))
    read = read_policy(written(tmp_path, policy))
    assert replace(read, layers=()) == replace(policy, layers=())
    assert all(np.array_equal(*pair) for ours, theirs in zip(read.layers, policy.layers, strict=True)
               for pair in zip(ours, theirs, strict=True))  # fmt: skip


def test_other_weights_are_another_run(tmp_path: Path) -> None:
    policy = straight(layout_of([SIGNAL]))
    path = written(tmp_path, policy)
    before = files_of(parse_controller(f"policy:file={path}"))
    ((weights, biases),) = policy.layers
    written(tmp_path, replace(policy, layers=[(weights, biases + 1)]))
    assert files_of(parse_controller(f"policy:file={path}")) != before
    assert before["files"].keys() == {"file"}


def test_a_larger_signal_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, straight(Layout(2, 4)))
    large = replace(SIGNAL, movements=(*SIGNAL.movements, SIGNAL.movements[0]))
    area = Area({"J": large}, Network(Path(), {}, {}, (), {}, {}), lambda _: None)  # type: ignore[arg-type,return-value]
    spec = parse_controller(f"policy:file={path}")
    with pytest.raises(ControllerError, match="has room for 2 stages and 4 movements, signal 'J' has 2 and 5"):
        spec.cls.for_network(area, spec.parameters)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no such file; give one that zhasyl.rl.export_policy has written"),
        (b"no zip", "cannot be read: "),
        (b"", "cannot be read: "),
    ],
)
def test_a_file_that_is_none_is_said_in_one_line(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "policy.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ControllerError) as caught:
        parse_controller(f"policy:file={path}")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"layers": []}, "do not lead from 16 numbers to 2 stages"),
        ({"layout": Layout(3, 4)}, "do not lead from 17 numbers to 3 stages"),
        ({"activation": "gelu"}, "activation 'gelu', it may be relu or tanh"),
        ({"interval_s": 0.0}, "interval 0.0 s"),
    ],
)
def test_a_policy_that_cannot_be_is_said(tmp_path: Path, change: dict[str, object], said: str) -> None:
    path = written(tmp_path, replace(straight(layout_of([SIGNAL])), **change))  # type: ignore[arg-type]
    with pytest.raises(ControllerError, match=said):
        PolicyParameters(file=str(path))


def test_without_a_file_it_says_what_it_needs() -> None:
    with pytest.raises(ControllerError, match=r"give policy:file=FILE\.npz"):
        parse_controller("policy")
