"""A combined UTDF file of our own making: the signals of a network in Synchro's columns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

from zhasyl.errors import ScenarioError
from zhasyl.files.csv_cells import CsvWriter
from zhasyl.network import Network
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.out.leaving import LeavingPlan
from zhasyl.scenarios.plans.out.utdf_cells import DATA, OTHER_FORMATS, Cells, Wanted, new_cells, number
from zhasyl.scenarios.plans.out.utdf_lanes import RECORDS, check_named, columns
from zhasyl.scenarios.plans.utdf_places import signal_places
from zhasyl.signals import SignalTiming

LARGEST_INTID = 9999
FEWEST_PHASES = 8
LANE_RECORDS = ("Lanes", "Shared", *RECORDS)
SECTIONS = (("lanes", "Lane Group Data"), ("timeplans", "Timing Plan Settings"), ("phases", "Phasing Data"))


@dataclass(frozen=True)
class Leaving:
    """The text of a file, and what there is to say of it."""

    text: str
    remarks: tuple[str, ...]


def new_utdf(network: Network, plans: Sequence[LeavingPlan], timing: SignalTiming) -> Leaving:
    """The file of plans, one of each signal. Raises ScenarioError where Synchro's phases can hold none of them."""
    numbers = intids(network)
    nodes: dict[str, Cells] = {}
    remarks = []
    for plan in plans:
        words = SignalWords(network, plan.signal)
        wanted = Wanted(words, plan, timing)
        try:
            check_named(words, groups := columns(words))
            nodes[plan.signal] = new_cells(wanted, groups)
        except ScenarioError as error:
            remarks.append(f"signal '{plan.signal[:60]}' is left out: {error}; {OTHER_FORMATS}")
        else:
            remarks += remarks_on(wanted)
    if not nodes:
        raise ScenarioError(f"UTDF cannot hold any of the plans; {remarks[0]}")
    text = StringIO()
    rows = CsvWriter(text)
    for row in _rows(network, numbers, nodes):
        rows.writerow(row)
    return Leaving(text.getvalue().replace("\n", "\r\n"), tuple(remarks))


def remarks_on(wanted: Wanted) -> Iterator[str]:
    """What Synchro's tables have not of a plan."""
    signal = wanted.plan.signal[:60]
    if any("s" in phase.state for phase in wanted.plan.phases):
        yield f"signal '{signal}': turns on red after a stop are left out; set Allow RTOR in Synchro"
    if not wanted.whole:
        yield in_parts(signal)


def in_parts(signal: str) -> str:
    """A remark on a plan whose times are no whole seconds."""
    return f"signal '{signal[:60]}': its times have parts of seconds, and zhasyl reads UTDF in whole ones"


def intids(network: Network) -> dict[str, str]:
    """Signal → INTID: its id where all are numbers, else numbers that are no ids, in the order of ids."""
    signals = sorted(network.programmes)
    if all(signal.isascii() and signal.isdecimal() and 0 < int(signal) <= LARGEST_INTID for signal in signals):
        return {signal: signal for signal in signals}
    free = (str(number) for number in range(1, 2 * len(signals) + 2) if str(number) not in network.programmes)
    return dict(zip(signals, free, strict=False))


def _rows(network: Network, numbers: Mapping[str, str], nodes: Mapping[str, Cells]) -> Iterator[list[str]]:
    yield from (["[Network]"], ["Network Settings"], ["RECORDNAME", "DATA"], ["UTDFVERSION", "8"], ["Metric", "1"], [])
    yield from (["[Nodes]"], ["Node Data"], ["INTID", "TYPE", "X", "Y", "Z", "DESCRIPTION"])
    places = signal_places(network)
    for signal in nodes:
        x, y = places[signal]
        yield [numbers[signal], "0", number(x), number(y), "0", signal]
    yield []
    for section, title in SECTIONS:
        yield from ([f"[{section.title()}]"], [title])
        yield from _table(numbers, nodes, section)
        yield []
    if any(key[0] == "crossings" for cells in nodes.values() for key in cells):
        yield from (
            ["[Crossings]"],
            ["Walks of zhasyl, in seconds of the node's cycle"],
            ["RECORDNAME", "INTID", "WALK"],
        )
        for signal, cells in nodes.items():
            for (section, record, _), text in cells.items():
                if section == "crossings":
                    yield [record, numbers[signal], text]


def _table(numbers: Mapping[str, str], nodes: Mapping[str, Cells], section: str) -> Iterator[list[str]]:
    names = _columns(nodes, section)
    yield ["RECORDNAME", "INTID", *names]
    for signal, cells in nodes.items():
        own = dict.fromkeys(record for table, record, _ in cells if table == section)
        for record in sorted(own, key=LANE_RECORDS.index) if section == "lanes" else own:
            values = [cells.get((section, record, name), "") for name in names]
            yield [record, numbers[signal], *values]


def _columns(nodes: Mapping[str, Cells], section: str) -> list[str]:
    found = dict.fromkeys(key[2] for cells in nodes.values() for key in cells if key[0] == section)
    if section == "timeplans":
        return [DATA]
    if section == "lanes":
        return [*sorted(found, key=_place), "PED", "HOLD"]
    last = max(FEWEST_PHASES, *(int(name[1:]) for name in found))
    return [f"D{place}" for place in range(1, last + 1)]


def _place(column: str) -> tuple[int, str, int, str]:
    """Synchro's order: NB, SB, EB, WB, then the eighths; left, through, right."""
    heading = column[:2]
    main = ("NB", "SB", "EB", "WB")
    return main.index(heading) if heading in main else len(main), heading, "ULTR".index(column[2]), column
