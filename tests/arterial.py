"""A hand-made arterial: signals in a row, traffic along it both ways, and roads that cross it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.conftest import build_network

SPEED_MPS = 13.89
SIDE_M = 250
PERIOD_S = 1500


def arterial(folder: Path, spacings_m: Sequence[int], plain: Sequence[int] = (), scale: float = 1.0) -> Path:
    """Build an arterial of len(spacings_m) - 1 junctions 's1', 's2', ... and answers its .sumocfg.

    spacings_m   from its west end to the first junction, to the second, ..., to its east end
    plain        numbers of junctions that have no signal (and no crossing road)
    """
    folder.mkdir(parents=True)
    places_m = [sum(spacings_m[: index + 1]) for index in range(len(spacings_m))]
    crossed = [n for n in range(1, len(spacings_m)) if n not in plain]
    files = {
        "nod": ["<nodes>", *_nodes(places_m, crossed), "</nodes>"],
        "edg": ["<edges>", *_edges(len(spacings_m), crossed), "</edges>"],
        "rou": ["<routes>", *_flows(len(spacings_m), crossed, scale), "</routes>"],
    }
    for kind, lines in files.items():
        (folder / f"{folder.name}.{kind}.xml").write_text("\n".join(lines), encoding="utf-8")
    (folder / f"{folder.name}.sumocfg").write_text(
        f'<configuration><input><net-file value="{folder.name}.net.xml"/><route-files value="{folder.name}.rou.xml"/>'
        f'</input><time><begin value="0"/><end value="{PERIOD_S}"/></time></configuration>',
        encoding="utf-8",
    )
    return build_network(folder)


def _nodes(places_m: Sequence[int], crossed: Sequence[int]) -> Iterator[str]:
    for number, x_m in enumerate([0, *places_m]):
        kind = "traffic_light" if number in crossed else "priority"
        yield f'<node id="s{number}" x="{x_m}" y="0" type="{kind}"/>'
        if number in crossed:
            yield f'<node id="n{number}" x="{x_m}" y="{SIDE_M}"/><node id="z{number}" x="{x_m}" y="-{SIDE_M}"/>'


def _edges(count: int, crossed: Sequence[int]) -> Iterator[str]:
    for number in range(count):
        yield from _both_ways(f"s{number}", f"s{number + 1}", 2)
    for number in crossed:
        yield from _both_ways(f"n{number}", f"s{number}", 1)
        yield from _both_ways(f"s{number}", f"z{number}", 1)


def _both_ways(first: str, second: str, lanes: int) -> Iterator[str]:
    for start, end in ((first, second), (second, first)):
        yield f'<edge id="{start}-{end}" from="{start}" to="{end}" numLanes="{lanes}" speed="{SPEED_MPS}"/>'


def _flows(count: int, crossed: Sequence[int], scale: float) -> Iterator[str]:
    west, east = ("s0-s1", f"s{count - 1}-s{count}"), (f"s{count}-s{count - 1}", "s1-s0")
    flows = [(west, 700), (east, 550)]
    for n in crossed:
        flows += [((f"n{n}-s{n}", f"s{n}-z{n}"), 150), ((f"z{n}-s{n}", f"s{n}-n{n}"), 150)]
        flows += [((f"n{n}-s{n}", west[1]), 20), ((f"z{n}-s{n}", east[1]), 20), ((west[0], f"s{n}-z{n}"), 20)]
    for index, ((start, end), vph) in enumerate(flows):
        per_s = vph * scale / 3600
        yield (
            f'<flow id="f{index}" from="{start}" to="{end}" begin="0" end="{PERIOD_S}" period="exp({per_s:.5f})"'
            ' departLane="best" departSpeed="max"/>'
        )
