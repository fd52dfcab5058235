"""The arms of a junction, and which of them a count sheet means.

An arm is named by where it lies (N, north, northern approach, from the north, северный подход, с севера,
солтүстіктен), by the heading of the traffic that arrives on it (SB, southbound, S.B.), by its azimuth as seen from
the junction (0°, clockwise from north), by its number, counted clockwise from north, or by the street, with where it
lies if both arms of a street are there ('Abay west', 'Абая запад', 'Seifullin Ave (north)'). An approach may also be
named by where its traffic goes ('to the north', 'с юга на север', 'солтүстікке').
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from zhasyl.network import Network
from zhasyl.scenarios.directions import LIMIT_DEG, POINTS, apart_deg, azimuth_deg
from zhasyl.scenarios.streets import same_street
from zhasyl.scenarios.turns import JunctionTurns
from zhasyl.text.local_words import plain_words

SAME_ARM_DEG = 30.0  # an exit belongs to the approach that lies this near
NORTH_FROM_DEG = 337.5  # where numbers of arms begin, clockwise
SIDES = {
    "north": "N", "south": "S", "east": "E", "west": "W",
    "northern": "N", "southern": "S", "eastern": "E", "western": "W",
    "север": "N", "юг": "S", "восток": "E", "запад": "W", "севера": "N", "юга": "S", "востока": "E", "запада": "W",
    "северный": "N", "южный": "S", "восточный": "E", "западный": "W", "северная": "N", "южная": "S",
    "восточная": "E", "западная": "W", "сев": "N", "южн": "S", "вост": "E", "зап": "W",
    "северу": "N", "югу": "S", "востоку": "E", "западу": "W",
    "солтүстік": "N", "оңтүстік": "S", "шығыс": "E", "батыс": "W", "солтүстіктен": "N", "оңтүстіктен": "S",
    "шығыстан": "E", "батыстан": "W", "солтүстікке": "N", "оңтүстікке": "S", "шығысқа": "E", "батысқа": "W",
    "n": "N", "s": "S", "e": "E", "w": "W", "ne": "NE", "nw": "NW", "se": "SE", "sw": "SW",
    "с": "N", "ю": "S", "в": "E", "з": "W", "св": "NE", "сз": "NW", "юв": "SE", "юз": "SW",
}  # fmt: skip
HALVES = {"северо": "N", "юго": "S", "солтүстік": "N", "оңтүстік": "S", "north": "N", "south": "S"}
FILLERS = frozenset({
    "approach", "leg", "arm", "from", "the", "side", "to", "entry", "entering", "подход", "въезд",
    "направление", "луч", "с", "со", "на", "к", "кіреберіс", "кіреберісі", "бағыты", "стороны", "движение", "traffic",
})  # fmt: skip
BOUND = re.compile(r"\b(n|s|e|w|ne|nw|se|sw)[./]?\s?b\b\.?|\b(north|south)?[ -]?(east|west)?[ -]?bound\b")
FROM = re.compile(r"(?:со?|from the) [\w-]+|\w+(?:тен|тан)\b")  # before a street: 'с севера (ул. Байзакова)'
ARMS = re.compile(r"\b(?:leg|arm|side|entry|луч|въезд)\b")
GOAL = re.compile(r"(.*?)\b(?:to|towards?|heading|на|в сторону|в направлении)\b(.+)|(.*?)\b(\w+(?:ке|қа))")
DEGREES = re.compile(r"(\d{1,3})(?:[.,]\d+)?\s*(?:°|º|deg(?:rees)?\b|град(?:усов)?\b)")
NUMBER = re.compile(r"(?:arm|leg|approach|подход|луч|направление|№|#)?\s*№?\s*(\d{1,2})")


@dataclass(frozen=True)
class ArmName:
    """What a name says of an arm: where it lies [degrees], its number, its street; any may be missing."""

    azimuth_deg: float | None = None
    number: int = 0
    street: str = ""

    @property
    def says_anything(self) -> bool:
        return self.azimuth_deg is not None or bool(self.number or self.street)


@dataclass(frozen=True)
class Arm:
    """An arm of a junction: where it lies, the roads that arrive on it and leave on it, and their streets."""

    number: int
    azimuth_deg: float
    approaches: tuple[str, ...]
    exits: tuple[str, ...]
    streets: tuple[str, ...]

    def is_on(self, street: str) -> bool:
        return any(same_street(street, own) for own in self.streets)


def arm_name(text: str) -> ArmName:
    """What a text says of an arm."""
    small = plain_words(text).strip(" .:")
    if number := NUMBER.fullmatch(small):
        return ArmName(number=int(number[1]))
    if found := DEGREES.search(small):
        return ArmName(int(found[1]) % 360.0, street=_street(small.replace(found[0], " ")))
    if heading := _heading(small):
        return ArmName((POINTS[heading[0]] + 180.0) % 360.0, street=_street(small.replace(heading[1], " ")))
    words = [word for word in re.findall(r"[\w-]+", small) if word not in FILLERS or small in SIDES]
    for place in (-1, 0):
        if words and (side := _side(words[place])) and (place == -1 or _is_adjective(words[0]) or FROM.match(small)):
            rest = words[:-1] if place == -1 else words[1:]
            return ArmName(POINTS[side], street=_street(" ".join(rest)))
    return ArmName(street=_street(small))


def approach_name(text: str) -> ArmName:
    """What a text says of the arm that traffic arrives on: 'с юга на север' and 'to the north' are the southern one."""
    found = GOAL.fullmatch(plain_words(text).strip(" .:"))
    goal = arm_name(found[2] or found[4]) if found else ArmName()
    if not found or goal.azimuth_deg is None or goal.street or ARMS.search(found[0]):
        return arm_name(text)
    origin = arm_name(found[1] or found[3] or "")
    if origin.azimuth_deg is not None or origin.number:
        return origin
    return ArmName((goal.azimuth_deg + 180.0) % 360.0, street=origin.street)


def exit_name(text: str) -> ArmName:
    """What a text says of the arm that traffic leaves on: 'EB' leaves to the east."""
    found = _heading(plain_words(text))
    return ArmName(POINTS[found[0]], street=arm_name(text).street) if found else arm_name(text)


def _heading(small: str) -> tuple[str, str] | None:
    """(point of the compass it goes to, the text that says so)."""
    found = BOUND.search(small)
    if not found:
        return None
    point = found[1].upper() if found[1] else "".join(word[0].upper() for word in (found[2], found[3]) if word)
    return (point, found[0]) if point in POINTS else None


def _side(word: str) -> str:
    if word in SIDES:
        return SIDES[word]
    first, _, second = word.partition("-")
    if first in HALVES and second in SIDES:
        return HALVES[first] + SIDES[second]
    joined = re.fullmatch(r"(north|south)(east|west)(?:ern)?", word)
    return f"{joined[1][0]}{joined[2][0]}".upper() if joined else ""


def _is_adjective(word: str) -> bool:
    """'northern Abay avenue' and 'северный Абая', not the street 'North Main'."""
    return word.endswith(("ern", "ый", "ая"))


def _street(text: str) -> str:
    words = [word for word in re.findall(r"[\w'-]+", text) if word not in FILLERS]
    return " ".join(words) if any(char.isalpha() for word in words for char in word) else ""


def junction_arms(network: Network, junction: JunctionTurns) -> tuple[Arm, ...]:
    """The arms of a junction, clockwise from north."""
    places: list[tuple[float, list[str], list[str]]] = [
        (azimuth_deg(network.edges[edge].shape[-2:][::-1]), [edge], []) for edge in junction.movements
    ]
    for exit_ in sorted({exit_ for _, exit_ in junction.turns}):
        away = azimuth_deg(network.edges[exit_].shape[:2])
        near = min(places, key=lambda place: apart_deg(place[0], away), default=None)
        if near and apart_deg(near[0], away) < SAME_ARM_DEG:
            near[2].append(exit_)
        else:
            places.append((away, [], [exit_]))
    places.sort(key=lambda place: ((place[0] - NORTH_FROM_DEG) % 360.0, place[1], place[2]))
    return tuple(
        Arm(number, deg, tuple(roads), tuple(exits), _streets(network, (*roads, *exits)))
        for number, (deg, roads, exits) in enumerate(places, start=1)
    )


def _streets(network: Network, edges: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for edge in edges if (name := network.edges[edge].name)))


def matching(name: ArmName, arms: Iterable[Arm]) -> list[Arm]:
    """The arms a name may mean, the likeliest alone where that is clear."""
    known = list(arms)
    if name.number:
        return [arm for arm in known if arm.number == name.number]
    on_street = [arm for arm in known if name.street and arm.is_on(name.street)]
    if name.azimuth_deg is None:
        return on_street
    among = on_street or known
    deviation = {arm.number: apart_deg(arm.azimuth_deg, name.azimuth_deg) for arm in among}
    near = [arm for arm in among if deviation[arm.number] < LIMIT_DEG]
    return sorted(near, key=lambda arm: deviation[arm.number])[:1]
