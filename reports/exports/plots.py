"""Every figure of the page of a comparison, for the page and for its files. A new one is a line in PLOTS."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import cast

from zhasyl.reports.aggregates import green_shares, longest_queues, step_s
from zhasyl.reports.diagrams.page import Diagrams, diagrams_of
from zhasyl.reports.exports.groups import Group
from zhasyl.reports.exports.paper import PAGE, TELEPHONE, Paper
from zhasyl.reports.figures import Plot, delay_figure, green_figure, queue_figure

Draw = Callable[[Group, Paper], Plot | None]


def delay(group: Group, paper: Paper) -> Plot | None:
    """Mean delay by controller."""
    own = TELEPHONE if paper == PAGE else paper
    return delay_figure(group.finished, group.colour, own) if group.finished else None


def queue(group: Group, paper: Paper) -> Plot | None:
    """Queue over time by approach."""
    series = group.queues
    if not series.places:
        return None
    known = group.summary(group.finished[0])["approaches"]
    called = dict(zip(zip(known["signal"], known["approach"], strict=True), known["name"], strict=True))
    return queue_figure(series, called, group.colour, step_s(group.finished), paper=paper)


def green(group: Group, paper: Paper) -> Plot | None:
    """Green time by stage."""
    if not group.queues.places:
        return None
    shares = green_shares(group.finished, group.summary)
    staged = {signal for signal, stage in shares.places if stage >= 0}
    order = [signal for signal in longest_queues(group.queues, lambda place: place[0]) if signal in staged]
    names = cast(Mapping[str, Sequence[str]], group.finished[0].get("stages", {}))
    return green_figure(shares, order, names, paper=paper) if order else None


PLOTS: tuple[Draw, ...] = (delay, queue, green)


def page_plots(group: Group, paper: Paper = PAGE) -> Iterator[Plot]:
    """The figures of a situation, drawn one by one."""
    return (plot for draw in PLOTS if (plot := draw(group, paper)) is not None)


def diagrams(group: Group, paper: Paper = PAGE) -> Diagrams:
    """The diagrams of a situation whose tables are known."""
    if group.tables is None:
        return Diagrams()
    return diagrams_of(group.finished, group.tables, group.approaches, group.colour, paper)


def all_plots(group: Group, paper: Paper) -> list[Plot]:
    """Figures and diagrams."""
    return [*page_plots(group, paper), *diagrams(group, paper).plots]
