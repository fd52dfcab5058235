"""make bench-roundtrip: a scenario's counts become demand again, and the demand makes the counts.

The turns of a scenario's own demand at 0.8 of its size are written as a counts file, `calibrate` fits demand to it, and
SUMO simulates that under `webster`. GEH is of hourly volumes by movement over the period, all classes; counted is what
departs in the period, simulated what passes in it (seed 1). Turns that nobody makes are left out of the shares.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from zhasyl import load_scenario
from zhasyl.runs.simulate import player
from zhasyl.scenarios.counts.calibrate import Calibration, MovementFit, calibrate
from zhasyl.scenarios.counts.from_demand import write_own_counts
from zhasyl.scenarios.counts.placed import GEH_LIMIT
from zhasyl.scenarios.variant import Variant
from zhasyl.scenarios.variants.vary import vary

RESULT = Path(__file__).with_name("roundtrip.md")
SCENARIOS = (
    "abay-seifullin",
    "abay-nazarbayev",
    "abay-corridor",
    "downtown-grid",
    "almaty-scale",
)  # the last takes most of an hour
PERIODS = ("", "morning", "midday", "night")  # '' is the scenario's main one, the evening
DEMAND, CONTROLLER, INTERVAL_S = 0.8, "webster", 900.0
SHARE = 0.95
HEAD = (
    "| scenario | period | passages counted | movements | GEH < 5 assigned | simulated | worst | |\n"
    "|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True)
class RoundTrip:
    """What came back of a scenario's own counts; `passages` are the vehicles of all counts."""

    scenario: str
    period: str
    passages: int
    fit: Calibration

    @property
    def shares(self) -> tuple[float, float]:
        """Movements with GEH < 5, as assigned and as simulated, of those that somebody makes."""
        made = [movement for movement in self.fit.movements if movement.counted_vph]
        assigned, simulated = ([m.geh_assigned for m in made], [m.geh_simulated for m in made])
        return sum(g < GEH_LIMIT for g in assigned) / len(made), sum(g < GEH_LIMIT for g in simulated) / len(made)

    @property
    def met(self) -> bool:
        return min(self.shares) >= SHARE

    @property
    def worst(self) -> MovementFit:
        return max(self.fit.movements, key=lambda movement: movement.geh_simulated)

    @property
    def row(self) -> str:
        worst, (assigned, simulated) = self.worst, self.shares
        made = sum(movement.counted_vph > 0 for movement in self.fit.movements)
        return (
            f"| {self.scenario} | {self.period or 'main'} | {self.passages} | {made} of {len(self.fit.movements)} "
            f"| {assigned:.1%} | {simulated:.1%} "
            f"| {worst.junction} {worst.approach} {worst.movement}: {worst.counted_vph:g} counted, "
            f"{worst.simulated_vph:g} simulated, GEH {worst.geh_simulated:.1f} | {'' if self.met else 'missed'} |"
        )


def round_trip(name: str, period: str = "", demand: float = DEMAND, controller: str = CONTROLLER) -> RoundTrip:
    """Count, fit, simulate, count. Raises ScenarioError."""
    scenario = vary(load_scenario(name), Variant(period=period, demand_scale=demand))
    with TemporaryDirectory(prefix="zhasyl-") as scratch:
        counts = Path(scratch) / "counts.csv"
        with counts.open("w", encoding="utf-8") as file:
            passages = write_own_counts(scenario, INTERVAL_S, file)
        folder = Path(scratch) / "fitted"
        folder.mkdir()
        return RoundTrip(name, period, passages, calibrate(scenario, counts, folder, "fitted", player(controller)))


def main() -> None:
    """Print a row for each scenario and period and write benchmarks/roundtrip.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenarios", nargs="+", default=list(SCENARIOS))
    parser.add_argument("--periods", nargs="+", default=list(PERIODS))
    asked = parser.parse_args()
    lines = ["# Round trip of counts", "", str(__doc__).split("\n\n", 1)[1].strip(), "", HEAD]
    print(HEAD)
    met = []
    for name in asked.scenarios:
        for period in asked.periods:
            done = round_trip(name, period)
            met.append(done.met)
            lines.append(done.row)
            print(done.row, flush=True)
    target = f"GEH < {GEH_LIMIT:g} on {SHARE:.0%} of the movements, assigned and simulated"
    lines += ["", f"{target}, is met by {sum(met)} of {len(met)}."]
    print(lines[-1])
    RESULT.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
