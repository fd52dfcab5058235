"""zhasyl batch: a study declared in a file."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhasyl.cli.execution import Execution
from zhasyl.cli.options import AllowFaults, Cluster, Jobs, Json, Lang, Limit, Out, Record, Rerun
from zhasyl.cli.present import show
from zhasyl.cli.words import duration, plural
from zhasyl.files.paths import real_path
from zhasyl.text.language import ENGLISH, check_language

if TYPE_CHECKING:
    from zhasyl.runs.batch import Plan
    from zhasyl.runs.study import Study


def command(
    study: Annotated[Path, typer.Argument(metavar="STUDY.toml", help="File that declares the study.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check the study, count the runs and stop.")] = False,
    jobs: Jobs = None,
    cluster: Cluster = "",
    limit_s: Limit = None,
    out: Out = Path("results"),
    lang: Lang = ENGLISH,
    as_json: Json = False,
    allow_faults: AllowFaults = False,
    rerun: Rerun = False,
    record: Record = False,
) -> int:
    """Run a study declared in a file. Scenarios × variants × controllers × sensors × seeds."""
    from zhasyl.runs.study import read_study

    check_language(lang)
    declared = read_study(study)
    execution = Execution.of(jobs, cluster, limit_s or declared.limit_s)
    return run(declared, dry_run, execution, out, as_json, allow_faults, rerun, record, lang)


def run(
    study: "Study",
    dry_run: bool,
    execution: Execution,
    out: Path,
    as_json: bool,
    allow_faults: bool = False,
    rerun: bool = False,
    record: bool = False,
    lang: str = ENGLISH,
) -> int:
    """Do what the verb says; answers the exit status."""
    from zhasyl.reports.results import Terms, conclude
    from zhasyl.runs.batch import plan_runs

    specs = [replace(spec, rerun=rerun, record=record) for spec in study.specs(real_path(out))]
    plan = plan_runs(specs)
    if dry_run:
        print(json.dumps(_counts(plan, execution.jobs)) if as_json else _outline(study, plan, execution.jobs))
        return 0
    records = execution.run_plan(plan)
    terms = Terms(study.baseline, study.min_effect, title=study.title)
    asked = [records[spec.folder] for spec in specs]
    return show(conclude(out, asked, terms, lang), as_json, allow_faults)


def _counts(plan: "Plan", jobs: int) -> dict[str, object]:
    return {
        "runs": len(plan.specs),
        "stored": len(plan.specs) - len(plan.todo),
        "to_run": len(plan.todo),
        "estimate_s": round(plan.remaining_s(jobs), 1),
        "guessed": plan.guessed,
    }


def _outline(study: "Study", plan: "Plan", jobs: int) -> str:
    parts = [
        plural(len({scenario.id for scenario in study.scenarios}), "scenario"),
        plural(len({scenario.variant for scenario in study.scenarios}), "variant"),
        plural(len(study.controllers), "controller"),
        plural(len(study.sensors), "sensor"),
        plural(len(study.seeds), "seed"),
    ]
    ground = "partly a guess: not every scenario has earlier runs" if plan.guessed else "by earlier runs"
    lines = [
        f"{study.title}: {plural(len(plan.specs), 'run')} ({' × '.join(parts)})",
        f"{len(plan.specs) - len(plan.todo)} stored already, {len(plan.todo)} to run",
    ]
    if plan.todo:
        lines.append(f"about {duration(plan.remaining_s(jobs))} with {jobs} at a time ({ground})")
    return "\n".join(lines)
