"""The words of a search's question, kept in its folder so that it can go on after it was stopped."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path

from pydantic import TypeAdapter

from zhasyl.errors import OutputError, ScenarioError, ZhasylError
from zhasyl.files.output import alone
from zhasyl.optimise.day import DayQuestion, ask_day
from zhasyl.optimise.front import ask_front
from zhasyl.optimise.question import PlanQuestion, ask_plans
from zhasyl.optimise.tuning.question import TuningQuestion, ask_tuning
from zhasyl.runs.store import write_text
from zhasyl.scenarios.load import built_in_names
from zhasyl.sensors import PERFECT

QUESTION_FILE = "question.json"
FIRST_OBJECTIVE = "delay_s"
Question = PlanQuestion | DayQuestion | TuningQuestion


@dataclass(frozen=True)
class Asked:
    """What `zhasyl optimise` was told."""

    scenarios: tuple[str, ...]
    controller: str
    budget: int
    minutes: float | None
    objective: str
    variant: str
    keep: tuple[str, ...]
    limits: str
    change_price: str
    seed: int
    proof_seeds: str
    robust_seeds: int | None
    sensor: str
    checks: tuple[str, ...]
    front: str = ""
    periods: str = ""
    digests: tuple[str, ...] = ()  # of what the scenarios and the limits were when the search began

    def checked(self, out: Path) -> Question:
        """The question. Raises ZhasylError for what is asked amiss."""
        if not self.scenarios:
            raise ScenarioError("no scenario is named; give for example abay-corridor, or --resume with --out")
        if self.controller:
            return self._of_parameters(out)
        self._check_plans()
        return self._of_day(out) if self.periods else self._of_plans(out)

    def _check_plans(self) -> None:
        if len(self.scenarios) > 1:
            raise ScenarioError(
                f"plans are searched for one scenario, not for {len(self.scenarios)}; name one, or search the "
                "parameters of a --controller for all of them"
            )
        for option, value in (("sensor", self.sensor if self.sensor != PERFECT else ""), ("check", self.checks)):
            if value:
                raise ZhasylError(f"--{option} is for parameters: add the --controller, or leave it out")

    def _of_day(self, out: Path) -> DayQuestion:
        if self.front:
            raise ZhasylError(
                f"--front {self.front} beside --periods {self.periods}: a front is searched for one period at a time "
                "(--variant period=NAME); give one of both"
            )
        return ask_day(
            self.scenarios[0], self.periods, self.budget, self.minutes, self.objective, self.variant, self.keep,
            self.limits, self.change_price, self.seed, self.proof_seeds, self.robust_seeds, out,
        )  # fmt: skip

    def _of_plans(self, out: Path) -> PlanQuestion:
        if not self.front:
            return ask_plans(
                self.scenarios[0], self.budget, self.minutes, self.objective, self.variant, self.keep, self.limits,
                self.change_price, self.seed, self.proof_seeds, self.robust_seeds, out,
            )  # fmt: skip
        if self.objective != FIRST_OBJECTIVE:
            raise ZhasylError(f"--objective {self.objective} beside --front {self.front}: give one of both")
        return ask_front(
            self.scenarios[0], self.front, self.budget, self.minutes, self.variant, self.keep, self.limits,
            self.change_price, self.seed, self.proof_seeds, self.robust_seeds, out,
        )  # fmt: skip

    def _of_parameters(self, out: Path) -> TuningQuestion:
        of_plans = {"limits": self.limits, "change-price": self.change_price, "front": self.front}
        for option, value in {**of_plans, "periods": self.periods}.items():
            if value:
                raise ZhasylError(f"--{option} is for plans, not for parameters: leave it or --controller out")
        return ask_tuning(
            self.scenarios, self.controller, self.budget, self.minutes, self.objective, self.variant, self.keep,
            self.sensor, self.checks, self.seed, self.proof_seeds, self.robust_seeds, out,
        )  # fmt: skip


@contextmanager
def asking(out: Path, asked: Asked, question: Question) -> Iterator[None]:
    """A folder that one search has at a time; its question is kept with paths that hold in any folder.

    Another question about the same scenarios may take the place of one: it uses the runs that are stored. One that
    turns out to be amiss does not. Raises OutputError.
    """
    placed = replace(
        asked,
        scenarios=tuple(map(_placed, asked.scenarios)),
        checks=tuple(map(_placed, asked.checks)),
        limits=_placed(asked.limits),
        digests=_digests(asked, question),
    )
    with alone(out):
        file, before = out / QUESTION_FILE, _stored(out)
        if before and before.scenarios != placed.scenarios:
            theirs, ours = ", ".join(before.scenarios), ", ".join(placed.scenarios)
            raise OutputError(f"{out} holds a search for '{theirs}', not for '{ours}'; name another --out")
        write_text(file, _text(placed))
        try:
            yield
        except ScenarioError:
            if before:
                write_text(file, _text(before))
            else:
                file.unlink(missing_ok=True)
            raise


def _text(asked: Asked) -> str:
    return json.dumps(asdict(asked), indent=1) + "\n"


def _digests(asked: Asked, question: Question) -> tuple[str, ...]:
    if isinstance(question, TuningQuestion):
        scenarios = (*question.scenarios, *question.checks)
    else:
        scenarios = (question.scenario,)
    limits = [sha256(Path(asked.limits).read_bytes()).hexdigest()] if asked.limits else []
    return (*(one.content for one in scenarios), *limits)


def _placed(text: str) -> str:
    """A path as an absolute one; a name as it is."""
    named = not text or text in built_in_names() or not Path(text).exists()
    return text if named else str(Path(text).absolute())


def _stored(out: Path) -> Asked | None:
    """The question of a folder; None where there is none, or no longer."""
    try:
        return TypeAdapter(Asked).validate_json((out / QUESTION_FILE).read_bytes(), strict=True)
    except (OSError, ValueError):
        return None


def read_asked(out: Path, scenarios: Sequence[str] = ()) -> Asked:
    """The question of a folder. Raises OutputError if there is none, or it is about another scenario."""
    path, asked = out / QUESTION_FILE, _stored(out)
    if asked is None:
        raise OutputError(f"{path} holds no search to go on with; start one without --resume, or name its --out")
    if scenarios and tuple(map(_placed, scenarios)) != asked.scenarios:
        theirs, ours = ", ".join(asked.scenarios), ", ".join(scenarios)
        raise OutputError(f"{path} is a search for '{theirs}', not for '{ours}'; leave the name out")
    return asked


def check_unchanged(out: Path, asked: Asked, question: Question) -> None:
    """Raise OutputError where a scenario or the limits are no longer what they were when the search began."""
    now = _digests(asked, question)
    names = (*asked.scenarios, *asked.checks, *([asked.limits] if asked.limits else []))
    for name, digest, before in zip(names, now, asked.digests, strict=False):
        if digest != before:
            raise OutputError(
                f"{name} has changed since the search in {out} began, so --resume would answer another question; put "
                "it back, or start a search without --resume (runs that still hold are not simulated again)"
            )
