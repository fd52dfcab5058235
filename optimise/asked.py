"""The words of a search's question, kept in its folder so that it can go on after it was stopped."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from zhasyl.errors import OutputError, ScenarioError
from zhasyl.optimise.question import PlanQuestion, ask_plans
from zhasyl.runs.store import check_writable, write_text

QUESTION_FILE = "question.json"


@dataclass(frozen=True)
class Asked:
    """What `zhasyl optimise` was told."""

    scenario: str
    budget: int
    minutes: float | None
    objective: str
    variant: str
    keep: tuple[str, ...]
    limits: str
    change_price: str
    seed: int
    proof_seeds: str
    robust_seeds: int

    def checked(self, out: Path) -> PlanQuestion:
        """The question. Raises ZhasylError for what is asked amiss."""
        if not self.scenario:
            raise ScenarioError("no scenario is named; give for example abay-corridor, or --resume with --out")
        return ask_plans(
            self.scenario, self.budget, self.minutes, self.objective, self.variant, self.keep, self.limits,
            self.change_price, self.seed, self.proof_seeds, self.robust_seeds, out,
        )  # fmt: skip


def write_asked(out: Path, asked: Asked) -> None:
    """Keep the question. Raises OutputError."""
    check_writable(out)
    write_text(out / QUESTION_FILE, json.dumps(asdict(asked), indent=1) + "\n")


def read_asked(out: Path, scenario: str = "") -> Asked:
    """The question of a folder. Raises OutputError if there is none, or it is about another scenario."""
    path = out / QUESTION_FILE
    try:
        said = json.loads(path.read_text("utf-8"))
        known = {field.name for field in fields(Asked)}
        asked = Asked(**{**said, "keep": tuple(said["keep"])}) if set(said) == known else None
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        asked = None
    if asked is None:
        raise OutputError(f"{path} holds no search to go on with; start one without --resume, or name its --out")
    if scenario and scenario != asked.scenario:
        raise OutputError(f"{path} is a search for '{asked.scenario}', not for '{scenario}'; leave the name out")
    return asked
