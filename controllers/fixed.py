"""The shipped plan, or given ones by time of day: each stage for its split, in the plan's order."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, cast

from pydantic import Field, PrivateAttr, model_serializer

from zhasyl.controllers.base import Controller
from zhasyl.controllers.parts.plan_file import PlanRow, Timetable, read_plan_file, timetables
from zhasyl.controllers.parts.plan_player import PlanPlayer
from zhasyl.controllers.sumo.played import PlayedInSumo, Span
from zhasyl.files.clock import clock
from zhasyl.files.csv_table import Table
from zhasyl.observation import Area, Observation
from zhasyl.parameters import Parameters
from zhasyl.signals import Signal, SignalPlan
from zhasyl.sumo.plan_programme import longest_red_s, plan_programme
from zhasyl.sumo.programme import SumoProgramme, SumoProgrammes


class FixedParameters(Parameters):
    """Parameters of fixed control. The file is read when they are made; its rows are part of them from then on.

    Raises ControllerError for a file that is missing, no CSV or wrong in itself.
    """

    plans: Annotated[str, Field(description="CSV file of plans by signal and time of day; docs/plans.md")] = ""
    _table: Table[PlanRow] = PrivateAttr(default=Table("", ()))

    def model_post_init(self, _: Any) -> None:
        if self.plans:
            self._table = read_plan_file(Path(self.plans))

    @property
    def table(self) -> Table[PlanRow]:
        """The rows of the file, none without one."""
        return self._table

    @model_serializer
    def _with_rows(self) -> dict[str, Any]:
        """What a run is known by: the rows, so that an edited file is another run; nothing without a file."""
        rows = [
            {**row.model_dump(by_alias=True, mode="json", exclude_none=True), "from": clock(row.begin_s)}
            for row in self._table.rows
        ]
        return {"plans": self.plans, "rows": rows} if self.plans else {}


class Fixed(PlayedInSumo):
    """Plays the signal's plan. In a run of its own SUMO plays: the shipped programmes, or given plans.

    Sequencers play given plans that change during the run, leave a signal out, are no whole steps of SUMO's, or have
    somebody wait longer than a sequencer lets anyone.
    """

    summary = "the shipped plan, untouched, or given ones by time of day"
    version: ClassVar[int] = 4
    parameters_type: ClassVar[type[Parameters]] = FixedParameters

    def __init__(self, signal: Signal, parameters: Parameters) -> None:
        super().__init__(signal, parameters)
        self._position = 0

    @classmethod
    def plays_in_sumo(cls, parameters: Parameters) -> bool:
        """Without a file of plans SUMO plays the shipped programme."""
        return not cast(FixedParameters, parameters).plans

    @classmethod
    def programmes(cls, signals: Mapping[str, Signal], parameters: Parameters, span: Span) -> SumoProgrammes:
        """Given plans, where each signal has one for the whole run that sequencers would play as it is."""
        given = timetables(cast(FixedParameters, parameters).table, signals)
        if given.keys() != signals.keys() or any(one.changes(span.start_s, span.end_s) for one in given.values()):
            return SumoProgrammes((), {})
        played = [plan_programme(signals[name], one.plan_at(span.start_s)) for name, one in given.items()]
        as_they_are = all(_in_steps(one, span.step_s) and longest_red_s(one) < span.max_red_s for one in played)
        return SumoProgrammes(tuple(played) if as_they_are else (), {})

    @classmethod
    def for_network(cls, area: Area, parameters: Parameters) -> Callable[[Signal], Controller]:
        """Players of the file's plans; a signal that is not in it keeps the shipped one, in step with its offset."""
        given = timetables(cast(FixedParameters, parameters).table, area.signals)
        return lambda signal: TimetablePlayer(signal, parameters, given.get(signal.id))

    def next_stage(self, observation: Observation) -> int:
        plan = self.signal.plan
        if plan.stages[self._position] != observation.stage:
            self._position = plan.stages.index(observation.stage) if observation.stage in plan.stages else 0
        if observation.green_s >= plan.greens_s[self._position]:
            self._position = (self._position + 1) % len(plan.stages)
        return plan.stages[self._position]


def _in_steps(programme: SumoProgramme, step_s: float) -> bool:
    """Are all times whole steps, the offset too? SUMO plays what is between two steps early."""
    steps = programme.offset_s / step_s
    return programme.in_steps(step_s) == programme and abs(steps - round(steps)) < 1e-6


class TimetablePlayer(PlanPlayer):
    """Plays the plan of the time of day; without a timetable the shipped one."""

    summary = "given plans by time of day, in step with their offsets"

    def __init__(self, signal: Signal, parameters: Parameters, timetable: Timetable | None) -> None:
        super().__init__(signal, parameters)
        self._timetable = timetable

    @property
    def timetable(self) -> tuple[tuple[float, SignalPlan], ...]:
        given = self._timetable
        return tuple(zip(given.begins_s, given.plans, strict=True)) if given else super().timetable

    def plan_at(self, time_s: float) -> SignalPlan:
        return self.plan if self._timetable is None else self._timetable.plan_at(time_s)
