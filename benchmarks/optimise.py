"""make bench-optimise: the optimiser against plans without a search and other searches; the model, fronts, tuning.

Parts: `best`, `peers`, `model`, `front`, `tune`, or `page`, which writes the page from what is stored; without one all
five. Runs and answers are stored in --out, so that what was interrupted goes on, and the page is written from all that
is there, after each search. All searches of the whole benchmark are some 20,000 runs; --networks, --budget,
--search-seeds and --methods choose among them; for fronts --fronts, too, for what is tuned --controllers and --checks.
"""

import argparse
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

from benchmarks.optimise_answers import METHODS, OURS, SHIPPED, Asked, reference, search, stored
from benchmarks.optimise_front import FRONTS, search_front, stored_fronts
from benchmarks.optimise_front import METHODS as FRONT_METHODS
from benchmarks.optimise_front_tables import fronts
from benchmarks.optimise_model import COSTED, DEMANDS, RANKED, cost, costs, ranking, rankings
from benchmarks.optimise_sumo import LABEL
from benchmarks.optimise_tables import BEST_BUDGET, SHORT_BUDGET, page
from benchmarks.optimise_tuning import CHECKS, CONTROLLERS, search_tuning, section, stored_tunings
from zhasyl.text.values import parse_seeds

RESULT = Path(__file__).with_name("optimise.md")
NETWORKS = (
    "resco:cologne3", "resco:cologne8", "resco:ingolstadt7", "resco:grid4x4", "abay-corridor", "downtown-grid",
)  # fmt: skip
LONG_NETWORKS = ("resco:cologne3", "resco:cologne8", "abay-corridor")
WITHOUT_SEARCH = (SHIPPED, "webster", "green-wave", LABEL)
FRONT_NETWORK, TUNED_NETWORK = "abay-corridor", "resco:cologne1"
FRONT_BUDGET, TUNING_BUDGET = 100, 60
PARTS = ("best", "peers", "model", "front", "tune")

Job = tuple[str, str, int, int]
"""Network, method, budget (0: without a search), search seed."""


def jobs(part: str, asked: argparse.Namespace) -> Iterator[Job]:
    """What a part of the benchmark searches, in turn: all methods with one search seed, then with the next one."""
    methods = [OURS] if part == "best" else (asked.methods or ",".join(METHODS)).split(",")
    budgets = asked.budget or ([BEST_BUDGET] if part == "best" else [SHORT_BUDGET, BEST_BUDGET])
    seeds = parse_seeds(asked.search_seeds or ("1" if part == "best" else "1-5"))
    for budget in budgets:
        few = part == "peers" and budget == BEST_BUDGET
        networks = asked.networks.split(",") if asked.networks else LONG_NETWORKS if few else NETWORKS
        for network in networks:
            yield from ((network, label, 0, 0) for label in (WITHOUT_SEARCH if part == "best" else (SHIPPED,)))
            yield from ((network, method, budget, seed) for seed in seeds for method in methods)


def options_of(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", nargs="?", choices=(*PARTS, "page"), help="without it all")
    parser.add_argument("--networks", help="between commas; each part has its own")
    parser.add_argument("--methods", help=f"of the peers {','.join(METHODS)}, of fronts {','.join(FRONT_METHODS)}")
    parser.add_argument("--budget", type=int, nargs="+", help="runs a search; above 300 the floor")
    parser.add_argument("--search-seeds", help="1-5 for peers, else 1")
    parser.add_argument("--fronts", nargs="+", default=list(FRONTS), help="each a few objectives between commas")
    parser.add_argument("--controllers", default=",".join(CONTROLLERS), help="that are tuned")
    parser.add_argument("--checks", default=",".join(CHECKS), help="networks on which they are measured, too")
    parser.add_argument("--held-out", default="101-110", help="seeds that no search sees")
    parser.add_argument("--plans", type=int, default=200, help="random plans of the model's ranking")
    parser.add_argument("--plan-seeds", default="1-5")
    parser.add_argument("--demand", type=float, nargs="+", default=list(DEMANDS))
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("results-optimise"))
    return parser.parse_args(arguments)


def main() -> None:
    """Search what is not stored in --out and write benchmarks/optimise.md."""
    options = options_of(None)
    asked = Asked(options.out.resolve(), tuple(parse_seeds(options.held_out)), options.jobs)
    for part in [options.part] if options.part else PARTS:
        if part == "model":
            _model(options, asked)
        elif part == "front":
            _front(options, asked)
        elif part == "tune":
            _tune(options, asked)
        elif part != "page":
            _search(part, options, asked)
    write_page(asked.out)


def _search(part: str, options: argparse.Namespace, asked: Asked) -> None:
    for network, method, budget, seed in jobs(part, options):
        found = search(network, method, budget, seed, asked) if budget else reference(network, method, asked)
        mean_s = sum(found.held_out.values()) / len(found.held_out)
        of = f", {budget} runs, search seed {seed}" if budget else ""
        print(f"{network}: {method}{of}: {mean_s:.1f} s on {len(found.held_out)} held-out seeds", flush=True)
        write_page(asked.out)


def _model(options: argparse.Namespace, asked: Asked) -> None:
    for network in COSTED:
        print(cost(network, asked), flush=True)
    for network in options.networks.split(",") if options.networks else [RANKED]:
        for demand in options.demand:
            print(ranking(network, demand, options.plans, parse_seeds(options.plan_seeds), asked), flush=True)
            write_page(asked.out)


def _front(options: argparse.Namespace, asked: Asked) -> None:
    budgets, networks, seeds = _where(options, FRONT_BUDGET, FRONT_NETWORK)
    methods = options.methods.split(",") if options.methods else FRONT_METHODS
    for budget, network, objectives, seed, method in product(budgets, networks, options.fronts, seeds, methods):
        found = search_front(network, objectives, method, budget, seed, asked)
        print(f"{network}: {method}, {objectives}, search seed {seed}: {len(found.plans)} plans", flush=True)
        write_page(asked.out)


def _tune(options: argparse.Namespace, asked: Asked) -> None:
    budgets, networks, seeds = _where(options, TUNING_BUDGET, TUNED_NETWORK)
    for budget, network, seed, controller in product(budgets, networks, seeds, options.controllers.split(",")):
        found = search_tuning(network, controller, budget, seed, options.checks.split(","), asked)
        print(f"{network}: {controller}, search seed {seed}: {found.found}", flush=True)
        write_page(asked.out)


def _where(options: argparse.Namespace, budget: int, network: str) -> tuple[list[int], list[str], list[int]]:
    """Budgets, networks and search seeds; without an option what is given."""
    networks = (options.networks or network).split(",")
    return options.budget or [budget], networks, parse_seeds(options.search_seeds or "1")


def write_page(out: Path) -> None:
    """The page from what is stored."""
    further = [*fronts(stored_fronts(out)), *section(stored_tunings(out))]
    RESULT.write_text(page(stored(out), costs(out), rankings(out), further), encoding="utf-8")


if __name__ == "__main__":
    main()
