"""Seeds and shares as people write them."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhasyl.errors import ZhasylError
from zhasyl.text.values import MAX_SEED, emissions_text, parse_emissions, parse_seed, parse_seeds, parse_share

seeds = st.integers(0, MAX_SEED)
ranges = st.tuples(st.integers(0, MAX_SEED - 50), st.integers(0, 50)).map(lambda r: (r[0], r[0] + r[1]))


def refusal(read: Callable[[str], object], text: str) -> str:
    """The one line with which a text is refused."""
    with pytest.raises(ZhasylError) as caught:
        read(text)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@given(seeds)
def test_every_seed_that_sumo_takes_is_read(seed: int) -> None:
    assert parse_seed(str(seed)) == seed
    assert parse_seeds(str(seed)) == [seed]


@given(st.lists(ranges, min_size=1, max_size=5))
def test_seeds_come_in_the_order_written_and_each_once(parts: list[tuple[int, int]]) -> None:
    read = parse_seeds(" , ".join(f"{low}-{high}" for low, high in parts))
    assert read == list(dict.fromkeys(seed for low, high in parts for seed in range(low, high + 1)))


def test_seeds_are_read_as_in_the_manual() -> None:
    assert parse_seeds("1,4,9-11") == [1, 4, 9, 10, 11]
    assert parse_seeds("3,1-3") == [3, 1, 2]
    assert parse_seeds(" 7 ") == [7]


WRONG = ["", "x", "1.5", "-3", "1e3", "٣", "²", "0x1", "1_0", str(MAX_SEED + 1), "9" * 5000]


@pytest.mark.parametrize("text", WRONG, ids=lambda text: text[:12])
def test_what_is_no_seed_is_refused_with_the_limit(text: str) -> None:
    assert str(MAX_SEED) in refusal(parse_seed, text)
    assert "seeds '" in refusal(parse_seeds, text)


@pytest.mark.parametrize("text", ["1-", "-5", "5-1", "1,,2", "1-2-3", "a-b", "1--2", f"1-{MAX_SEED + 1}"])
def test_what_is_no_range_is_refused(text: str) -> None:
    assert "seeds '" in refusal(parse_seeds, text)


def test_a_range_that_falls_is_said() -> None:
    assert "'1-0': the first of a range must not be above the last; write 0-1" in refusal(parse_seeds, "1-0")


def test_no_list_of_seeds_fills_the_memory() -> None:
    assert len(parse_seeds("1-100000")) == 100_000
    assert "100000 at most" in refusal(parse_seeds, "1-100001")
    assert "more than 100000" in refusal(parse_seeds, ",".join(f"{n}00001-{n}99999" for n in range(1, 5000)))


@given(st.text("0123456789-, x²", max_size=20))
def test_any_text_is_seeds_or_refused_in_one_line(text: str) -> None:
    try:
        read = parse_seeds(text)
    except ZhasylError:
        assert "seeds '" in refusal(parse_seeds, text)
    else:
        assert read
        assert all(0 <= seed <= MAX_SEED for seed in read)


@given(st.floats(0, 1, exclude_max=True))
def test_a_share_is_read_back(share: float) -> None:
    assert parse_share("min-effect", repr(share)) == share


@given(st.integers(0, 99))
def test_per_cent_is_a_hundredth(percent: int) -> None:
    assert parse_share("min-effect", f"{percent}%") == percent / 100
    assert parse_share("min-effect", f" {percent} % ") == percent / 100


@pytest.mark.parametrize("text", ["", "%", "x", "-1%", "-0.1", "1", "100%", "2", "nan", "inf", "5%%"])
def test_what_is_no_share_is_refused_with_an_example(text: str) -> None:
    line = refusal(lambda given: parse_share("min-effect", given), text)
    assert line == f"min-effect '{text}' is no share from 0 to less than 1; write for example 5% or 0.05"


def test_a_share_that_is_written_as_all_is_all() -> None:
    assert emissions_text(parse_emissions("99.999999%")) == "all"


@pytest.mark.parametrize("text", ["0", "0%", "101%", "-1", "nan", "some", "1,5%", "inf", ""])
def test_emissions_that_are_no_share_are_refused(text: str) -> None:
    assert "write for example 10%" in refusal(parse_emissions, text)
