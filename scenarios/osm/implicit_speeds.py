"""Speed limits that a map states by the law of a country: maxspeed=KZ:urban, maxspeed:type=RU:rural, DE:zone30.

The values of netconvert 1.28 (each tried), which has none for Kazakhstan and would let 100 km/h be driven there; those
of Kazakhstan are for passenger cars: 60 and 20 km/h within settlements by its rules of the road (ПДД РК, section 10),
100 on roads of categories II and III and 140 on those of I-a, as its road operator КазАвтоЖол published them in 2024.
"""

import re

from zhasyl.scenarios.osm.extract import Tags

KEYS = ("maxspeed", "maxspeed:type", "source:maxspeed", "zone:maxspeed", "zone:traffic")
ZONE = re.compile(r"(?:[A-Z]{2}(?:-[A-Z]+)?:)?zone:?\s?([1-9][05])|[A-Z]{2}:([1-9][05])")
KMH = {
    "AT": {"urban": 50, "rural": 100, "trunk": 100, "motorway": 130},
    "AU": {"urban": 50},
    "BE": {"urban": 50, "motorway": 120},
    "BE-VLG": {"urban": 50, "rural": 70},
    "BE-WAL": {"urban": 50, "rural": 90},
    "CZ": {"urban": 50, "rural": 90, "trunk": 110, "urban_trunk": 80, "urban_motorway": 80, "motorway": 130},
    "DE": {"urban": 50, "rural": 100, "motorway": 130, "bicycle_road": 30},
    "DK": {"urban": 50, "rural": 80, "motorway": 130},
    "EE": {"urban": 50, "rural": 90},
    "ES": {"urban": 50},
    "FR": {"urban": 50, "rural": 80, "motorway": 130},
    "GB": {"nsl_single": 97, "nsl_dual": 113, "motorway": 113},
    "HU": {"living_street": 20, "urban": 50, "rural": 90, "trunk": 110, "motorway": 130},
    "IT": {"urban": 50, "rural": 90, "motorway": 130},
    "KZ": {"living_street": 20, "urban": 60, "rural": 100, "motorway": 140},
    "LT": {"urban": 50, "rural": 90},
    "NO": {"urban": 50, "rural": 80},
    "ON": {"urban": 50, "rural": 80},
    "PT": {"urban": 50, "rural": 90, "trunk": 100, "motorway": 120},
    "RO": {"urban": 50, "rural": 90, "trunk": 100, "motorway": 130},
    "RS": {"living_street": 30, "urban": 50, "rural": 80, "trunk": 100, "motorway": 130},
    "RU": {"living_street": 20, "urban": 60, "rural": 90, "motorway": 110},
    "UZ": {"living_street": 30, "urban": 70, "rural": 100, "motorway": 110},
}  # fmt: skip
KMH["UK"] = KMH["GB"]


def implicit_kmh(tags: Tags) -> float | None:
    """The limit that a way states by law, of maxspeed first; None if it states none that is known."""
    found = (_kmh(tags.get(key, "").strip()) for key in KEYS)
    return next((kmh for kmh in found if kmh is not None), None)


def _kmh(text: str) -> float | None:
    zone = ZONE.fullmatch(text)
    if zone:
        return float(zone[1] or zone[2])
    country, _, kind = text.partition(":")
    known = KMH.get(country.upper(), {}).get(kind.lower())
    return None if known is None else float(known)
