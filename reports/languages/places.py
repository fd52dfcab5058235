"""What streets, junctions and approaches are called in the language spoken, from the scenario's names.csv.

A title of a scenario may stand there, too. What is not there keeps its plain name.
"""

from collections.abc import Iterable, Mapping

from zhasyl.errors import ZhasylError
from zhasyl.lane_groups import COMPASS
from zhasyl.optimise.statistics.comparison import Record
from zhasyl.text.language import ENGLISH, _, spoken


def place(name: str) -> str:
    """A street, junction or approach: 'Abay avenue, eastbound' is a street and a direction of travel."""
    language = spoken()
    if language.code == ENGLISH:
        return name
    if name in language.places:
        return language.places[name]
    street, comma, heading = name.rpartition(", ")
    if comma and heading in COMPASS:
        return f"{place(street)}, {_(heading)}"
    edge, bracket, heading = name.removesuffix(")").rpartition(" (")
    return f"{edge} ({_(heading)})" if bracket and heading in COMPASS else name


def places_of(records: Iterable[Record], language: str) -> dict[str, str]:
    """The names of a language that the scenarios of these runs know, by the plain ones."""
    if language == ENGLISH:
        return {}
    first = {str(record.get("source") or record["scenario"]): record for record in records}
    return {name: own for record in first.values() for name, own in _names(record, language).items()}


def _names(record: Record, language: str) -> Mapping[str, str]:
    """None where the scenario is gone, or is no folder of tables."""
    from zhasyl.files.csv_table import read_csv_if_there
    from zhasyl.scenarios.load import tables_folder
    from zhasyl.scenarios.tables.rows import Name

    try:
        folder = tables_folder(str(record.get("source") or record["scenario"]))
        rows = read_csv_if_there(folder, "names", Name).rows if folder else ()
    except ZhasylError:
        return {}
    return {row.name: row.name_kk if language == "kk" else row.name_ru for row in rows}
