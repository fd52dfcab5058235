"""Counts in, demand out: a scenario whose vehicles make the counted turns, and how well they do, by movement.

counted    vehicles an hour of the count
assigned   of the fitted routes, each turn taken when its vehicle departs
simulated  that passed in one SUMO run of the fitted demand, under the signals' own programmes or a controller
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from zhasyl.errors import ScenarioError
from zhasyl.files.clock import seconds
from zhasyl.files.csv_table import write_csv
from zhasyl.files.whole import copied_name
from zhasyl.network import Network
from zhasyl.scenarios.counts.fit import VEHICLE_FILE, fit_demand, origins_and_destinations
from zhasyl.scenarios.counts.placed import GEH_LIMIT, Placed, Spans, geh, place_counts
from zhasyl.scenarios.counts.read import Wanted, read_found
from zhasyl.scenarios.counts.sheets.grid import Given
from zhasyl.scenarios.counts.walkers import Crossed, assigned, simulated, walkable, write_people
from zhasyl.scenarios.model import Assumption, Scenario
from zhasyl.scenarios.said_again import without_demand
from zhasyl.scenarios.sumo_folder import write_ready
from zhasyl.scenarios.turns import Turn, turns_along
from zhasyl.sumo.inputs.named_files import copied, quiet
from zhasyl.sumo.inputs.options import IN_EVERY_RUN
from zhasyl.sumo.programs import run_program
from zhasyl.sumo.references import NOWHERE
from zhasyl.sumo.written import is_marked
from zhasyl.sumo.xml_files import Element, top_elements

SHARE_TO_MEET = 0.85
WARM_UP_S = 900.0
DEMAND_TAGS = frozenset({"vehicle", "trip", "flow", "person", "personFlow"})


Play = Callable[[Scenario], object]


@dataclass(frozen=True)
class MovementFit:
    """A movement's hourly volumes over the counted time, all classes; or those of people on a crossing."""

    junction: str
    approach: str
    movement: str
    counted_vph: float
    assigned_vph: float
    simulated_vph: float

    @property
    def geh_assigned(self) -> float:
        return geh(self.assigned_vph, self.counted_vph)

    @property
    def geh_simulated(self) -> float:
        return geh(self.simulated_vph, self.counted_vph)


@dataclass(frozen=True)
class Calibration:
    """What came of fitting demand to counts."""

    movements: tuple[MovementFit, ...]
    remarks: tuple[str, ...]

    @property
    def share_assigned(self) -> float:
        return sum(m.geh_assigned < GEH_LIMIT for m in self.movements) / len(self.movements)

    @property
    def share_simulated(self) -> float:
        return sum(m.geh_simulated < GEH_LIMIT for m in self.movements) / len(self.movements)

    @property
    def met(self) -> bool:
        return min(self.share_assigned, self.share_simulated) >= SHARE_TO_MEET


def play_programmes(scenario: Scenario) -> None:
    """Simulate a scenario under the programmes of its own signals, seed 1."""
    files = (scenario.net_file, *scenario.route_files, *scenario.additional_files)
    with TemporaryDirectory(prefix="zhasyl-") as scratch:
        net_file, *others = quiet(files, Path(scratch))
        routes, additional = others[: len(scenario.route_files)], others[len(scenario.route_files) :]
        run_program("sumo", {
            "net-file": net_file, "route-files": ",".join(map(str, routes)),
            "additional-files": ",".join(map(str, additional)), "begin": seconds(scenario.start_s),
            "end": seconds(scenario.end_s), "seed": 1, "no-step-log": "true",
            "no-warnings": "true", "xml-validation": "never", **dict(scenario.sumo_options), **IN_EVERY_RUN,
            "device.ssm.file": NOWHERE,
        })  # fmt: skip


def calibrate(
    scenario: Scenario,
    counts_file: Path,
    folder: Path,
    scenario_id: str,
    play: Play = play_programmes,
    given: Given | None = None,
    wanted: Wanted | None = None,
) -> Calibration:
    """Fill an empty folder with the scenario under a demand fitted to the counts. Raises ScenarioError.

    `play` simulates the fitted scenario once, with the SUMO options it is given, for the simulated counts; `given` is
    what is known beside the sheets, `wanted` which of their counts are taken.
    """
    _check_no_demand(scenario)
    network = scenario.network()
    _check_names(network)
    found = read_found(counts_file, replace(given or Given(), network=network), wanted)
    placed = place_counts(counts_file, found.counts, network, found.crossings)
    crossed, lost = walkable(placed.crossed, network)
    warm_up_s = min(WARM_UP_S, placed.begin_s)
    with TemporaryDirectory(prefix="zhasyl-") as scratch:
        route_files = fit_demand(placed, network, folder, Path(scratch), warm_up_s)
        people = [write_people(crossed, folder, warm_up_s, placed.begin_s)] if crossed else []
        fitted = _fitted(scenario, placed, folder, scenario_id, counts_file, [*route_files, *people], warm_up_s)
        write_ready(folder, fitted, (f"counts {counts_file.name}",))
        fits = tuple(_fits(placed, crossed, fitted, Path(scratch), play))
        calibration = Calibration(fits, (*found.remarks, *placed.remarks, *lost))
    _write_tables(folder, placed, calibration, route_files)
    return calibration


def _check_no_demand(scenario: Scenario) -> None:
    for path in scenario.additional_files:
        if any(element.tag in DEMAND_TAGS for element in top_elements(path)):
            raise ScenarioError(f"{path}: vehicles in an additional file would add to the counts; move them out of it")


def _check_names(network: Network) -> None:
    for name in (*network.edges, *network.junctions):
        if is_marked(name):
            raise ScenarioError(
                f"network {network.path}: the tools of SUMO that fit demand to counts cannot read the id {name[:80]!r} "
                "that they write; rename it, without & < and quotes"
            )


def _fitted(
    scenario: Scenario,
    placed: Placed,
    folder: Path,
    scenario_id: str,
    counts_file: Path,
    route_files: list[Path],
    warm_up_s: float,
) -> Scenario:
    net_file = copied(scenario.net_file, folder, scenario.net_file.name)
    additional = [
        copied(path, folder, f"{number}-{copied_name(path)}")
        for number, path in enumerate(scenario.additional_files)
        if copied_name(path) != VEHICLE_FILE  # of an earlier calibration
    ]
    kept = without_demand(scenario.assumptions)
    return replace(
        scenario,
        id=scenario_id,
        version=1,
        title=f"{scenario.title}, counted in {counts_file.name}",
        begin_s=placed.begin_s,
        end_s=placed.end_s,
        warm_up_s=warm_up_s,
        net_file=net_file,
        route_files=tuple(route_files),
        additional_files=(folder / VEHICLE_FILE, *additional),
        sumo_options=tuple(option for option in scenario.sumo_options if option[0] != "scale"),
        demand_scale=1.0,
        assumptions=(
            *kept,
            Assumption("volumes", f"Vehicles make the turns counted in {counts_file.name}", "measured",
                       "fitted to the counts; fit.csv says how well"),
            Assumption("warm-up", "The first interval's counts hold before it too", "inferred",
                       "nothing was counted then"),
            Assumption("routes", "Routes between counted junctions follow the turning shares", "inferred",
                       "counts do not say where a vehicle goes next"),
            _pedestrians(bool(placed.crossed), counts_file),
            Assumption("vehicle types", "SUMO's default vehicle of each class", "inferred", "counts give classes only"),
        ),
    )  # fmt: skip


def _pedestrians(people: bool, counts_file: Path) -> Assumption:
    if not people:
        return Assumption("pedestrians", "Nobody walks", "inferred", "counts hold vehicles only")
    return Assumption(
        "pedestrians", f"People cross as counted in {counts_file.name}, half each way", "measured",
        "fit.csv says how well; they walk near the junction only, and cyclists of crossings ride at walkers' places",
    )  # fmt: skip


def _fits(
    placed: Placed, crossed: tuple[Crossed, ...], fitted: Scenario, scratch: Path, play: Play
) -> Iterator[MovementFit]:
    counted: Counter[Turn] = Counter()
    names: dict[Turn, tuple[str, str, str]] = {}
    for place in placed.counts:
        counted[place.turn] += place.count.vehicles
        names.setdefault(place.turn, (place.junction, place.count.approach, place.count.movement))
    spans = placed.spans
    made = _assigned(fitted, spans)
    passed = _played(fitted, scratch, play)
    seen = _simulated(passed, spans)
    for turn, name in names.items():
        hours = spans[turn].hours
        yield MovementFit(*name, counted[turn] / hours, made[turn] / hours, seen[turn] / hours)
    if crossed:
        set_out, across = assigned(crossed, fitted.route_files[-1]), simulated(crossed, passed)
        for one in crossed:
            hours, people = one.spans.hours, sum(count.crossing.people for count in one.counts)
            yield MovementFit(*one.name, people / hours, set_out[one.key] / hours, across[one.key] / hours)


def _assigned(fitted: Scenario, spans: Mapping[Turn, Spans]) -> Counter[Turn]:
    """Turns of who departs while they were counted."""
    found: Counter[Turn] = Counter()
    for path in fitted.route_files:
        for vehicle in top_elements(path):
            depart_s = float(vehicle.get("depart", "0"))
            along = turns_along(_edges(vehicle.find("route")), spans)
            found.update(turn for turn, _ in along if depart_s in spans[turn])
    return found


def _played(fitted: Scenario, scratch: Path, play: Play) -> Path:
    """SUMO's record of who took which way in one run."""
    passed = scratch / "passed.xml"
    recorded = {"vehroute-output": passed, "vehroute-output.exit-times": "true",
                "vehroute-output.write-unfinished": "true"}  # fmt: skip
    options = {**dict(fitted.sumo_options), **{key: str(value) for key, value in recorded.items()}}
    play(replace(fitted, sumo_options=tuple(options.items()), routes_to=passed))  # a run of ours records its own
    return passed


def _simulated(passed: Path, spans: Mapping[Turn, Spans]) -> Counter[Turn]:
    """Turns made while they were counted, of SUMO's record of a run."""
    found: Counter[Turn] = Counter()
    for vehicle in top_elements(passed):
        route = next(iter(vehicle.iter("route")), None)
        times = route.get("exitTimes", "").split() if route is not None else []
        left = [(edge, time_s) for edge, time_s in zip(_edges(route), times, strict=False) if edge[0] != ":"]
        for turn, position in turns_along([edge for edge, _ in left], spans):
            if float(left[position][1]) in spans[turn]:
                found[turn] += 1
    return found


def _edges(route: Element | None) -> list[str]:
    return route.get("edges", "").split() if route is not None else []


def _write_tables(folder: Path, placed: Placed, calibration: Calibration, route_files: list[Path]) -> None:
    write_csv(
        folder / "fit.csv",
        ("junction", "approach", "movement", "counted_vph", "assigned_vph", "geh_assigned", "simulated_vph",
         "geh_simulated"),
        ((m.junction, m.approach, m.movement, f"{m.counted_vph:g}", f"{m.assigned_vph:g}", f"{m.geh_assigned:.2f}",
          f"{m.simulated_vph:g}", f"{m.geh_simulated:.2f}") for m in calibration.movements),
    )  # fmt: skip
    write_csv(
        folder / "counts.csv",
        ("junction", "approach", "movement", "class", "begin_s", "end_s", "count"),
        ((p.junction, p.turn[0], p.turn[1], p.count.vehicle_class, seconds(p.count.begin_s), seconds(p.count.end_s),
          p.count.vehicles) for p in placed.counts),
    )  # fmt: skip
    trips = origins_and_destinations(route_files, placed.begin_s)
    rows = ((name, origin, end, number) for (name, (origin, end)), number in sorted(trips.items()))
    write_csv(folder / "od.csv", ("class", "from", "to", "vehicles"), rows)
    write_csv(folder / "remarks.csv", ("remark",), ((remark,) for remark in calibration.remarks))
