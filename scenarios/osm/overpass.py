"""The roads of a box from OpenStreetMap's Overpass interface, where there is internet."""

import urllib.request
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlencode

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.osm.extract import LARGEST_MB, WAYS, Box

URL = "https://overpass-api.de/api/interpreter"
LIMIT_S = 180
LARGEST_BOX_DEG2 = 0.25  # about 50 km × 50 km


def download(box: Box, path: Path) -> None:
    """Write the roads of a box as OSM XML. Raises ScenarioError for a box too large or no answer."""
    area = (box.east - box.west) * (box.north - box.south)
    if area > LARGEST_BOX_DEG2:
        raise ScenarioError(f"--bbox covers {area:g} square degrees, at most {LARGEST_BOX_DEG2:g}; take a smaller area")
    request = urllib.request.Request(URL, urlencode({"data": query(box)}).encode(), {"User-Agent": "zhasyl"})
    try:
        with urllib.request.urlopen(request, timeout=LIMIT_S) as answer:  # noqa: S310
            data = answer.read(LARGEST_MB * 1_000_000 + 1)
    except (OSError, ValueError, HTTPException) as error:
        raise ScenarioError(
            f"no answer from {URL}: {str(getattr(error, 'reason', None) or error)[:200]}; try again later, or download "
            "the area elsewhere (openstreetmap.org, Export) and give the file"
        ) from None
    path.write_bytes(data)


def query(box: Box) -> str:
    """Overpass's question for all roads that cars use, their nodes and turn restrictions."""
    corners = f"{box.south},{box.west},{box.north},{box.east}"
    roads = "|".join(sorted(WAYS))
    return (
        f"[out:xml][timeout:{LIMIT_S}][bbox:{corners}];"
        f'(way["highway"~"^({roads})$"];>;relation["type"="restriction"];);out body;'
    )
