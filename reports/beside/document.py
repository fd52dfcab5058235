"""Brought figures beside those of the runs, as `--json` has them."""

from collections.abc import Sequence
from typing import Any

from zhasyl.reports.results import summaries_of
from zhasyl.runs.store import RunRecord
from zhasyl.scenarios.beside.model import NUMBERS

FACTS = ("kind", "level", "signal", "place", "words", "method")
COMPARED = ("los", *sorted(NUMBERS))


def document(records: Sequence[RunRecord]) -> list[dict[str, Any]]:
    """A row a place and controller: KEY_brought beside KEY of the runs; empty where nothing was brought along."""
    summaries = summaries_of(records)
    values = [record.values for record in records if record.done]
    first = {str(record.get("content")): record for record in reversed(values)}
    if not any("beside" in summaries(record) for record in first.values()):
        return []
    from zhasyl.reports.diagrams.evidence import tables_of
    from zhasyl.reports.exports.groups import groups
    from zhasyl.reports.exports.named import plain

    tables = tables_of({record["key"]: record for record in records})
    return [
        {
            "scenario": group.name,
            "controller": row.label,
            "seeds": row.n,
            **{key: getattr(row.brought, key) for key in FACTS},
            **{
                f"{key}_brought": plain(None if (value := getattr(row.brought, key)) == "" else value)
                for key in COMPARED
            },
            **{key: plain(row.runs.get(key)) for key in COMPARED},
        }
        for group in groups(values, [], summaries, tables)
        for row in group.beside.rows
    ]
