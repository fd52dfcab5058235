"""Plans as a table, a row a stage, that `zhasyl scenario plan` takes back: in CSV and Excel the same cells."""

from collections.abc import Iterator, Sequence
from io import StringIO

from zhasyl.files.clock import clock
from zhasyl.files.csv_cells import CsvWriter
from zhasyl.network import Network
from zhasyl.scenarios.plans.export import greens_in_words
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.out.leaving import LeavingPlan
from zhasyl.scenarios.plans.programme import Stage

COLUMNS = (
    "signal", "from", "offset_s", "reference", "cycle_s", "stage", "greens", "green_s", "yellow_s", "all_red_s",
    "split_s", "walk_s", "state",
)  # fmt: skip
Value = str | float | None


def table_rows(network: Network, plans: Sequence[LeavingPlan]) -> Iterator[tuple[Value, ...]]:
    """A row a stage under COLUMNS; times are numbers, what has none is None."""
    for plan in plans:
        words = SignalWords(network, plan.signal)
        names = [stage.name for stage in plan.stages]
        reference = names[0] if names.count(names[0]) == 1 else ""
        for stage in plan.stages:
            split_s = stage.green_s + stage.yellow_s + stage.all_red_s
            yield (
                plan.signal, clock(plan.begin_s), plan.offset_s, reference, round(plan.cycle_s, 6),
                stage.name, " ".join(greens_in_words(words, stage)) if not stage.state else "", stage.green_s,
                stage.yellow_s, stage.all_red_s, round(split_s, 6), _walk_s(words, stage), stage.state,
            )  # fmt: skip


def _walk_s(words: SignalWords, stage: Stage) -> float | None:
    return stage.walk_s if words.walks & stage.letters.keys() else None


def table_csv(network: Network, plans: Sequence[LeavingPlan]) -> str:
    """The rows as CSV."""
    text = StringIO()
    rows = CsvWriter(text)
    rows.writerow(COLUMNS)
    for row in table_rows(network, plans):
        rows.writerow([f"{cell:g}" if isinstance(cell, float | int) else cell or "" for cell in row])
    return text.getvalue()
