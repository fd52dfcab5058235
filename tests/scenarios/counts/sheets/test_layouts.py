"""Any set of counts, in any layout, reads back as it was; names of approaches are those of the network."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scenarios.counts.sheets import rendered as r
from zhasyl.scenarios import load_scenario
from zhasyl.scenarios.counts.count import Found
from zhasyl.scenarios.counts.placed import place_counts
from zhasyl.scenarios.counts.read import read_found
from zhasyl.sumo.net_file import read_network

TinyNetwork = Callable[[str], Path]
HEADER_RU = ("Перекрёсток", "Подход", "Манёвр", "Класс", "Начало", "Конец", "Количество")
HEADER_KK = ("қиылыс", "кіреберіс", "қозғалыс", "көлік түрі", "басталуы", "аяқталуы", "саны")
WITHOUT_PEOPLE = {"long", "russian", "kazakh", "classes-under-turns", "tonnage"}


@st.composite
def count_sets(draw: st.DrawFn) -> r.CountSet:
    """Counts of 5, 15 or 60 minutes by class; a truck or bus may be left out, not the car."""
    minutes = draw(st.sampled_from([5, 15, 60]))
    intervals = draw(st.integers(2, 5))
    classes = draw(st.sampled_from([("car",), ("car", "truck"), ("car", "truck", "bus")]))
    keys = [(a, m, c, n) for a in r.APPROACHES for m in r.MOVEMENTS for c in classes for n in range(intervals)]
    values = draw(st.lists(st.integers(0, 90), min_size=len(keys), max_size=len(keys)))
    people = draw(st.lists(st.integers(0, 60), min_size=4 * intervals, max_size=4 * intervals))
    arms = [(a, n) for a in r.APPROACHES for n in range(intervals)]
    return r.CountSet(minutes, dict(zip(keys, values, strict=True)), dict(zip(arms, people, strict=True)))


LAYOUTS: dict[str, Callable[[r.CountSet, Path], Path]] = {
    "long": lambda c, d: r.write_csv_sheet(d / "c.csv", r.long(c)),
    "russian": lambda c, d: r.write_csv_sheet(
        d / "c.csv", r.long(c, HEADER_RU, r.FROM, r.RUSSIAN), ";", "cp1251"),
    "kazakh": lambda c, d: r.write_csv_sheet(
        d / "c.csv", r.long(c, HEADER_KK, r.KAZAKH, r.IN_KAZAKH), "\t", "utf-16-le"),
    "merged": lambda c, d: r.write_book(d / "c.xlsx", r.by_class(c)),
    "classes-under-turns": lambda c, d: r.write_csv_sheet(d / "c.csv", r.classes_under_turns(c)),
    "tonnage": lambda c, d: r.write_csv_sheet(d / "c.csv", r.tonnage(c), ";", "koi8-r"),
}  # fmt: skip


def vehicles(found: Found) -> Counter[tuple[str, str, str, float, float]]:
    said: Counter[tuple[str, str, str, float, float]] = Counter()
    for count in found.counts:
        approach = {"с юга": "NB", **{text: name for name, text in (r.FROM | r.KAZAKH).items()}}.get(
            count.approach, count.approach
        )
        approach = {text: name for name, text in r.FROM.items()}.get(approach, approach)
        said[approach, count.movement, count.vehicle_class, count.begin_s, count.end_s] += count.vehicles
    return said


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=6, deadline=None)
@given(counts=count_sets())
def test_a_count_set_reads_back_equal(
    tmp_path_factory: pytest.TempPathFactory, layout: str, counts: r.CountSet
) -> None:
    found = read_found(LAYOUTS[layout](counts, tmp_path_factory.mktemp("counts")))
    begin_s = {number: 25_200.0 + number * counts.minutes * 60 for number in (*counts.intervals, counts.intervals.stop)}
    wanted = {(a, m, c, begin_s[n], begin_s[n + 1]): value for (a, m, c, n), value in counts.vehicles.items()}
    assert {key: n for key, n in vehicles(found).items() if n} == {key: n for key, n in wanted.items() if n}
    if layout not in WITHOUT_PEOPLE:
        crossed = {(row.arm, row.begin_s): row.people for row in found.crossings}
        assert crossed == {(a, begin_s[n]): value for (a, n), value in counts.people.items()}


NAMES = {
    "bound": r.BOUND,
    "russian": r.FROM,
    "degrees": r.DEGREES,
    "from": {"NB": "From South", "SB": "From North", "EB": "From West", "WB": "From East"},
    "letters": {"NB": "S", "SB": "N", "EB": "W", "WB": "E"},
    "dotted": {"NB": "N.B.", "SB": "S.B.", "EB": "E/B", "WB": "W/B"},
    "numbers": {"NB": "3", "SB": "1", "EB": "4", "WB": "2"},
    "legs": {"NB": "South leg", "SB": "North leg", "EB": "West approach", "WB": "East approach"},
}


@pytest.mark.parametrize("names", NAMES)
def test_an_approach_may_be_named_in_any_way(tiny_network: TinyNetwork, tmp_path: Path, names: str) -> None:
    network = read_network(load_scenario(str(tiny_network("crossroads-shared-lanes"))).net_file)
    keys = [(a, m, "car", n) for a in r.APPROACHES for m in r.MOVEMENTS for n in range(2)]
    counts = r.CountSet(15, {key: 10 + place for place, key in enumerate(keys)}, {})
    placed = []
    for name, rows in (("long", r.long(counts)), ("merged", r.merged(counts, "car", NAMES[names], people=False))):
        path = r.write_csv_sheet(tmp_path / f"{name}.csv", rows)
        found = place_counts(path, read_found(path).counts, network)
        placed.append({(p.turn, p.count.begin_s): p.count.vehicles for p in found.counts})
    assert placed[0] == placed[1]


PAIRS = """begin;N-S;1-4;3 -> 1;W–E;с запада налево;270° right;East - North
7:00;11;12;13;14;15;16;17
7:15;11;12;13;14;15;16;17
"""


def test_a_movement_may_be_a_pair_of_arms(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    network = read_network(load_scenario(str(tiny_network("crossroads-shared-lanes"))).net_file)
    path = tmp_path / "pairs.csv"
    path.write_text(PAIRS, "utf-8")
    placed = place_counts(path, read_found(path).counts, network)
    turns = {p.turn: p.count.vehicles for p in placed.counts}
    assert turns == {
        ("north-in", "south-out"): 11, ("north-in", "west-out"): 12, ("south-in", "north-out"): 13,
        ("west-in", "east-out"): 14, ("west-in", "north-out"): 15, ("west-in", "south-out"): 16,
        ("east-in", "north-out"): 17,
    }  # fmt: skip
    assert any("'1' is taken for SB (north-in, from 0°)" in remark for remark in placed.remarks)
