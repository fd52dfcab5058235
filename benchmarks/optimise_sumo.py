"""What SUMO's own tools make of a scenario's plans: tlsCycleAdaptation's cycles and greens, tlsCoordinator's offsets.

Yellow and least green are the scenario's, and all signals have one cycle, so that offsets hold. The phases are shown as
the tools write them, though some leave a crossing less than its walk and clearance: that is no legal plan here.
"""

from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from zhasyl.scenarios import Scenario
from zhasyl.sumo.programs import run_program, run_tool
from zhasyl.sumo.xml_files import Element, read_root, write_xml

LABEL = "sumo-tools"
PROGRAMME = "adapted"


def planned(scenario: Scenario, folder: Path) -> Scenario:
    """The scenario with the plans of the tools, kept in a folder. Raises ScenarioError where a tool fails."""
    plans = folder / "plans.add.xml"
    if not plans.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _make(scenario, folder, plans)
    content = sha256(scenario.content.encode() + plans.read_bytes()).hexdigest()
    files = (*scenario.additional_files, plans)
    return replace(scenario, id=f"{scenario.id}-{LABEL}", additional_files=files, content=content)


def _make(scenario: Scenario, folder: Path, plans: Path) -> None:
    routes, adapted, offsets = (folder / name for name in ("routed.rou.xml", "adapted.add.xml", "offsets.add.xml"))
    given: dict[str, object] = {
        "net-file": scenario.net_file,
        "route-files": _joined(scenario.route_files),
        "output-file": routes,
        "ignore-errors": "true",
    }
    if scenario.additional_files:
        given["additional-files"] = _joined(scenario.additional_files)
    run_program("duarouter", given)
    timing, files = scenario.timing, ("-n", scenario.net_file, "-r", routes)
    rules = ("--yellow-time", f"{timing.yellow_s or 3:.0f}", "--min-green", f"{timing.min_green_s:.0f}")
    begin = ("-b", f"{scenario.begin_s:.0f}")
    run_tool("tlsCycleAdaptation.py", *files, *begin, "--unified-cycle", "-p", PROGRAMME, *rules, "-o", adapted)
    run_tool("tlsCoordinator.py", *files, "-a", adapted, "-o", offsets)
    root = Element("additional")
    for file in (adapted, offsets):
        root.extend(read_root(file))
    write_xml(root, plans)


def _joined(files: Iterable[Path]) -> str:
    return ",".join(map(str, files))
