"""The plans of a scenario's signals as one file, in the format asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from zhasyl.reports.exports.named import Cell, Column, Field, NamedTable, Stack, Value
from zhasyl.reports.exports.workbook import workbook
from zhasyl.reports.plans_out.sheet import sheet_page
from zhasyl.scenarios import Scenario
from zhasyl.scenarios.plans.made import TEMPLATE_FILE, TEMPLATE_NODES
from zhasyl.scenarios.plans.out.leaving import LeavingPlan, check_one_plan
from zhasyl.scenarios.plans.out.table import COLUMNS, table_csv, table_rows
from zhasyl.scenarios.plans.out.tl_logic import additional_text
from zhasyl.scenarios.plans.out.utdf_again import utdf_again
from zhasyl.scenarios.plans.out.utdf_new import new_utdf
from zhasyl.text.language import N_, speaking

SHEET_NAME = N_("plans")
SECONDS = "0.###"


@dataclass(frozen=True)
class Asked:
    """What was asked for: whose plans, in which format, into which file of Synchro's."""

    scenario: Scenario
    controller: str
    kind: str
    template: Path | None = None
    nodes: Path | None = None
    language: str = "en"


@dataclass(frozen=True)
class LeavingFile:
    """The file, and what there is to say of it."""

    data: bytes
    remarks: tuple[str, ...] = ()


def leaving_file(asked: Asked, plans: Sequence[LeavingPlan]) -> LeavingFile:
    """The plans in a format. Raises ZhasylError for one that cannot hold them, and OutputError without openpyxl."""
    scenario = asked.scenario
    if asked.kind == "utdf":
        return _utdf(asked, plans)
    if asked.kind == "tllogic":
        return LeavingFile(additional_text(plans, scenario.start_s, scenario.end_s).encode(), tuple(_moved(asked)))
    if asked.kind == "xlsx":
        return LeavingFile(_workbook(asked, plans))
    if asked.kind == "sheet":
        with speaking(asked.language):
            return LeavingFile(sheet_page(scenario, asked.controller, plans).encode())
    return LeavingFile(table_csv(scenario.network(), plans).encode("utf-8", "surrogateescape"))


def _moved(asked: Asked) -> Iterator[str]:
    """Programmes of another type leave as static ones."""
    if asked.controller == "fixed":
        for signal, programme in sorted(asked.scenario.network().programmes.items()):
            if programme.phases and programme.kind != "static":
                yield f"signal '{signal[:60]}' is {programme.kind[:40]} here; as a plan each phase lasts its duration"


def _utdf(asked: Asked, plans: Sequence[LeavingPlan]) -> LeavingFile:
    scenario, template, nodes = asked.scenario, asked.template, asked.nodes
    check_one_plan(plans)
    kept = scenario.net_file.parent / TEMPLATE_FILE
    if template is None and kept.is_file():
        template, nodes = kept, kept.with_name(TEMPLATE_NODES)
        nodes = nodes if nodes.is_file() else None
    if template is None:
        made = new_utdf(scenario.network(), plans, scenario.timing)
        return LeavingFile(made.text.encode(), made.remarks)
    again = utdf_again(template, nodes, scenario.network(), plans, scenario.timing)
    return LeavingFile(again.data, again.remarks)


def _workbook(asked: Asked, plans: Sequence[LeavingPlan]) -> bytes:
    rows: list[tuple[Value, ...]] = [
        tuple(cell if cell != "" else None for cell in row) for row in table_rows(asked.scenario.network(), plans)
    ]
    fields = [Field(name, name, SECONDS if name.endswith("_s") else "") for name in COLUMNS]
    columns = tuple(Column(field.title, (field,)) for field in fields)
    cells = [tuple(Cell("", (value,)) for value in row) for row in rows]
    return workbook([Stack([NamedTable(SHEET_NAME, SHEET_NAME, columns, cells)])])
