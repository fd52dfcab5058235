"""How a page holds trajectories and tables of numbers: small when packed, quick to unpack in a browser (`decode.js`).

A trace is somebody's way without a gap. Of each place after the first, in whole decimetres, it is kept by how much it
differs from where the last two places lead, as zigzag bytes; a greater difference is kept apart.
"""

import base64
import json
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

ESCAPE = 255
ALIGNED = 8  # bytes
TYPES = {"u1": "Uint8Array", "u2": "Uint16Array", "i4": "Int32Array", "f4": "Float32Array"}

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Traces:
    """[trace] the step at which each begins and how many it has; [trace and step] places in decimetres."""

    start: Ints
    count: Ints
    x_dm: Ints
    y_dm: Ints


def encode(traces: Traces) -> dict[str, npt.NDArray[Any]]:
    """Traces as arrays for `pack`."""
    first = _first(traces.count)
    residuals = [_residuals(along, first) for along in (traces.x_dm, traces.y_dm)]
    small = [np.where(one < ESCAPE, one, ESCAPE).astype(np.uint8) for one in residuals]
    great = np.concatenate([one[one >= ESCAPE] for one in residuals])
    return {
        "start": np.diff(traces.start, prepend=0).astype(np.int32),
        "count": traces.count.astype(np.int32),
        "x0": traces.x_dm[first].astype(np.int32),
        "y0": traces.y_dm[first].astype(np.int32),
        "dx": small[0],
        "dy": small[1],
        "great": great.astype(np.int32),
    }


def decode(arrays: Mapping[str, npt.NDArray[Any]]) -> Traces:
    """What `encode` was given; as `decode.js` does it."""
    count = arrays["count"].astype(np.int64)
    great = iter(arrays["great"].tolist())
    x_dm, y_dm = (
        _places(arrays[name], great, count.tolist(), arrays[begin].tolist())
        for name, begin in (("dx", "x0"), ("dy", "y0"))
    )
    return Traces(np.cumsum(arrays["start"].astype(np.int64)), count, x_dm, y_dm)


def _first(count: Ints) -> Ints:
    return np.cumsum(count) - count


def _residuals(along: Ints, first: Ints) -> Ints:
    """Zigzag of the second differences; 0 at each trace's first place, the first difference at its second."""
    step = np.diff(along, prepend=along[:1])
    step[first] = 0
    turn = np.diff(step, prepend=0)
    turn[first] = 0
    return np.where(turn >= 0, 2 * turn, -2 * turn - 1)


def _places(small: npt.NDArray[Any], great: Any, counts: list[int], begins: list[int]) -> Ints:
    places: list[int] = []
    at = 0
    values = small.tolist()
    for count, place in zip(counts, begins, strict=True):
        step = 0
        for number in range(count):
            zigzag = values[at] if values[at] != ESCAPE else next(great)
            at += 1
            if number:
                step += -(zigzag + 1) // 2 if zigzag & 1 else zigzag // 2
                place += step
            places.append(place)
    return np.array(places, dtype=np.int64)


def pack(values: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> str:
    """Values and arrays as text of base64 alone, deflated: nothing in it ends a script or begins a tag."""
    kept = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    places, body = {}, bytearray()
    for name, array in kept.items():
        places[name] = [len(body), array.size, TYPES[array.dtype.str[1:]]]
        body += array.astype(array.dtype.newbyteorder("<")).tobytes()
        body += bytes(-len(body) % ALIGNED)
    head = json.dumps({**values, "arrays": places}, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
    head += b" " * (-(len(head) + 4) % ALIGNED)
    squeezed = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    whole = squeezed.compress(struct.pack("<I", len(head)) + head + bytes(body)) + squeezed.flush()
    return base64.b64encode(whole).decode("ascii")
