"""A scenario made of another one and a file of plans: its signals show what the file says."""

from collections import defaultdict
from collections.abc import Set
from dataclasses import dataclass, replace
from pathlib import Path

from zhasyl.errors import ScenarioError
from zhasyl.files.csv_table import write_csv
from zhasyl.files.sheets import is_excel, read_sheet
from zhasyl.files.whole import copied_name
from zhasyl.network import Network
from zhasyl.scenarios.model import Scenario
from zhasyl.scenarios.plans.export import shipped_phases
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.programme import GivenPlan
from zhasyl.scenarios.plans.refusals import check_plan
from zhasyl.scenarios.plans.sumo import sumo_plans
from zhasyl.scenarios.plans.synchro import utdf_plans
from zhasyl.scenarios.plans.table import sheet_rows, table_plans, toml_rows
from zhasyl.scenarios.plans.timetable import programme_elements, timetable_id
from zhasyl.scenarios.plans.utdf import is_utdf, left_out
from zhasyl.scenarios.said_again import with_plans
from zhasyl.scenarios.sumo_folder import write_ready
from zhasyl.sumo.inputs.named_files import carry_named_files, copied
from zhasyl.sumo.xml_files import Element, read_root, top_elements, write_xml

PLAN_FILE = "plans.add.xml"
TEMPLATE_FILE, TEMPLATE_NODES = "utdf.csv", "nodes.csv"  # kept, so that plans go out into it again
SHEETS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")


@dataclass(frozen=True)
class Planned:
    """What came of it: the plans, signals that keep what they had, and what had to be left out."""

    plans: tuple[GivenPlan, ...]
    kept: tuple[str, ...]
    remarks: tuple[str, ...] = ()

    @property
    def signals(self) -> list[str]:
        return sorted({plan.signal for plan in self.plans})


def plan_scenario(scenario: Scenario, file: Path, folder: Path, scenario_id: str, nodes: Path | None = None) -> Planned:
    """Fill an empty folder with the scenario under the plans of a file. Raises ZhasylError."""
    network = scenario.network()
    plans, remarks = _read(file, nodes, network, scenario)
    from_synchro = file.suffix.lower() in SHEETS and is_utdf(read_sheet(file))
    _keep_template(scenario, file, nodes, folder, from_synchro)
    by_signal: dict[str, list[GivenPlan]] = defaultdict(list)
    faults: list[ScenarioError] = []
    for plan in plans:
        try:
            remarks += _checked(plan, network, scenario)
            by_signal[plan.signal].append(plan)
        except ScenarioError as fault:
            if not from_synchro:
                raise
            faults.append(fault)
            remarks += (left_out(file, plan.signal, fault),)
    if not by_signal:
        raise faults[0]
    elements = [e for own in by_signal.values() for e in programme_elements(own, scenario.start_s, scenario.end_s)]
    kept = tuple(sorted(network.programmes.keys() - by_signal.keys()))
    _write(scenario, folder, scenario_id, file, elements, frozenset(by_signal), network.programmes.keys())
    return Planned(tuple(plan for own in by_signal.values() for plan in own), kept, remarks)


def _keep_template(scenario: Scenario, file: Path, nodes: Path | None, folder: Path, is_new: bool) -> None:
    """A copy of the UTDF file that the plans are from, or of the one that the scenario has kept."""
    kept = scenario.net_file.parent
    for path, name in (
        (file if is_new else kept / TEMPLATE_FILE, TEMPLATE_FILE),
        (nodes if is_new else kept / TEMPLATE_NODES, TEMPLATE_NODES),
    ):
        if path is not None and path.is_file():
            copy_sheet(path, folder / name)


def copy_sheet(path: Path, target: Path) -> None:
    """A text file as it is; a workbook as the CSV that it is read as."""
    if is_excel(path):
        lines = read_sheet(path)
        write_csv(target, lines[0][1], (cells for _, cells in lines[1:]))
    else:
        target.write_bytes(path.read_bytes())


def _checked(plan: GivenPlan, network: Network, scenario: Scenario) -> tuple[str, ...]:
    """Refuse what must not be shown; only remark on it where the scenario shows the same already."""
    words = SignalWords(network, plan.signal)
    try:
        check_plan(plan, words, scenario.timing)
    except ScenarioError as error:
        shipped = network.programmes[plan.signal]
        phases = [(phase.duration_s, phase.state) for phase in plan.phases]
        same = phases == shipped_phases(words, shipped) and plan.offset_s == shipped.offset_s % plan.cycle_s
        if not same:
            raise
        return (f"kept as it was: {error}",)
    return ()


def _read(
    file: Path, nodes: Path | None, network: Network, scenario: Scenario
) -> tuple[list[GivenPlan], tuple[str, ...]]:
    if not network.programmes:
        raise ScenarioError(f"scenario '{scenario.id}': its network has no signal; choose one that has")
    suffix = file.suffix.lower()
    lines = read_sheet(file) if suffix in SHEETS else []
    if lines and is_utdf(lines):
        return utdf_plans(file, lines, nodes, network, scenario.timing)
    if nodes is not None:
        raise ScenarioError(f"--nodes is for UTDF files, and {file} is none; leave it out")
    if suffix == ".xml":
        return sumo_plans(file, network, scenario.start_s, scenario.end_s), ()
    if suffix == ".toml":
        return table_plans(file, toml_rows(file), network, scenario.timing), ()
    if lines:
        return table_plans(file, sheet_rows(file, lines), network, scenario.timing), ()
    raise ScenarioError(f"{file}: '{suffix[:20]}' is no kind of plan; give .csv, .xlsx, .toml, or SUMO's .xml")


def _write(
    scenario: Scenario,
    folder: Path,
    scenario_id: str,
    file: Path,
    elements: list[Element],
    signals: frozenset[str],
    every: Set[str],
) -> None:
    net_file = copied(scenario.net_file, folder, scenario.net_file.name)
    routes = [_copied(path, folder, number) for number, path in enumerate(scenario.route_files)]
    first = len(routes)
    others = [_without(path, folder, first + n, signals) for n, path in enumerate(scenario.additional_files)]
    root = Element("additional")
    root.extend(elements)
    write_xml(root, folder / PLAN_FILE)
    made = replace(
        scenario,
        id=scenario_id,
        version=1,
        title=f"{scenario.title}: plans {file.stem}",
        net_file=net_file,
        route_files=tuple(routes),
        additional_files=(*filter(None, others), folder / PLAN_FILE),
        assumptions=with_plans(scenario.assumptions, signals, every, file.name),
    )
    write_ready(folder, made, (f"signal plans {file.name}",))


def _copied(path: Path, folder: Path, number: int) -> Path:
    """A copy whose name is its own."""
    return copied(path, folder, f"{number}-{copied_name(path)}")


def _without(path: Path, folder: Path, number: int, signals: frozenset[str]) -> Path | None:
    """A copy without the programmes and timetables of the given signals, None if nothing is left."""
    if not any(_of(element, signals) for element in top_elements(path)):
        return _copied(path, folder, number)
    root = read_root(path)
    root[:] = [child for child in root if not _of(child, signals)]
    if not len(root):
        return None
    target = folder / f"{number}-{copied_name(path).removesuffix('.gz')}"
    carry_named_files(root, path, folder)
    write_xml(root, target)
    return target


def _of(element: Element, signals: frozenset[str]) -> bool:
    """Is it a programme, a timetable's use or an earlier plan's timetable of one of the signals?"""
    if element.tag == "WAUT":
        return element.get("id") in {timetable_id(signal) for signal in signals}
    key = {"tlLogic": "id", "wautJunction": "junctionID"}.get(element.tag)
    return key is not None and element.get(key) in signals
