"""The plans of a file on the network that was made of it; a signal whose plan cannot be shown keeps netconvert's."""

from dataclasses import dataclass, field

from zhasyl.errors import ScenarioError
from zhasyl.network import Network
from zhasyl.scenarios.plans.link_names import SignalWords
from zhasyl.scenarios.plans.programme import GivenPlan
from zhasyl.scenarios.plans.refusals import check_plan
from zhasyl.scenarios.plans.synchro import NodePlan
from zhasyl.scenarios.plans.utdf import Node
from zhasyl.signals import SignalTiming


@dataclass
class Timed:
    """`plans` by node; `kept`: node → why it keeps netconvert's design; `closed`: crossings that no phase can serve."""

    plans: dict[str, GivenPlan] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    remarks: dict[str, list[str]] = field(default_factory=dict)
    closed: dict[str, set[str]] = field(default_factory=dict)
    """Node → edges of crossings."""


def timed(network: Network, nodes: dict[str, Node], timing: SignalTiming) -> Timed:
    """The plan of every signal of a network."""
    found = Timed()
    for signal in network.programmes:
        words = SignalWords(network, signal)
        if signal not in nodes:
            found.kept[signal] = "no records in [Timeplans] and [Phases]"
            continue
        try:
            made = NodePlan(nodes[signal], words, timing)
            closed = {words.links[link][0].to_edge for link in made.closed_walks()}
            if closed:
                found.closed[signal] = closed
                continue
            plan = made.plan()
            check_plan(plan, words, timing)
            found.plans[signal], found.remarks[signal] = plan, list(made.remarks())
        except ScenarioError as error:
            found.kept[signal] = str(error).removeprefix(f"{nodes[signal].path} ")
    return found
