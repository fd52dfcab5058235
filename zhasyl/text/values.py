"""Seeds and shares as the command line and studies write them."""

import re
from collections.abc import Iterable

from zhasyl.errors import ZhasylError

MAX_SEED = 2**31 - 1  # SUMO reads its seed as a 32-bit integer
MOST_SEEDS = 100_000
NUMBER = r"[0-9]{1,10}"


def parse_seed(text: str) -> int:
    """One seed."""
    if not re.fullmatch(NUMBER, text) or int(text) > MAX_SEED:
        raise ZhasylError(f"seed '{text}' is no integer from 0 to {MAX_SEED}; write for example --seed 1")
    return int(text)


def seed_text(seeds: str | int | Iterable[int]) -> str:
    """Seeds as Python gives them, as text to parse."""
    return ",".join(map(str, seeds)) if isinstance(seeds, Iterable) and not isinstance(seeds, str) else str(seeds)


def parse_seeds(text: str) -> list[int]:
    """Seeds from '1-5', '3' or '1,4,9-11', in that order, each once."""
    seeds: dict[int, None] = {}
    for part in map(str.strip, text.split(",")):
        if not re.fullmatch(rf"{NUMBER}(-{NUMBER})?", part):
            raise ZhasylError(f"seeds '{text[:80]}': '{part[:80]}' is no integer or range; write 3, 1-5 or 1,4,9-11")
        low, high = int(part.partition("-")[0]), int(part.rpartition("-")[2])
        if low > high:
            raise ZhasylError(
                f"seeds '{text[:80]}': '{part}': the first of a range must not be above the last; write {high}-{low}"
            )
        if high > MAX_SEED or high - low >= MOST_SEEDS:
            raise ZhasylError(f"seeds '{text[:80]}': '{part}' is not within 0 to {MAX_SEED}, {MOST_SEEDS} at most")
        seeds |= dict.fromkeys(range(low, high + 1))
        if len(seeds) > MOST_SEEDS:
            raise ZhasylError(f"seeds '{text[:80]}' are more than {MOST_SEEDS}; give fewer")
    return list(seeds)


def parse_share(name: str, text: str) -> float:
    """A share from '5%' or '0.05', from 0 to less than 1."""
    number, percent = (text.strip().removesuffix("%"), 100.0) if text.strip().endswith("%") else (text.strip(), 1.0)
    try:
        share = float(number) / percent
    except ValueError:
        share = -1.0
    if not 0 <= share < 1:
        raise ZhasylError(f"{name} '{text}' is no share from 0 to less than 1; write for example 5% or 0.05")
    return share


ALL_EMISSIONS, NO_EMISSIONS = 1.0, 0.0


def parse_emissions(given: str | float) -> float:
    """The share of the vehicles whose emissions are measured, from 'all', 'none' or 10%. Raises ZhasylError."""
    text = str(given)
    known = {"all": ALL_EMISSIONS, "none": NO_EMISSIONS}
    if text.strip() in known:
        return known[text.strip()]
    try:
        share = float(f"{parse_share('emissions', text):g}")  # as records and SUMO are told it
    except ZhasylError:
        share = 0.0
    if not share:
        raise ZhasylError(
            f"emissions '{text[:80]}' are neither 'all' nor 'none' nor a share between 0 and 1; write for example 10%"
        )
    return share


def emissions_text(share: float) -> str:
    """The same as text."""
    return {ALL_EMISSIONS: "all", NO_EMISSIONS: "none"}.get(share, f"{share:g}")
