"""Rows of a count sheet that count nothing new: sums, shares, and the peak hour told again."""

from collections.abc import Iterable, Mapping

from zhasyl.scenarios.counts.sheets.words import class_of
from zhasyl.text.local_words import PEAKS, has_any, is_some_total

HOUR_S = 3600.0
LEAST_COLUMNS, LEAST_VEHICLES = 4, 50  # fewer may be a sum of the rows above by chance
SHARES = ("%", "phf", "p.h.f", "factor", "коэфф", "кчп", "average", "mean", "средн", "max", "growth")

Numbers = Mapping[int, int]
"""Column → vehicles."""


def is_summary(label: str) -> bool:
    """Does a row's own label say that it adds or compares others?"""
    return is_some_total(label) or has_any(label, PEAKS) or has_any(label, SHARES)


def follows_summary(label: str) -> bool:
    """Below a sum stand the classes that make it up: 'Lights', 'Trucks'."""
    return is_summary(label) or bool(class_of(label))


def is_repeated(begin_s: float, end_s: float | None, numbers: Numbers, read: Mapping[float, Numbers]) -> bool:
    """Does a row only repeat intervals that were read: the same one, or the sum of those in its hour or interval?"""
    if begin_s in read and _same(numbers, read[begin_s]):
        return True
    until_s = begin_s + HOUR_S if end_s is None else end_s
    within = [found for start_s, found in read.items() if begin_s <= start_s < until_s]
    added: dict[int, int] = {}
    for found in within:
        for column, vehicles in found.items():
            added[column] = added.get(column, 0) + vehicles
    return len(within) > 1 and _same(numbers, added)


def adds_up(numbers: Numbers, latest: Iterable[Numbers]) -> bool:
    """Is a row the sum of two or more of the rows above it, the latest first?"""
    added: dict[int, int] = {}
    for count, row in enumerate(latest, start=1):
        for column, vehicles in row.items():
            added[column] = added.get(column, 0) + vehicles
        if count > 1 and any(added.values()) and _same(numbers, added):
            return True
        if any(vehicles > numbers.get(column, 0) for column, vehicles in added.items()):
            return False
    return False


def is_large(numbers: Numbers) -> bool:
    """Has a row so many vehicles in so many columns that no chance makes it the sum of others?"""
    return sum(map(bool, numbers.values())) >= LEAST_COLUMNS and sum(numbers.values()) >= LEAST_VEHICLES


def _same(one: Numbers, other: Numbers) -> bool:
    columns = set(one) | set(other)
    return all(one.get(column, 0) == other.get(column, 0) for column in columns)
