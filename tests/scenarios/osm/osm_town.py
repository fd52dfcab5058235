"""A made-up town as OSM XML: streets at right angles, a block of 200 m, no data of any map."""

from itertools import product
from pathlib import Path

BLOCK_DEG = 0.0018  # 200 m of latitude; the town lies at the equator, where a degree is as long both ways
TAGS = {"highway": "tertiary"}


def town(
    folder: Path, columns: int = 1, rows: int = 1, tags: dict[str, str] | None = None, signals: bool = True
) -> Path:
    """Streets with columns × rows junctions, each with a signal; node ids are 100 x + y + 1."""
    nodes = []
    for x, y in product(range(columns + 2), range(rows + 2)):
        crossing = 0 < x <= columns and 0 < y <= rows and signals
        inner = '<tag k="highway" v="traffic_signals"/>' if crossing else ""
        nodes.append(f'<node id="{_id(x, y)}" lat="{y * BLOCK_DEG:.6f}" lon="{x * BLOCK_DEG:.6f}">{inner}</node>')
    streets = [[_id(x, y) for x in range(columns + 2)] for y in range(1, rows + 1)]
    streets += [[_id(x, y) for y in range(rows + 2)] for x in range(1, columns + 1)]
    ways = [way(7000 + n, street, {"name": f"Street {n}", **(tags or TAGS)}) for n, street in enumerate(streets)]
    return osm(folder, "".join((*nodes, *ways)))


def way(key: int, nodes: list[int], tags: dict[str, str]) -> str:
    """A way as XML."""
    refs = "".join(f'<nd ref="{node}"/>' for node in nodes)
    inner = "".join(f'<tag k="{name}" v="{value}"/>' for name, value in tags.items())
    return f'<way id="{key}">{refs}{inner}</way>'


def osm(folder: Path, content: str) -> Path:
    """An .osm file with this content."""
    path = folder / "town.osm"
    path.write_text(f'<?xml version="1.0" encoding="UTF-8"?><osm version="0.6">{content}</osm>', encoding="utf-8")
    return path


def _id(x: int, y: int) -> int:
    return 100 * x + y + 1
