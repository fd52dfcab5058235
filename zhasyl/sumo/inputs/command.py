"""What SUMO is given for a measured run: options, the scenario's additional files with muted outputs, and ours."""

from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement

from zhasyl.files.clock import seconds
from zhasyl.measures import Period
from zhasyl.scenarios.model import Scenario
from zhasyl.sumo import messages
from zhasyl.sumo.inputs.named_files import quiet
from zhasyl.sumo.inputs.options import IN_EVERY_RUN
from zhasyl.sumo.outputs.log_times import LogTimes, log_times
from zhasyl.sumo.programme import SumoProgramme
from zhasyl.sumo.references import NOWHERE

RAW_TRIPS = "raw-trips.xml"
RAW_PERSONS = "raw-persons.xml"
RAW_VEHICLES = "raw-vehicles.parquet"
RAW_EVERY = "raw-every.parquet"  # of a recorded run: each second, everywhere
RAW_WALKERS = "raw-walkers.parquet"
RAW_CROSSINGS = "raw-crossings.xml"
RAW_STOPS = "raw-stops.xml"
RAW_ROUTES = "raw-routes.xml"
RAW_SIGNALS = "raw-signals.parquet"
SUMO_LOG = "sumo.log"  # what SUMO says


def sumo_options(
    scenario: Scenario,
    seed: int,
    outputs: Path,
    edges: Iterable[str],
    signals: Iterable[str],
    programmes: Iterable[SumoProgramme] = (),
    controlled: Container[str] = frozenset(),
    emissions: float = 1.0,
    record: bool = False,
    walked: Sequence[str] = (),
    measured: bool = True,
) -> list[str]:
    """SUMO's options for one measured run; who is on `edges` is logged, and what `signals` show state by state.

    `walked`: crossings and walking areas, where persons are logged and counted.

    `emissions` is the share of the vehicles whose emissions are measured. `record`: where everybody is each second is
    written, too, from which `zhasyl.sumo.outputs.trajectories` takes the log of vehicles. Not `measured`: the same
    traffic, of which nothing is written.

    `programmes` take the place of the shipped ones: SUMO plays the one it has read last. The scenario's own timetables
    of programmes (WAUT) leave the `controlled` signals alone, and its files write nowhere and hide nobody.
    Writes the input files SUMO needs for that into `outputs`, where its outputs go as well.
    """
    period = Period(scenario.begin_s, scenario.end_s)
    additional = outputs / "signals.add.xml"
    counted = _counted(walked, outputs / RAW_CROSSINGS, period) if measured else []
    further = (*(one.element() for one in programmes), *counted)
    _write_additional(additional, outputs / RAW_SIGNALS, signals if measured else (), further)
    net_file, *others = quiet(
        (scenario.net_file, *scenario.route_files, *scenario.additional_files), outputs, controlled
    )
    routes, own = others[: len(scenario.route_files)], others[len(scenario.route_files) :]
    given = dict(scenario.sumo_options)
    options = {
        "net-file": str(net_file),
        "route-files": ",".join(map(str, routes)),
        "additional-files": ",".join(map(str, (*own, *scenario.watched_by, additional))),
        "begin": seconds(scenario.start_s),
        "end": seconds(scenario.end_s),
        "seed": str(seed),
        **given,
        **IN_EVERY_RUN,
        **_emitting(given, emissions if measured else 0.0),
        **(_outputs(scenario, outputs, (*edges, *walked), bool(walked), record) if measured else {}),
        "device.ssm.file": NOWHERE,  # a type with that device writes into the working folder otherwise
        "no-step-log": "true",
        **messages.OPTIONS,
        "xml-validation": "never",
    }
    return [part for key, value in options.items() for part in (f"--{key}", value)]


def _emitting(given: Mapping[str, str], share: float) -> dict[str, str]:
    """Which vehicles have the emission device."""
    return {
        "device.emissions.probability": f"{share:g}",
        "device.emissions.deterministic": str(not _draws(given, share)).lower(),
    }


def _outputs(scenario: Scenario, outputs: Path, logged: Iterable[str], walks: bool, record: bool) -> dict[str, str]:
    """What a run is measured by; `logged` are the edges of its logs, `walks` whether somebody can walk there."""
    selection = outputs / "edges.txt"
    selection.write_text("".join(f"edge:{edge}\n" for edge in logged), encoding="utf-8")
    times = log_times(scenario.start_s, Period(scenario.begin_s, scenario.end_s), scenario.step_s)
    return {
        "tripinfo-output": str(outputs / RAW_TRIPS),
        "tripinfo-output.write-unfinished": "true",
        "tripinfo-output.write-undeparted": "true",
        "personinfo-output": str(outputs / RAW_PERSONS),
        "person-fcd-output": str(outputs / RAW_WALKERS) if walks or record else NOWHERE,  # else among the vehicles
        "person-device.fcd.probability": "1" if walks or record else "0",
        "fcd-output": str(outputs / RAW_VEHICLES),
        "fcd-output.attributes": "lane,edge,pos,speed",
        **({} if record else {"fcd-output.filter-edges.input-file": str(selection)}),
        "device.fcd.period": f"{times.every_s:.3f}",
        "device.fcd.begin": f"{times.first_s:.3f}",
        **(_recording(outputs, times) if record else {}),
        "vehroute-output": str(outputs / RAW_ROUTES),
        "vehroute-output.exit-times": "true",
        "vehroute-output.internal": "true",
        "vehroute-output.last-route": "true",
        "vehroute-output.write-unfinished": "true",
        "stop-output": str(outputs / RAW_STOPS),
        "stop-output.write-unfinished": "true",
    }


def _recording(outputs: Path, times: LogTimes) -> dict[str, str]:
    """The logs, of all edges and so often that the instants of the log and of the record are in them."""
    return {
        "fcd-output": str(outputs / RAW_EVERY),
        "fcd-output.attributes": "x,y,lane,edge,pos,speed,type",
        "device.fcd.period": f"{times.common_s:.3f}",
    }


def _counted(walked: Sequence[str], destination: Path, period: Period) -> list[Element]:
    """Lane data of those who walk there; nothing without such edges, as SUMO would take all for none."""
    when = {"begin": seconds(period.begin_s), "end": seconds(period.end_s)}
    known = {"id": "walked", "file": str(destination), "detectPersons": "walk", "edges": " ".join(walked), **when}
    return [Element("laneData", known)] if walked else []


def _draws(given: Mapping[str, str], emissions: float) -> bool:
    """Is it drawn which vehicles have the emission device, and not counted off?

    Devices share one stream of random numbers: another draw would change who reroutes. So it is drawn where the
    scenario itself draws it, or where a share is to be measured and nothing else is drawn.
    """
    if "device.emissions.probability" in given:
        return True
    others = (float(value) for option, value in given.items() if option.endswith(".probability"))
    return 0 < emissions < 1 and not any(0 < probability < 1 for probability in others)


def _write_additional(path: Path, destination: Path, signals: Iterable[str], further: Iterable[Element]) -> None:
    root = Element("additional")
    root.extend(further)
    for signal in signals:
        SubElement(root, "timedEvent", type="SaveTLSSwitchStates", source=signal, dest=str(destination))
    ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
