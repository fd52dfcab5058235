"""Trajectories as a page holds them: what is packed comes out again."""

import base64
import json
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhasyl.reports.replay.coding import ESCAPE, Traces, decode, encode, pack

PLACES = st.integers(-2_000_000, 2_000_000)  # 200 km either way
STEPS = st.integers(-400, 400)  # 40 m a step


@st.composite
def traces(draw: st.DrawFn) -> Traces:
    """Ways of one or more places, in the order in which they begin."""
    starts = sorted(draw(st.lists(st.integers(0, 100_000), min_size=0, max_size=5)))
    counts: list[int] = []
    x: list[int] = []
    y: list[int] = []
    for _ in starts:
        moves = draw(st.lists(st.tuples(STEPS, STEPS), max_size=8))
        counts.append(1 + len(moves))
        for along, begin, axis in ((x, draw(PLACES), 0), (y, draw(PLACES), 1)):
            along += np.cumsum([begin, *(move[axis] for move in moves)]).tolist()
    return Traces(*(np.array(values, dtype=np.int64) for values in (starts, counts, x, y)))


@given(traces())
def test_every_place_comes_back_to_the_decimetre(given_traces: Traces) -> None:
    found = decode(encode(given_traces))
    for name in ("start", "count", "x_dm", "y_dm"):
        np.testing.assert_array_equal(getattr(found, name), getattr(given_traces, name))


def test_who_stands_or_drives_evenly_costs_zeros_alone() -> None:
    x = np.array([0, 0, 0, 0, 100, 200, 300])
    arrays = encode(Traces(np.array([0, 5]), np.array([3, 4]), x, np.zeros(7, np.int64)))
    assert arrays["dx"].tolist() == [0, 0, 0, 0, 200, 0, 0]
    assert not len(arrays["great"])


def test_a_leap_is_kept_apart() -> None:
    arrays = encode(Traces(np.array([0]), np.array([2]), np.array([0, 5000]), np.zeros(2, np.int64)))
    assert arrays["dx"].tolist() == [0, ESCAPE]
    assert arrays["great"].tolist() == [10_000]


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "\ud800 \u202e", "Абай даңғылы"])
def test_packed_text_is_base64_whatever_it_says(text: str) -> None:
    packed = pack({"name": text}, {"a": np.array([1, 2, 3], np.uint8), "b": np.array([0.5], np.float32)})
    assert not set(packed) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
    whole = zlib.decompress(base64.b64decode(packed), -zlib.MAX_WBITS)
    (size,) = struct.unpack_from("<I", whole)
    head = json.loads(whole[4 : 4 + size])
    assert head["name"] == text.encode("utf-8", "replace").decode()
    places = head["arrays"]
    assert places["a"] == [0, 3, "Uint8Array"]
    assert places["b"] == [8, 1, "Float32Array"]
    assert (4 + size) % 8 == 0  # a typed array begins at a multiple of its size
    assert whole[4 + size :][:3] == b"\x01\x02\x03"
