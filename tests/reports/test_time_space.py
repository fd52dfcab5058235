"""Time-space diagrams: bands between greens where the plans have them, names kept, files of the same bytes."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from defusedxml.ElementTree import fromstring
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import same_color, to_rgba
from matplotlib.patches import Polygon

from zhasyl.controllers.green_wave import GreenWave
from zhasyl.controllers.parts.corridors import Corridor, Leg
from zhasyl.reports.time_space import INBOUND, OUTBOUND, save, time_space_drawing, time_space_figure
from zhasyl.timing.maxband import best_progression
from zhasyl.timing.progression import Direction, Stretch, Window

SPEED_MPS = 10.0
HOSTILE = ("<b>&", "$1$", "a" * 60)


def hand_made(
    names: Sequence[str] = ("A", "B", "C"), lengths_m: Sequence[float] = (300, 240), back: bool = True
) -> GreenWave:
    """Signals that are green for half of 60 s, both ways."""
    windows = tuple(Window(0.1 * index, 0.5) for index in range(len(names)))
    outbound = Direction(windows, tuple(Stretch(length_m, SPEED_MPS, SPEED_MPS) for length_m in lengths_m))
    inbound = outbound if back else outbound.emptied()
    legs = tuple(
        Leg(names[n], 0, names[n + 1], 0, length_m, length_m / SPEED_MPS, 1, 0) for n, length_m in enumerate(lengths_m)
    )
    corridor = Corridor(tuple(names), legs, legs if back else (None,) * len(legs))
    return GreenWave(corridor, {}, outbound, inbound, best_progression(outbound, inbound, 60, 60, "multiband"))


def panel(wave: GreenWave) -> Axes:
    axes: Axes = time_space_figure([wave]).axes[0]
    return axes


def bands(axes: Axes, colour: str) -> list[npt.NDArray[np.float64]]:
    """The corners (time, place) of each band of a colour."""
    drawn = [patch for patch in axes.patches if isinstance(patch, Polygon)]
    return [np.asarray(p.get_xy())[:4] for p in drawn if same_color(p.get_facecolor()[:3], colour)]


def greens(axes: Axes, colour: str) -> list[tuple[float, float, float]]:
    """(place, start, end) of each green of a colour."""
    bars = [bar for bar in axes.collections if isinstance(bar, LineCollection)]
    own = [bar for bar in bars if np.allclose(np.asarray(bar.get_colors())[0], to_rgba(colour))]
    return [(line[0][1], line[0][0], line[1][0]) for bar in own for line in bar.get_segments()]


@pytest.mark.parametrize(("colour", "sign"), [(OUTBOUND, 1), (INBOUND, -1)])
def test_bands_run_at_the_speed_and_end_in_greens(colour: str, sign: int) -> None:
    axes = panel(hand_made())
    shown, drawn = greens(axes, colour), bands(axes, colour)
    assert len(drawn) >= 6
    for near, far, far_end, near_end in drawn:
        assert (far[1] - near[1]) / (far[0] - near[0]) == pytest.approx(sign * SPEED_MPS, rel=1e-3)
        assert near_end[0] - near[0] == pytest.approx(far_end[0] - far[0])
        for first, last in ((near, near_end), (far, far_end)):
            if first[0] >= 0 and last[0] <= 180:
                assert any(
                    place == pytest.approx(first[1]) and start - 0.01 <= first[0] and last[0] <= end + 0.01
                    for place, start, end in shown
                )


def test_a_direction_without_a_band_shows_its_greens_only() -> None:
    axes = panel(hand_made(back=False))
    assert bands(axes, INBOUND) == []
    assert len(greens(axes, INBOUND)) == len(greens(axes, OUTBOUND))
    assert "none down" in axes.get_title(loc="left")


def test_every_signal_is_named_with_its_place_and_names_stand_apart() -> None:
    axes = panel(hand_made(lengths_m=(300, 3)))
    texts = [text for text in axes.texts if text.get_text()]
    assert [text.get_text() for text in texts] == ["A, 0 m", "B, 300 m", "C, 303 m"]
    heights = [text.xy[1] for text in texts]  # type: ignore[attr-defined]  # annotations
    assert heights[2] - heights[1] > 0.05 * 303


def test_hostile_names_are_text(tmp_path: Path) -> None:
    drawing = time_space_drawing([hand_made(HOSTILE)])
    words = "".join(fromstring(drawing.svg).itertext())
    assert all(part in words for part in ("<b>&, 0 m", "$1$, 300 m", "aaa…, 540 m"))
    assert "<script" not in drawing.svg


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf"])
def test_files_have_the_same_bytes_each_time(tmp_path: Path, suffix: str) -> None:
    first, second = (tmp_path / f"{name}.{suffix}" for name in ("first", "second"))
    for path in (first, second):
        save(time_space_figure([hand_made(), hand_made(back=False)]), path)
    assert first.read_bytes() == second.read_bytes()
