"""What each part of rolling-horizon gives: its rule with one part taken out, on generated networks (generated.py).

    python -m benchmarks.ablation --seeds 1-3

For each part this checkout is copied, the part is taken out of the copy's `rollout.py`, the extension is built there
and the networks are run there. A part is a line that is replaced by another one. Printed: the mean delay without the
part over that with all, in the geometric mean over the networks; the networks on which they differ beyond chance
(paired by seed, Student's t, 99 %), and gridlocked runs. Runs are stored in --out; what is there is not run again.
"""

import argparse
import math
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from benchmarks.generated import NETWORKS
from zhasyl import RunRecord
from zhasyl.optimise.statistics.intervals import student_t
from zhasyl.runs.store import load_records
from zhasyl.text.values import parse_seeds

ROOT = Path(__file__).resolve().parent.parent
SOURCES = (
    "benchmarks",
    "controllers",
    "optimise",
    "reports",
    "scenarios",
    "zhasyl",
    "setup.py",
    "pyproject.toml",
    "README.md",
)
RULE = Path("controllers/parts/rollout.py")
CONFIDENCE = 0.99
WHOLE = "nothing"
Part = tuple[tuple[str, str], ...]
PARTS: dict[str, Part] = {
    WHOLE: (),
    "vehicles that are expected behind those seen": (("LEAST_FLOW_VPS = 1e-3", "LEAST_FLOW_VPS = 1e9"),),
    "cost of those left at the horizon's end": (("    return total + _rest(scene)", "    return total"),),
    "weight of a queue never cleared": (("HEAVIEST = 3.0", "HEAVIEST = 1.0"),),
    "weight by the room on the exit": (("LEAST = 0.1 ", "LEAST = 1.0 "),),
    "weight of a full short link": (("SPILLS = 12.0", "SPILLS = 0.0"),),
    "who waits inside the junction, and blocked lanes": (("STUCK_S = 2.0", "STUCK_S = 1e9"),),
    "no end while several lanes discharge": (("DISCHARGING_LANES = 2 ", "DISCHARGING_LANES = 99 "),),
    "a stage keeps its share": (("    if total < scene.busy:", "    if total >= 0.0:"),),
    "a hold counts if somebody uses it": (("USED_S = 2 ", "USED_S = 999 "),),
    "several lengths of the next green": (("GREENS = 4 ", "GREENS = 0 "),),
}


def without(part: Part, folder: Path) -> None:
    """This checkout without a part, in a folder, with its extension built."""
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            skipped = shutil.ignore_patterns("__pycache__", "*.so", "build")
            shutil.copytree(source, folder / name, symlinks=True, ignore=skipped)
        else:
            shutil.copy(source, folder)
    rule = (folder / RULE).read_text("utf-8")
    for line, other in part:
        if rule.count(line) != 1:
            raise SystemExit(
                f"{RULE} has '{line.strip()}' {rule.count(line)} times, it must have it once; change PARTS"
            )
        rule = rule.replace(line, other)
    (folder / RULE).write_text(rule, "utf-8")
    subprocess.run(
        [sys.executable, "setup.py", "build_ext", "--inplace"], cwd=folder, check=True, capture_output=True, text=True
    )


def runs(name: str, part: Part, asked: argparse.Namespace) -> list[RunRecord]:
    """The records of the networks without a part."""
    out = asked.out.resolve() / name.replace(" ", "-").replace("'", "")
    with tempfile.TemporaryDirectory() as temporary:
        without(part, Path(temporary))
        subprocess.run(
            [sys.executable, "-m", "benchmarks.generated", "--seeds", asked.seeds, "--networks", *asked.networks,
             "--folder", asked.folder.resolve(), "--out", out],
            cwd=temporary, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
    seeds = set(parse_seeds(asked.seeds))
    found = load_records(out, tables=False)
    return [record for record in found if record["scenario"] in asked.networks and record["seed"] in seeds]


def row(name: str, records: list[RunRecord], whole: list[RunRecord]) -> str:
    """One part: ratio, the networks that differ, gridlocked runs."""
    pairs: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for record, all_in in zip(records, whole, strict=True):
        pairs[str(record["scenario"])].append((float(record["delay_s"]), float(all_in["delay_s"])))
    logs: list[float] = []
    worse: list[str] = []
    better: list[str] = []
    for network, delays_s in pairs.items():
        ratio = sum(without for without, _ in delays_s) / sum(all_in for _, all_in in delays_s)
        logs.append(math.log(ratio))
        found = student_t([without - all_in for without, all_in in delays_s], CONFIDENCE)
        if found.low > 0 or found.high < 0:
            (worse if ratio > 1 else better).append(f"{network} {ratio:.2f}")
    stuck = sum(bool(record["gridlocked"]) for record in records)
    geometric = math.exp(sum(logs) / len(logs))
    return f"| {name} | {geometric:.3f} | {', '.join(worse) or '–'} | {', '.join(better) or '–'} | {stuck} |"


def main() -> None:
    """Run what is not stored in --out, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", nargs="+", default=[made.name for made in NETWORKS])
    parser.add_argument("--parts", nargs="+", default=list(PARTS))
    parser.add_argument("--seeds", default="1-3")
    parser.add_argument("--folder", type=Path, default=Path("generated"))
    parser.add_argument("--out", type=Path, default=Path("results-ablation"))
    asked = parser.parse_args()
    whole = runs(WHOLE, (), asked)
    print("| without | delay / all | worse beyond chance | better beyond chance | gridlocked |\n|---|---|---|---|---|")
    for name in asked.parts:
        print(row(name, runs(name, PARTS[name], asked), whole), flush=True)


if __name__ == "__main__":
    main()
