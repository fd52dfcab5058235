"""The lane groups of a UTDF file, read and checked."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from zhasyl.scenarios.plans.utdf_movements import GROUP, LEFT_TO_RIGHT
from zhasyl.scenarios.utdf.sections import Cell, Sections, value, whole
from zhasyl.scenarios.utdf.town import Group, Place
from zhasyl.scenarios.utdf.units import Units

OTHERS = ("PED", "HOLD")  # columns of [Lanes] that are no movements
MOST_LANES = 12
MOST_VPH = 20_000.0
LEAST_LANE_M, WIDEST_LANE_M = 2.0, 10.0
LEAST_GROWTH = 0.1  # below it a factor was written for per cent: Synchro takes 0.5 to 3
LEAST_PHF = 0.25  # all of an hour in a quarter
FROM_NETWORK = {"heavyvehicles": ("hv", 0.0), "growth": ("growth", 1.0)}
"""Records of [Lanes] in per cent → their default in [Network], a factor there, and the one without it."""


@dataclass(frozen=True)
class GroupReader:
    """Reads [Lanes]."""

    file: Sections
    places: dict[str, Place]
    units: Units

    def of(self, node: str, up: str, heading: str) -> Iterator[Group]:
        """The groups at the end of a link, from left to right. Raises ScenarioError."""
        for column, cells in self._columns(node, heading):
            if "dest node" not in cells:
                if (used := self._used(cells)) is not None:
                    raise used.fault("no Dest Node, where its lanes lead; fill it in or clear the column")
                continue
            if "up node" in cells and cells["up node"].text != up:
                said = cells["up node"].text[:40]
                raise cells["up node"].fault(f"Up Node '{said}', but {heading} comes from {up} in [Links]; correct one")
            if cells["dest node"].text not in self.places:
                said = cells["dest node"].text[:40]
                raise cells["dest node"].fault(f"Dest Node '{said}' is no node of [Nodes]; correct it or add the node")
            yield self._group(column, cells, up)

    def sign(self, node: str, heading: str) -> int | None:
        """What its SignControl says; None where there is none."""
        said = [cells["signcontrol"] for _, cells in self._columns(node, heading) if "signcontrol" in cells]
        return said[0].whole(0, 2, "SignControl") if said else None

    def check_headings(self, node: str, known: Collection[str]) -> None:
        """Refuse lanes and volumes of a heading that has no link, or of a column that is no movement."""
        for column in self.file.lanes[node].columns if node in self.file.lanes else ():
            used = self._used(self.file.lanes[node].cells(column)) if column not in OTHERS else None
            if used is None:
                continue
            if not GROUP.match(column):
                raise used.fault(f"no movement; write a heading and {', '.join(LEFT_TO_RIGHT)}, as in NBL2")
            if column[:2] not in known:
                raise used.fault(f"[Links] has no Up ID at {column[:2]}; add the link or clear the column")

    @staticmethod
    def _used(cells: dict[str, Cell]) -> Cell | None:
        """The cell of a column that says lanes or a volume; None where there is neither."""
        said = (whole(cells, "lanes", MOST_LANES), value(cells, "volume", 0, MOST_VPH))
        return next((cells[record] for record, n in zip(("lanes", "volume"), said, strict=True) if n), None)

    def _columns(self, node: str, heading: str) -> Iterator[tuple[str, dict[str, Cell]]]:
        if node not in self.file.lanes:
            return
        records = self.file.lanes[node]
        own = [column for column in records.columns if GROUP.match(column) and column[:2] == heading]
        for column in sorted(own, key=lambda column: LEFT_TO_RIGHT.index(column[2:])):
            yield column, records.cells(column)

    def _group(self, column: str, cells: dict[str, Cell], up: str) -> Group:
        units, is_right = self.units, column[2] == "R"
        return Group(
            column=column,
            row=cells["dest node"].row,
            up=up,
            dest=cells["dest node"].text,
            lanes=whole(cells, "lanes", MOST_LANES),
            shared=whole(cells, "shared", 3),
            width_m=self._width_m(cells),
            storage_m=units.metres(value(cells, "storage", 0, 1e4)) or None,
            taper_m=units.metres(value(cells, "taper", 0, 5e3)),
            bay_lanes=whole(cells, "stlanes", MOST_LANES),
            volume_vph=self._volume_vph(cells),
            phf=self._phf(cells),
            heavy=self._percent(cells, "heavyvehicles", 100),
            walkers_ph=value(cells, "peds", 0, MOST_VPH),
            channel=whole(cells, "right channeled", 4) if is_right else 0,
            on_red=is_right and bool(whole(cells, "allow rtor", 1)),
            to_the_right=whole(cells, "alignment", 3) in (1, 3),
        )

    def _volume_vph(self, cells: dict[str, Cell]) -> float:
        volume, growth = value(cells, "volume", 0, MOST_VPH), self._percent(cells, "growth", 1000)
        if volume and growth < LEAST_GROWTH and "growth" in cells:
            said = cells["growth"].text[:40]
            raise cells["growth"].fault(f"Growth '{said}' is per cent, and 10 are the least; write 100 for none")
        return volume * growth

    def _width_m(self, cells: dict[str, Cell]) -> float:
        width_m = self.units.metres(value(cells, "width", 0, 100)) or self.units.default_width_m
        if whole(cells, "lanes", MOST_LANES) and not LEAST_LANE_M <= width_m <= WIDEST_LANE_M:
            cell = cells["width"] if "width" in cells else cells["lanes"]
            raise cell.fault(
                f"Width is {width_m:.1f} m, lanes are {LEAST_LANE_M:g} to {WIDEST_LANE_M:g}; correct it or Metric"
            )
        return width_m

    def _phf(self, cells: dict[str, Cell]) -> float:
        network = self.file.network
        phf = value(cells, "phf", 0, 1) or (network["phf"].number(LEAST_PHF, 1, "PHF") if "phf" in network else 1.0)
        if phf < LEAST_PHF:
            raise cells["phf"].fault(f"PHF {phf:g} is below {LEAST_PHF:g}, all of an hour in a quarter; correct it")
        return phf

    def _percent(self, cells: dict[str, Cell], record: str, most: float) -> float:
        """A percentage as a factor."""
        if record in cells:
            return cells[record].number(0, most, record.title()) / 100
        name, default = FROM_NETWORK[record]
        network = self.file.network
        return network[name].number(0, most / 100, name) if name in network else default
