"""Arguments of the functions for Python, checked by kind: what a caller can fix is one line, as on the command line.

What a text or number says is checked where it is read, for both.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from zhasyl.controllers import ControllerSpec
from zhasyl.errors import ZhasylError
from zhasyl.scenarios import Scenario
from zhasyl.scenarios.limits import Limits

LONGEST = 60  # letters of a value in a message


@dataclass(frozen=True)
class Kind:
    """What an argument has to be, in words and as a test, and an example."""

    said: str
    holds: Callable[[object], bool]
    example: str


def _is(*types: type) -> Callable[[object], bool]:
    """An object of one of the types; True and False are no numbers."""
    return lambda value: isinstance(value, types) and not isinstance(value, bool)


def _one_or_more(*types: type) -> Callable[[object], bool]:
    """One of the types, or a list of them."""
    one = _is(*types)
    return lambda value: one(value) or (_is_listing(value, Collection) and all(map(one, value)))  # type: ignore[call-overload]


def _is_listing(value: object, listing: type) -> bool:
    return isinstance(value, listing) and not isinstance(value, str | bytes | Mapping)


def _is_whole_from_1(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf


def _or_none(holds: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: value is None or holds(value)


def _text(example: str) -> Kind:
    return Kind("text", _is(str), repr(example))


def _whole(example: int) -> Kind:
    return Kind("whole number", _is(int), str(example))


NAMED = "name, path or Scenario"
KINDS: Mapping[str, Kind] = {
    "scenario": Kind(NAMED, _is(str, Path, Scenario), "'abay-corridor'"),
    "scenarios": Kind(f"{NAMED}, or list of them", _one_or_more(str, Path, Scenario), "'abay-corridor'"),
    "checks": Kind(f"{NAMED}, or list of them", _one_or_more(str, Path, Scenario), "['resco:cologne3']"),
    "controller": Kind("text or ControllerSpec", _is(str, ControllerSpec), "'max-pressure'"),
    "controllers": Kind("text, or list of texts", _one_or_more(str, ControllerSpec), "'fixed,max-pressure'"),
    "seeds": Kind(
        "text, whole number or list of them", lambda v: _is(str, int)(v) or _is_listing(v, Iterable), "'1-5'"
    ),
    "proof_seeds": Kind(
        "text or list of whole numbers", lambda v: _is(str)(v) or _is_listing(v, Iterable), "'101-110'"
    ),
    "keep": Kind("text, or list of texts", _one_or_more(str), "['cycle', 'signal:J1']"),
    "periods": Kind("text, or list of texts", _one_or_more(str), "'morning,evening'"),
    "objectives": Kind("text, or list of texts", _one_or_more(str), "'delay_s,walker_delay_s'"),
    "objective": _text("delay_s"),
    "baseline": _text("fixed"),
    "variant": _text("rain=heavy"),
    "sensor": _text("perfect"),
    "lang": _text("ru"),
    "cluster": _text("local:4"),
    "change_price": _text("greens=0.1"),
    "emissions": Kind("text or number", _is(str, int, float), "'10%'"),
    "min_effect": Kind("text or number", _is(str, int, float), "'5%'"),
    "until": Kind("text or number", _is(str, int, float), "'5%'"),
    "budget": _whole(300),
    "seed": _whole(1),
    "robust_seeds": Kind("whole number", _or_none(_is(int)), "5"),
    "minutes": Kind("number", _or_none(_is(int, float)), "60"),
    "jobs": Kind("whole number from 1", _or_none(_is_whole_from_1), "2"),
    "most_seeds": Kind("whole number from 1", _is_whole_from_1, "50"),
    "limit_s": Kind("time above 0 s", _is_time, "3600"),
    "limits": Kind("path or Limits", _is(str, Path, Limits), "'limits.toml'"),
    "out": Kind("path", _is(str, Path), "'results'"),
    "suite": Kind("name or path", _is(str, Path), "'core'"),
    "update": Kind("truth value", lambda value: isinstance(value, bool), "True"),
    "rerun": Kind("truth value", lambda value: isinstance(value, bool), "True"),
    "record": Kind("truth value", lambda value: isinstance(value, bool), "True"),
    "on_step": Kind("function", callable, "print"),
    "on_done": Kind("function", callable, "print"),
}
"""Kinds by parameter: one name means the same in nearly every function."""
GATE_KINDS: Mapping[str, Kind] = {
    "baseline": Kind("path", _is(str, Path), "'suite.baseline.jsonl'"),
    "limit_s": Kind("time above 0 s", _or_none(_is_time), "3600"),
}


def check_arguments(given: Mapping[str, object], own: Mapping[str, Kind] = MappingProxyType({})) -> None:
    """Raise ZhasylError for the first argument that is not of its kind: of `KINDS`, or of a function's `own`."""
    kinds = {**KINDS, **own}
    for name, value in given.items():
        kind = kinds[name]
        if not kind.holds(value):
            shown = " ".join(repr(value).split())
            shown = shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"
            raise ZhasylError(f"{name}={shown} is no {kind.said}; give for example {name}={kind.example}")
