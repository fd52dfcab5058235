"""Seeds and shares as the command line and studies write them."""

from zhasyl.errors import ZhasylError

MAX_SEED = 2**31 - 1  # SUMO reads its seed as a 32-bit integer


def parse_seed(text: str) -> int:
    """One seed."""
    if not text.isdecimal() or int(text) > MAX_SEED:
        raise ZhasylError(f"seed '{text}' is no integer from 0 to {MAX_SEED}; write for example --seed 1")
    return int(text)


def parse_seeds(text: str) -> list[int]:
    """Seeds from '1-5', '3' or '1,4,9-11', in that order, each once."""
    seeds: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise ZhasylError(f"seeds '{text}': '{part.strip()}' is no integer or range; write 3, 1-5 or 1,4,9-11")
        low, high = int(first), int(last or first)
        if high < low or high > MAX_SEED or high - low >= 100_000:
            raise ZhasylError(f"seeds '{text}': '{part.strip()}' is not within 0 to {MAX_SEED}, rising, 100000 at most")
        seeds.extend(range(low, high + 1))
    return list(dict.fromkeys(seeds))


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
