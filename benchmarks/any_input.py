"""make bench-any-input: `fixed` on random valid inputs against bare `sumo` on the same configuration.

Bare `sumo` gets the same .sumocfg with time-to-teleport -1, max-depart-delay -1 and collision.action warn, and its
types have no time to teleport of their own. Compared are delay_s and loaded_veh of the run and timeLoss of each trip,
to 0.1 %; vehicles that are never triggered are left out on both sides. Nothing may be written outside the store.
"""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import sumo
from defusedxml.ElementTree import iterparse

from benchmarks.valid_inputs import Input, write_input

TOLERANCE = 0.001
RESOLUTION_S = 0.011  # SUMO writes hundredths
INPUTS = 500
ROOT = Path(__file__).resolve().parent.parent
LIMIT_S = 300


@dataclass(frozen=True)
class Outcome:
    """What came of an input: '' if all agrees, else the difference; `invalid` if bare sumo refuses it."""

    seed: int
    said: str
    invalid: bool
    features: tuple[str, ...]


def check_input(seed: int, scratch: Path) -> Outcome:
    """Write an input twice, run one with bare sumo, the other with zhasyl, and compare."""
    bare = write_input(scratch / f"bare{seed}", seed, teleports=False)
    own = write_input(scratch / f"own{seed}", seed)
    theirs = _bare_trips(bare, scratch / f"trips{seed}.xml")
    if isinstance(theirs, str):
        return Outcome(seed, theirs, True, own.features)
    here, before = scratch / f"here{seed}", _content(own.config.parent)
    here.mkdir()
    with chdir(here):
        said = _compared(own, theirs, scratch / f"out{seed}")
    changed = {**_content(here), **dict(before.items() ^ _content(own.config.parent).items())}
    if changed:
        said += f" written outside the store: {', '.join(sorted(changed))}"
    return Outcome(seed, said.strip(), False, own.features)


def _bare_trips(found: Input, trips: Path) -> dict[str, tuple[float, float]] | str:
    """Time loss and delay of each trip planned before the end under bare sumo, or what it says against the input.

    SUMO names what it adds to a demand by scale like the original and a number.
    """
    done = subprocess.run(
        [Path(sumo.SUMO_HOME) / "bin" / "sumo", "-c", found.config, "--seed", "1", "--time-to-teleport", "-1",
         "--max-depart-delay", "-1", "--collision.action", "warn", "--tripinfo-output", trips, "--output-prefix", "",
         "--human-readable-time", "false",
         "--tripinfo-output.write-unfinished", "--tripinfo-output.write-undeparted", "--no-step-log"],
        cwd=found.config.parent, env={**os.environ, **found.environment}, capture_output=True, text=True, check=False,
        timeout=LIMIT_S)  # fmt: skip
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.startswith("Error")]
        return " ".join(said)[:300] or f"status {done.returncode}"
    rows = [element.attrib for _, element in iterparse(trips) if element.tag == "tripinfo"]
    return {
        row["id"]: (max(float(row["timeLoss"]), 0.0), max(float(row["timeLoss"]), 0.0) + float(row["departDelay"]))
        for row in rows
        if float(row["depart"]) >= 0
        or (row["id"].partition(".")[0] not in found.triggered and float(row["departDelay"]) > 0)
    }


def _compared(found: Input, theirs: dict[str, tuple[float, float]], out: Path) -> str:
    """What differs between a run of ours and the trips of bare sumo."""
    from zhasyl.runs.simulate import run

    with _environment(found):
        try:
            record = run(str(found.config), "fixed", seed=1, out=out)
        except Exception as error:
            return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
    if record["loaded_veh"] != len(theirs):
        return f"loaded_veh {record['loaded_veh']} instead of {len(theirs)}"
    if not theirs:
        return ""
    trips = record.table("trips")
    lost_s = dict(zip(trips["trip_id"], trips["time_loss_s"], strict=True))
    apart = [name for name, (loss_s, _) in theirs.items() if not _same(lost_s.get(name, -1.0), loss_s)]
    if apart:
        one = f"{apart[0]} {lost_s.get(apart[0])} not {theirs[apart[0]][0]}"
        return f"timeLoss of {len(apart)} of {len(theirs)} trips, {one}"
    delay_s = sum(delay for _, delay in theirs.values()) / len(theirs)
    return "" if _same(record["delay_s"], delay_s) else f"delay_s {record['delay_s']:.3f} instead of {delay_s:.3f}"


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= max(TOLERANCE * abs(other), RESOLUTION_S)


@contextmanager
def _environment(found: Input) -> Iterator[None]:
    before = {key: os.environ.get(key) for key in found.environment}
    os.environ.update(found.environment)
    try:
        yield
    finally:
        for key, value in before.items():
            os.environ.pop(key, None)
            if value is not None:
                os.environ[key] = value


def _content(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}


def _in_a_process(seed: int) -> Outcome:
    """One input in a process of its own: environment variables are a process's."""
    done = subprocess.run(
        [sys.executable, "-c", f"from benchmarks.any_input import main_one; main_one({seed})"],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)})  # fmt: skip
    if done.returncode:
        return Outcome(seed, done.stderr[-500:], False, ())
    kind, features, said = done.stdout.split("\t", 2)
    return Outcome(seed, said.strip(), kind == "invalid", tuple(features.split(",")))


def main_one(seed: int) -> None:
    """Print one outcome as a line."""
    with TemporaryDirectory(prefix="zhasyl-") as scratch:
        found = check_input(seed, Path(scratch))
    print("invalid" if found.invalid else "valid", ",".join(found.features), found.said, sep="\t")


def main() -> None:
    """Try INPUTS inputs, or the seeds given; exit status 1 if one differs."""
    given = [int(text) for text in sys.argv[1:]]
    seeds = range(given[0], given[1]) if len(given) == 2 else given or range(INPUTS)
    with ThreadPoolExecutor(2) as pool:
        outcomes = []
        for outcome in pool.map(_in_a_process, seeds):
            outcomes.append(outcome)
            if outcome.said:
                print(f"{outcome.seed}{' invalid' if outcome.invalid else ''}: {outcome.said}", flush=True)
    valid = [outcome for outcome in outcomes if not outcome.invalid]
    wrong = [outcome for outcome in valid if outcome.said]
    print(f"{len(outcomes)} inputs, {len(outcomes) - len(valid)} invalid, {len(wrong)} differ")
    print(", ".join(f"{name} {count}" for name, count in sorted(Counter(f for o in valid for f in o.features).items())))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
