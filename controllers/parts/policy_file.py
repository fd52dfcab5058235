"""A learned policy in a file of numpy's (.npz): a network of layers that gives each stage a score.

about     JSON: sight (its version), stages and movements (its room), interval_s, clearing_s and min_green_s or null (as
          it was trained), activation (tanh or relu, between layers)
w0, b0    weights [in, out] and biases [out] of the first layer, and so on
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from zhasyl.controllers.parts.sight import SIGHT_VERSION, Layout, Seen
from zhasyl.errors import ControllerError

MOST_BYTES = 100_000_000
ACTIVATIONS = ("relu", "tanh")

Layer = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]


@dataclass(frozen=True)
class Policy:
    """What a file holds."""

    layout: Layout
    interval_s: float
    clearing_s: float
    min_green_s: float | None
    activation: str
    layers: Sequence[Layer]

    def best(self, seen: Seen, stages: int) -> int:
        """The first of `stages` that has the highest score."""
        values = seen
        for number, (weights, biases) in enumerate(self.layers):
            if number:
                values = np.tanh(values) if self.activation == "tanh" else np.maximum(values, np.float32(0.0))
            values = values @ weights + biases
        return int(np.argmax(values[:stages]))


def write_policy(path: Path, policy: Policy) -> None:
    """Write a policy. Raises OSError."""
    about = {
        "sight": SIGHT_VERSION,
        "stages": policy.layout.stages,
        "movements": policy.layout.movements,
        "interval_s": policy.interval_s,
        "clearing_s": policy.clearing_s,
        "min_green_s": policy.min_green_s,
        "activation": policy.activation,
    }
    arrays = {f"{name}{number}": part for number, layer in enumerate(policy.layers) for name, part in zip("wb", layer)}  # noqa: B905
    with path.open("wb") as file:
        np.savez(file, about=np.array(json.dumps(about)), **arrays)  # type: ignore[arg-type]


def read_policy(path: Path) -> Policy:
    """Read a policy. Raises ControllerError with the file, what is wrong and the next step."""
    if not path.is_file():
        raise ControllerError(f"policy {path}: no such file; give one that zhasyl.rl.export_policy has written")
    if path.stat().st_size > MOST_BYTES:
        raise ControllerError(
            f"policy {path}: {path.stat().st_size} bytes, {MOST_BYTES} at most; use a smaller network"
        )
    try:
        with np.load(path, allow_pickle=False) as file:
            return _policy({name: file[name] for name in file.files})
    except (OSError, ValueError, KeyError, TypeError, BadZipFile, EOFError) as error:
        said = " ".join(str(error).split())[:200]
        raise ControllerError(f"policy {path} cannot be read: {said}; write it with zhasyl.rl.export_policy") from None


def _policy(arrays: Mapping[str, npt.NDArray[np.generic]]) -> Policy:
    about = json.loads(str(arrays["about"]))
    if about["sight"] != SIGHT_VERSION:
        raise ValueError(f"it sees as version {about['sight']} did, and this is version {SIGHT_VERSION}; train it anew")
    if about["activation"] not in ACTIVATIONS:
        raise ValueError(f"activation {about['activation']!r}, it may be {' or '.join(ACTIVATIONS)}")
    layers: list[Layer] = []
    while f"w{len(layers)}" in arrays:
        weights, biases = (np.asarray(arrays[f"{name}{len(layers)}"], dtype=np.float32) for name in "wb")
        layers.append((weights, biases))
    layout = Layout(int(about["stages"]), int(about["movements"]))
    check_layers(layers, layout)
    least_s = about["min_green_s"]
    pace = float(about["interval_s"]), float(about["clearing_s"])
    if not (0 < pace[0] <= 60 and 0 <= pace[1] <= 30):
        raise ValueError(f"interval {pace[0]} s and clearing time {pace[1]} s; they are above 0 to 60 and 0 to 30")
    return Policy(layout, *pace, None if least_s is None else float(least_s), about["activation"], layers)


def check_layers(layers: Sequence[Layer], layout: Layout) -> None:
    """Raises ValueError for layers that do not lead from what is seen to a score for each stage."""
    sizes = [layout.size, *(len(biases) for _, biases in layers)]
    shapes = [weights.shape for weights, _ in layers]
    if not layers or shapes != list(pairwise(sizes)) or sizes[-1] != layout.stages:
        raise ValueError(
            f"layers {shapes} with {sizes[1:]} biases do not lead from {layout.size} numbers to {layout.stages} stages"
        )
    if not all(np.isfinite(part).all() for layer in layers for part in layer):
        raise ValueError("a weight is no finite number")
