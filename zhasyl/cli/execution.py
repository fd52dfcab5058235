"""How the runs of a verb are carried out: where, how many at a time, how long each; with their progress."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from zhasyl.process.cluster import check_cluster, default_jobs
from zhasyl.process.workers import DEFAULT_LIMIT_S

if TYPE_CHECKING:
    from zhasyl.runs.batch import Plan
    from zhasyl.runs.spec import RunSpec
    from zhasyl.runs.store import RunRecord


@dataclass(frozen=True)
class Execution:
    """`jobs` runs at a time here, or a Dask cluster; `limit_s` seconds of wall time a run.

    How many runs a cluster elsewhere takes at a time is not known: progress and estimates then count with `jobs`.
    """

    jobs: int
    cluster: str = ""
    limit_s: float = DEFAULT_LIMIT_S

    @classmethod
    def of(cls, jobs: int | None, cluster: str, limit_s: float | None) -> Self:
        """What the options say; by default every core, and an hour a run. Raises ZhasylError."""
        if cluster:
            check_cluster(cluster)
        if cluster.startswith("local:"):
            jobs = int(cluster.removeprefix("local:"))
        return cls(jobs or default_jobs(), cluster, limit_s or DEFAULT_LIMIT_S)

    def run(self, specs: "Iterable[RunSpec]") -> "list[RunRecord]":
        """The records of all runs, in the order of the specs; what is stored is not run again."""
        from zhasyl.runs.batch import plan_runs

        wanted = list(specs)
        records = self.run_plan(plan_runs(wanted))
        return [records[spec.folder] for spec in wanted]

    def run_plan(self, plan: "Plan") -> "dict[Path, RunRecord]":
        """The records of a plan's runs by folder."""
        from zhasyl.cli.progress import Progress
        from zhasyl.reports.results import loading_early
        from zhasyl.runs.batch import run_plan

        with Progress(plan, self.jobs) as progress:
            return run_plan(plan, self.jobs, loading_early(progress.done), self.limit_s, self.cluster)
