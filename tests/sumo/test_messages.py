"""SUMO's messages by kind."""

from pathlib import Path

import pytest

from zhasyl.sumo.messages import Log, Message, first_error, warnings_of

SORT = "Route file should be sorted by departure time, ignoring"


def test_a_kind_that_sumo_has_counted_has_its_number_and_first_example() -> None:
    said = f"""Warning: {SORT} 'a'!
Warning: {SORT} 'b'!
Warning: 20000 total messages of type: {SORT} '%'!
"""
    assert warnings_of(said.splitlines()) == [Message(f"{SORT} '%'!", 20000, f"{SORT} 'a'!")]


def test_without_a_count_names_and_numbers_are_left_open() -> None:
    said = "".join(f"Warning: Teleporting vehicle 'v.{n}'; waited too long (jam), time={n}.50.\n" for n in range(3))
    (found,) = warnings_of(said.splitlines())
    assert (found.text, found.count) == ("Teleporting vehicle '%'; waited too long (jam), time=%.", 3)
    assert "'v.0'" in found.example


def test_the_most_frequent_kind_comes_first() -> None:
    assert [m.count for m in warnings_of(["Warning: a", "Warning: b 1", "Warning: b 2"])] == [2, 1]


def test_a_message_goes_on_in_lines_that_begin_with_a_space() -> None:
    said = ["Error: While processing option 'x':", " 'b' is not valid.", "Error: other"]
    assert first_error(said) == "While processing option 'x': 'b' is not valid."


@pytest.mark.parametrize("said", ["", "Error: Process Error\n", "Quitting (on error).\n", "Warning: a\n"])
def test_an_error_that_names_nothing_is_none(said: str) -> None:
    assert first_error(said.splitlines()) == ""


def test_what_others_write_between_is_no_message() -> None:
    assert warnings_of(["printed", "Warning: a", "printed"]) == [Message("a", 1, "a")]


def test_kinds_that_sumo_counts_by_vehicle_are_put_together() -> None:
    """Six collisions of one pair, of which SUMO writes five out, and one of another pair."""
    hit = "Warning: Vehicle '{}'; collision with vehicle '{}', lane='e_0', gap=-0.{}, time=7.00, stage=move."
    said = [hit.format("a", "b", n) for n in range(5)] + [hit.format("c", "d", 1)]
    total = (
        "Warning: 6 total messages of type: Vehicle 'a'; collision with vehicle 'b', lane='%', gap=%%, time=%, stage=%."
    )
    (found,) = warnings_of([*said, total])
    assert found.count == 7
    assert found.example == said[0].removeprefix("Warning: ")


def test_a_log_tells_what_is_new(tmp_path: Path) -> None:
    log = Log(tmp_path / "sumo.log")
    assert (log.news(), list(log.lines())) == ("", [])
    log.path.write_bytes(b"Warning: \xff\n")
    assert ["Warning" in log.news(), log.news()] == [True, ""]
    with log.path.open("a") as file:
        file.write("more\n")
    assert log.news() == "more\n"
    assert len(list(log.lines())) == 2
