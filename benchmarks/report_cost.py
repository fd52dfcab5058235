"""What `zhasyl report` costs: beside `zhasyl store verify` on a store of many small records, and for a planner's page.

    python -m benchmarks.report_cost [--runs RUNS] [--rounds ROUNDS] [--build PYTHON]

The records are real runs, written again under other labels and seeds, with right seals. A report is drawn anew each
time. The planner's page has 5 controllers × 10 seeds on the 8 junctions of abay-corridor; with `--build`, another
installation's Python draws it, too, in turn, from the same records.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.synthetic import grid
from zhasyl.runs.simulate import run
from zhasyl.runs.store import RECORD_FILE, SEAL_FILE, RunRecord

LABELS = ("fixed", "actuated", "max-pressure", "sotl")
LIMIT, PAGE = 2.0, "report.html"
PLANNERS, SEEDS, PLACE = ("fixed", "actuated", "max-pressure", "sotl", "green-wave"), 10, "abay-corridor"
PAGE_LIMIT_S, PAGE_LIMIT_MB = 10.0, 8.0


def fill(out: Path, records: Mapping[str, RunRecord], seeds: int) -> None:
    """Write each label's record for all of the seeds, as if it had been measured."""
    for place, (label, record) in enumerate(records.items()):
        for seed in range(1, seeds + 1):
            key = sha256(f"{label} {seed}".encode()).hexdigest()
            folder = out / "runs" / "scenario" / f"{label}-seed{seed}-{key[:12]}"
            shutil.copytree(record.folder, folder)
            delay_s = record["delay_s"] * (1 + 0.01 * (seed % 7) + 0.1 * place)
            own = {"label": label, "controller": label, "seed": seed, "key": key, "delay_s": delay_s}
            values = {**record.values, **own}
            (folder / RECORD_FILE).write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            seal = json.loads((folder / SEAL_FILE).read_text(encoding="utf-8"))
            seal[RECORD_FILE] = sha256((folder / RECORD_FILE).read_bytes()).hexdigest()
            (folder / SEAL_FILE).write_text(json.dumps(seal, indent=1) + "\n", encoding="utf-8")


def cpu_s(*arguments: str, python: str = sys.executable) -> float:
    """CPU seconds of a zhasyl command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([python, "-m", "zhasyl", *arguments], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def beside_verify(runs: int, rounds: int) -> bool:
    """Is a report of many small records within the limit?"""
    with TemporaryDirectory() as scratch:
        out, seeds = Path(scratch) / "store", -(-runs // len(LABELS))
        record = run(grid(Path(scratch), 1, 600), out=Path(scratch) / "one")
        fill(out, dict.fromkeys(LABELS, record), seeds)
        verify_s, report_s = [], []
        for _ in range(rounds):
            verify_s.append(cpu_s("store", "verify", str(out)))
            report_s.append(_drawn_s(out))
    ratio = median(report_s) / median(verify_s)
    print(
        f"{seeds * len(LABELS)} records, median CPU of {rounds}: store verify {median(verify_s):.2f} s, report "
        f"{median(report_s):.2f} s, {ratio:.2f} times (asked: at most {LIMIT:g})"
    )
    return ratio <= LIMIT


def planners_page(rounds: int, build: str) -> bool:
    """Is a planner's page within its limits?"""
    with TemporaryDirectory() as scratch:
        out = Path(scratch) / "store"
        fill(out, {label: run(PLACE, label, out=Path(scratch) / "five") for label in PLANNERS}, SEEDS)
        own_s, other_s = [], []
        for _ in range(rounds):
            other_s += [_drawn_s(out, build)] if build else []
            own_s.append(_drawn_s(out))
        page_mb = (out / PAGE).stat().st_size / 1e6
    print(
        f"{len(PLANNERS)} controllers × {SEEDS} seeds × {PLACE}, median CPU of {rounds}: {median(own_s):.2f} s (asked: "
        f"at most {PAGE_LIMIT_S:g}), {page_mb:.2f} MB (asked: at most {PAGE_LIMIT_MB:g})"
    )
    if build:
        print(f"the other build: {median(other_s):.2f} s, ours is {median(own_s) / median(other_s):.2f} of it")
    return median(own_s) <= PAGE_LIMIT_S and page_mb <= PAGE_LIMIT_MB


def _drawn_s(out: Path, python: str = sys.executable) -> float:
    (out / PAGE).unlink(missing_ok=True)
    return cpu_s("report", str(out), python=python)


def main() -> int:
    """Measure and print; exit status 1 if a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--build", default="", help="Python of another installation, which draws the page, too")
    asked = parser.parse_args()
    met = [planners_page(asked.rounds, asked.build), beside_verify(asked.runs, asked.rounds)]
    return int(not all(met))


if __name__ == "__main__":
    sys.exit(main())
