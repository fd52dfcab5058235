"""On random valid inputs `fixed` is bare `sumo`, and nothing is written outside the store; 500: bench-any-input."""

from pathlib import Path

import pytest

from benchmarks.any_input import check_input

FIRST_SEED = 500  # the benchmark's come before


@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + 5))
def test_fixed_is_bare_sumo_on_any_valid_input(seed: int, tmp_path: Path) -> None:
    outcome = check_input(seed, tmp_path)
    assert not outcome.invalid, outcome.said
    assert outcome.said == "", f"{outcome.said}; features: {', '.join(outcome.features)}"
