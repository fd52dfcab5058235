"""zhasyl store verify --signals: what stored runs showed, read back again and compared with what their records say."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from zhasyl.cli.words import plural
from zhasyl.errors import ZhasylError

if TYPE_CHECKING:
    from zhasyl.runs.housekeeping import Held
    from zhasyl.runs.store import RunRecord

COMPARED = ("violations", "plan_violations", "signal_s_checked")


@dataclass
class Signals:
    """What was read of the runs that are whole, by folder; why the others could not be; which records say otherwise."""

    read: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    not_checked: dict[str, str] = field(default_factory=dict)
    differs: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, every: "Iterable[Held]") -> "Signals":
        """Read all that hold a finished run."""
        found = cls()
        for held in every:
            if held.record is not None and not held.problem:
                found._take(held.record)
        return found

    def _take(self, record: "RunRecord") -> None:
        from zhasyl.runs.read_back import read_again

        try:
            now = read_again(record)
        except ZhasylError as error:
            self.not_checked[str(record.folder)] = str(error)
            return
        self.read[str(record.folder)] = {**record.values, **now}
        if "violations" in record.values and any(record.values.get(key) != now[key] for key in COMPARED):
            was, shown = (f"{v.get('violations')} in {v.get('signal_s_checked')} s" for v in (record.values, now))
            self.differs[str(record.folder)] = f"the record says {was}, its states show {shown}"

    @property
    def is_bad(self) -> bool:
        """Does a record say otherwise than its states, did a controller show what is not safe, or was nothing read?"""
        return bool(self.differs or self._unsafe or (self.not_checked and not self.read))

    @property
    def _unsafe(self) -> dict[str, Mapping[str, Any]]:
        from zhasyl.reports.violations import own_violations

        return {folder: run for folder, run in self.read.items() if own_violations(run)}

    def document(self) -> dict[str, Any]:
        """For --json."""
        totals = {key: sum(run[key] for run in self.read.values()) for key in COMPARED}
        unsafe = sorted(self._unsafe)
        return {"checked": len(self.read), **totals, "unsafe": unsafe, "differs": self.differs,
                "not_checked": self.not_checked}  # fmt: skip

    def lines(self) -> Iterator[str]:
        """For people."""
        from zhasyl.reports.violations import first, said

        yield from (f"not checked: {folder}: {why}" for folder, why in self.not_checked.items())
        yield from (f"differs: {folder}: {why}" for folder, why in self.differs.items())
        yield from (f"unsafe: {folder}: {first(run)}" for folder, run in self._unsafe.items())
        total = self.document()
        own = f", {total['plan_violations']:,} of them the shipped plans' own" if total["plan_violations"] else ""
        count = len(self.read) + len(self.not_checked)
        runs = f"{len(self.read)} of {plural(count, 'run')}" if self.not_checked else plural(count, "run")
        yield f"{runs} read back: {said(self.read.values())}{own}"
