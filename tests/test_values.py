"""Seeds, shares and parameters as texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhasyl.controllers import parse_controller
from zhasyl.errors import ControllerError, ScenarioError, ZhasylError
from zhasyl.parameters import parameters_text, read_parameters
from zhasyl.scenarios.variants import Variant, parse_variant
from zhasyl.values import MAX_SEED, parse_seed, parse_seeds, parse_share


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 50)), min_size=1, max_size=6))
def test_seeds_are_the_numbers_of_their_ranges_each_once(ranges: list[tuple[int, int]]) -> None:
    text = ",".join(f"{first}-{first + more}" if more else str(first) for first, more in ranges)
    expected = [seed for first, more in ranges for seed in range(first, first + more + 1)]
    assert parse_seeds(text) == list(dict.fromkeys(expected))


@given(st.text(max_size=12))
def test_any_text_is_seeds_or_refused(text: str) -> None:
    try:
        seeds = parse_seeds(text)
    except ZhasylError:
        return
    assert seeds
    assert all(0 <= seed <= MAX_SEED for seed in seeds)


@pytest.mark.parametrize("text", ["-1", "1.5", "", "one", str(MAX_SEED + 1)])
def test_what_is_no_seed(text: str) -> None:
    with pytest.raises(ZhasylError, match="is no integer from 0 to"):
        parse_seed(text)


@given(st.floats(0, 99.99))
def test_a_share_in_per_cent_and_as_a_fraction(percent: float) -> None:
    assert parse_share("until", f"{percent!r}%") == pytest.approx(percent / 100)
    assert parse_share("until", f" {percent / 100!r} ") == pytest.approx(percent / 100)


@pytest.mark.parametrize("text", ["", "%", "100%", "1", "-1%", "nan", "inf%", "five", "5%%", "5 %% "])
def test_what_is_no_share(text: str) -> None:
    with pytest.raises(ZhasylError, match=r"write for example 5% or 0\.05"):
        parse_share("until", text)


@given(st.floats(0.01, 10).map(lambda scale: float(f"{scale:.4g}")))
def test_a_variant_reads_back_from_its_text(scale: float) -> None:
    variant = Variant(demand_scale=scale)
    assert parse_variant(parameters_text(variant)) == variant


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("demand_scale=0", "greater than 0"),
        ("demand_scale=11", "less than or equal to 10"),
        ("demand_scale=nan", "finite"),
        ("demand_scale=x", "valid number"),
        ("demand=1.1", "Did you mean 'demand_scale'?"),
        ("demand_scale", "not of the form parameter=value"),
        ("demand_scale=", "not of the form parameter=value"),
        ("demand_scale=1,demand_scale=2", "given twice"),
    ],
)
def test_what_is_no_variant(text: str, told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        parse_variant(text)


def test_errors_name_what_the_parameters_belong_to() -> None:
    with pytest.raises(ControllerError, match=r"^the owner: 'a' is not of the form"):
        read_parameters("the owner", "a", Variant, ControllerError)
    with pytest.raises(ControllerError, match=r"^controller 'max-pressure': no parameter 'x'"):
        parse_controller("max-pressure:x=1")
