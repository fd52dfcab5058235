"""What a learned policy sees."""

import numpy as np
import pytest

from tests.fakes import crossroads, seen
from zhasyl.controllers.parts.sight import Layout, Sights, counts, layout_of

SIGNAL = crossroads()


@pytest.mark.parametrize("layout", [layout_of([SIGNAL]), Layout(3, 6)])
def test_each_number_stands_in_its_place(layout: Layout) -> None:
    observation = seen(SIGNAL, [(0, 5.0, 0.0), (0, 20.0, 9.0), (3, 8.0, 0.05)], stage=1, green_s=15.0,
                       downstream_queue_veh=4.0)  # fmt: skip
    row = np.array(counts(observation), dtype=np.float32)
    (what,) = Sights([SIGNAL], [layout]).see(row, np.array([True]))
    stages, movements = layout.stages, layout.movements
    assert what.dtype == np.float32
    assert len(what) == layout.size == 2 + stages + 3 * movements
    blocks = what[2 + stages :].reshape(3, movements)
    assert what[: 2 + stages].tolist() == [1.0, 0.25, 0.0, 1.0, *[0.0] * (stages - 2)]
    assert blocks[0].tolist() == pytest.approx([0.1, 0.0, 0.0, 0.05, *[0.0] * (movements - 4)])
    assert blocks[1].tolist() == pytest.approx([0.05, 0.0, 0.0, 0.05, *[0.0] * (movements - 4)])
    assert blocks[2].tolist() == pytest.approx([*[0.2] * 4, *[0.0] * (movements - 4)])


def test_nothing_is_more_than_one() -> None:
    layout = layout_of([SIGNAL])
    observation = seen(SIGNAL, [(1, float(place), 0.0) for place in range(50)], green_s=500.0)
    (what,) = Sights([SIGNAL], [layout]).see(np.array(counts(observation), dtype=np.float32), np.array([False]))
    assert what.max() == 1.0
    assert what[0] == 0.0


def test_signals_that_are_unlike_stand_one_after_the_other() -> None:
    other = crossroads(walk=True)
    one, two = (np.array(counts(seen(SIGNAL, [(2, 5.0, 9.0)], stage=stage)), dtype=np.float32) for stage in (0, 1))
    layouts = [layout_of([SIGNAL]), Layout(4, 5)]
    both = Sights([SIGNAL, other], layouts).see(np.concatenate([one, two]), np.array([True, False]))
    (alone,) = Sights([SIGNAL], layouts[:1]).see(one, np.array([True]))
    assert both[0].tolist() == alone.tolist()
    (alone,) = Sights([other], layouts[1:]).see(two, np.array([False]))
    assert both[1].tolist() == alone.tolist()
