"""CPU of `zhasyl report` beside `zhasyl store verify` on a store of many small records: at most twice as much.

    python -m benchmarks.report_cost [RUNS] [ROUNDS]

The records are one real run, written again under other labels and seeds, with right seals. A report is drawn anew
each time.
"""

import json
import resource
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.synthetic import grid
from zhasyl.runs.simulate import run
from zhasyl.runs.store import RECORD_FILE, SEAL_FILE, RunRecord

LABELS = ("fixed", "actuated", "max-pressure", "sotl")
LIMIT = 2.0


def fill(out: Path, record: RunRecord, runs: int) -> None:
    """Write `runs` records like one that was measured."""
    for number in range(runs):
        label, seed = LABELS[number % len(LABELS)], number // len(LABELS) + 1
        key = sha256(f"{label} {seed}".encode()).hexdigest()
        folder = out / "runs" / "scenario" / f"{label}-seed{seed}-{key[:12]}"
        shutil.copytree(record.folder, folder)
        delay_s = record["delay_s"] * (1 + 0.01 * (number % 7) + 0.1 * (number % len(LABELS)))
        values = {**record.values, "label": label, "controller": label, "seed": seed, "key": key, "delay_s": delay_s}
        (folder / RECORD_FILE).write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        seal = json.loads((folder / SEAL_FILE).read_text(encoding="utf-8"))
        seal[RECORD_FILE] = sha256((folder / RECORD_FILE).read_bytes()).hexdigest()
        (folder / SEAL_FILE).write_text(json.dumps(seal, indent=1) + "\n", encoding="utf-8")


def cpu_s(*arguments: str) -> float:
    """CPU seconds of a zhasyl command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "zhasyl", *arguments], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(runs: int = 2000, rounds: int = 3) -> int:
    """Measure and print; exit status 1 if the report costs more than twice what reading every byte costs."""
    with TemporaryDirectory() as scratch:
        out = Path(scratch) / "store"
        fill(out, run(grid(Path(scratch), 1, 600), out=Path(scratch) / "one"), runs)
        verify_s, report_s = [], []
        for _ in range(rounds):
            verify_s.append(cpu_s("store", "verify", str(out)))
            (out / "report.html").unlink(missing_ok=True)
            report_s.append(cpu_s("report", str(out)))
    ratio = median(report_s) / median(verify_s)
    print(
        f"{runs} records, median CPU of {rounds}: store verify {median(verify_s):.2f} s, report "
        f"{median(report_s):.2f} s, {ratio:.2f} times (asked: at most {LIMIT:g})"
    )
    return int(ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
