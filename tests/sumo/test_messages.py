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
    assert warnings_of(said) == [Message(f"{SORT} '%'!", 20000, f"{SORT} 'a'!")]


def test_without_a_count_names_and_numbers_are_left_open() -> None:
    said = "".join(f"Warning: Teleporting vehicle 'v.{n}'; waited too long (jam), time={n}.50.\n" for n in range(3))
    (found,) = warnings_of(said)
    assert (found.text, found.count) == ("Teleporting vehicle '%'; waited too long (jam), time=%.", 3)
    assert "'v.0'" in found.example


def test_the_most_frequent_kind_comes_first() -> None:
    assert [m.count for m in warnings_of("Warning: a\nWarning: b 1\nWarning: b 2\n")] == [2, 1]


def test_a_message_goes_on_in_lines_that_begin_with_a_space() -> None:
    assert first_error("Error: While processing option 'x':\n 'b' is not valid.\nError: other\n") == (
        "While processing option 'x': 'b' is not valid."
    )


@pytest.mark.parametrize("said", ["", "Error: Process Error\n", "Quitting (on error).\n", "Warning: a\n"])
def test_an_error_that_names_nothing_is_none(said: str) -> None:
    assert first_error(said) == ""


def test_what_others_write_between_is_no_message() -> None:
    assert warnings_of("printed\nWarning: a\nprinted\n") == [Message("a", 1, "a")]


def test_a_log_says_whether_it_has_grown(tmp_path: Path) -> None:
    log = Log(tmp_path / "sumo.log")
    assert (log.grown(), log.text()) == (False, "")
    log.path.write_bytes(b"Warning: \xff\n")
    assert [log.grown(), log.grown()] == [True, False]
    assert "Warning" in log.text()
