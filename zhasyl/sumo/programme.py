"""Signal programmes as SUMO's files state them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class SumoProgramme:
    """A `<tlLogic>`: SUMO's type, its `<param>`s, and the attributes of its `<phase>`s in order."""

    signal: str
    kind: str
    parameters: Mapping[str, Any]
    phases: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class SumoProgrammes:
    """The programmes of a network, and for each signal that the type cannot play the reason."""

    programmes: tuple[SumoProgramme, ...]
    refused: Mapping[str, str]
