"""The page's tables of what was brought along, and what is to be known of them."""

from zhasyl.reports.exports.beside_tables import log, synchro
from zhasyl.reports.exports.groups import Group
from zhasyl.reports.exports.named import NamedTable
from zhasyl.reports.people.page import Part
from zhasyl.text.language import N_, _, ngettext

OF_SYNCHRO = N_(
    "Synchro computes: control delay with the queue at the begin, for the busiest 15 minutes, by the HCM or by its own "
    "percentile method, for the plan and the volumes of its file; its queue is the longest of a cycle at 95th "
    "percentile volumes. The runs are simulated: control delay of everybody who comes in the period, LOS by it, v/c at "
    "1,800 cars an hour and lane under the green shown, and the back of the queue that is not passed in 95 % of the "
    "time, both of the lane group: a movement that Synchro tells of apart may share its lanes in the network, and then "
    "has their v/c and queue."
)
MARKS = N_(
    "Before a queue of Synchro's: # volume exceeds capacity, it may be longer; m metered by the signal before; "
    "~ beyond any length."
)
OF_LOG = N_(
    "Log, and the run at import (one, under the scenario's own plan): vehicles over the detectors that count; arrivals "
    "on green of the advance detectors' actuations; a split failure is a green in which presence detectors stay "
    "occupied, and in the first 5 s of red. So these two may be compared to see how well the scenario fits. The other "
    "rows are of all vehicles: who crossed the stop line; who would arrive there on green without delay; greens that "
    "end before all have crossed who had arrived when they began. Green is the mean of whole greens of the phase's "
    "movements. The log's may run on through a cycle in which the phase that ends it was skipped, while a fixed plan "
    "has every phase in each cycle: so greens, arrivals on green and split failures of such phases differ."
)


def beside(group: Group) -> list[Part]:
    """What there is of a situation: nothing where nothing was brought along."""
    return [part for part in (_synchro(group), _log(group)) if part.grids]


def _synchro(group: Group) -> Part:
    tables = synchro(group)
    notes = [_(OF_SYNCHRO)]
    if any(row.brought.mark for row in group.beside.rows):
        notes.append(_(MARKS))
    more = _signals_left_out(tables)
    if more:
        notes.append(
            ngettext(
                "{n} more signal with smaller differences: in the table's file (--format csv).",
                "{n} more signals with smaller differences: in the table's file (--format csv).",
                more,
            )
        )
    return Part(_("Synchro's own figures beside these runs"), [table.grid() for table in tables], notes)


def _log(group: Group) -> Part:
    notes = [_(OF_LOG)]
    tables = log(group)
    if group.missing_greens:
        notes.append(_("Greens and split failures of the runs are missing: {reason}.", reason=group.missing_greens))
    return Part(_("The controller's log beside these runs"), [table.grid() for table in tables], notes)


def _signals_left_out(tables: list[NamedTable]) -> int:
    return len({row[1].shown for table in tables for row in table.rows[table.most :]})
