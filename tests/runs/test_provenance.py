"""Files that a controller names itself, and what its distribution requires, are part of a run's key."""

from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from zhasyl.controllers import ControllerSpec
from zhasyl.controllers.base import AdaptiveParameters, Controller
from zhasyl.errors import ControllerError
from zhasyl.observation import Observation
from zhasyl.runs.provenance import _required, files_of, plug_ins_of


class Still(Controller):
    summary = "still"

    def next_stage(self, observation: Observation) -> int:
        return observation.stage


def spec(files: Callable[..., Iterable[str | Path]] = lambda *_: ()) -> ControllerSpec:
    cls = type("Mine", (Still,), {"files": classmethod(files)})
    return ControllerSpec("mine", cls, AdaptiveParameters())


def test_what_a_controller_depends_on_is_known_by_its_content(tmp_path: Path) -> None:
    weights, folder = tmp_path / "weights.npz", tmp_path / "net"
    folder.mkdir()
    mine = spec(lambda *_: [weights, str(folder)])

    def known(content: bytes, layer: bytes) -> dict[str, Any]:
        weights.write_bytes(content)
        (folder / "layer").write_bytes(layer)
        return files_of(mine)

    first = known(b"1", b"a")
    assert first["files"].keys() == {"0.weights.npz", "1.net"}
    assert known(b"2", b"a") != first
    assert known(b"1", b"bb") != first
    assert known(b"1", b"a") == first
    assert files_of(spec()) == {}


def fails(*_: object) -> list[str]:
    raise KeyError("home")


def leaves(*_: object) -> list[str]:
    raise SystemExit(3)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (lambda *_: ["gone.npz"], "controller 'mine' depends on gone.npz, which is no file or folder; put it there"),
        (fails, "controller 'mine': its files cannot be listed: KeyError: 'home'; fix its code"),
        (leaves, "controller 'mine': its files cannot be listed: SystemExit: 3; fix its code"),
        (lambda *_: None, "controller 'mine': its files cannot be listed: TypeError: "),
    ],
)
def test_files_that_cannot_be_known_are_one_clear_line(files: Any, said: str) -> None:
    with pytest.raises(ControllerError) as caught:
        files_of(spec(files))
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


def test_what_a_distribution_requires_is_known_by_its_version() -> None:
    lines = ["numpy>=1.26", "zhasyl", "Scipy ; python_version > '3'", "not-there>2", "pytest; extra == 'dev'"]
    assert dict(_required(lines)) == {"numpy": version("numpy"), "scipy": version("scipy")}


def test_a_class_without_a_file_is_known_by_its_code() -> None:
    def source(text: str) -> str:
        around: dict[str, Any] = {"__name__": "a notebook"}
        exec(  # noqa: S102 - as a notebook does
            "from zhasyl.controllers import Controller\nclass Mine(Controller):\n"
            f"    summary = 'mine'\n    def next_stage(self, observation): return {text}\n",
            around,
        )
        found: str = plug_ins_of(ControllerSpec("mine", around["Mine"], AdaptiveParameters()))["plug_ins"]["mine"][
            "source"
        ]
        return found

    assert source("0") == source("0")
    assert source("0") != source("1")
