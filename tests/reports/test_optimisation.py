"""What the optimiser found, on its page and the terminal: right numbers, losers named, nothing left out in silence."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from rich.console import Console

from tests.fakes import crossroads
from tests.reports.builders import FakeRuns, Record, batch, measures, run
from tests.reports.pages import HOSTILE, Page
from zhasyl.controllers.parts.corridors import Corridor, Leg
from zhasyl.optimise.model.agreement import Agreement
from zhasyl.optimise.objective import parse_objective
from zhasyl.optimise.result import Result, Robust, Start, Step
from zhasyl.optimise.statistics.compare import compare_all
from zhasyl.reports.optimisation import page as page_module
from zhasyl.reports.optimisation.changes import ApproachChange, PlanChange, approach_changes, plan_changes
from zhasyl.reports.optimisation.convergence import convergence_drawing
from zhasyl.reports.optimisation.page import page
from zhasyl.reports.optimisation.phases import Piece, Words, _beside, _kind, _width_s, described, phase_drawing, pieces
from zhasyl.reports.optimisation.screen import print_result
from zhasyl.reports.optimisation.waves import Waves, waves_drawing
from zhasyl.reports.optimisation.words import headlines, model_line, spent_line, starts_line
from zhasyl.runs.store import RunRecord
from zhasyl.runs.summary import Summary
from zhasyl.scenarios import Scenario
from zhasyl.signals import Signal, SignalPlan, Stage

FOUND = "fixed:plans=plan.csv"
CROSSING = crossroads()
PRESENT_PLAN = CROSSING.plan  # 20 and 30 s of green, 58 s
FOUND_PLAN = SignalPlan((0, 1), (27.0, 23.0), 58.0, 12.0)
STARTS = "Beside analytic plans: Delay (s/trip)"
STEPS = (
    Step(5, 54.0, "present plan", 52.0, 56.0),
    Step(20, 50.0, "first plans"),
    Step(60, 41.0, "searching"),
    Step(90, 40.0, "race", 38.0, 42.0),
)


@dataclass(frozen=True)
class MadeRecord(RunRecord):
    """A record whose summary is made, with these control delays by approach in place of its own."""

    delays_s: Mapping[str, float | None] = field(default_factory=dict)

    def summary(self) -> Summary:
        whole = dict(FakeRuns()(self.values))
        table = whole["approaches"]
        own = zip(table["approach"], table["control_delay_s"], strict=True)
        whole["approaches"] = {**table, "control_delay_s": [self.delays_s.get(name, delay) for name, delay in own]}
        return whole


def runs(
    label: str, delays_s: Sequence[float], by_approach: Sequence[Mapping[str, float | None]] = ()
) -> list[RunRecord]:
    own = by_approach or [{}] * len(delays_s)
    return [
        MadeRecord(run(label, seed, **measures(delay_s)), Path("nowhere"), approaches)
        for seed, (delay_s, approaches) in enumerate(zip(delays_s, own, strict=True), start=101)
    ]


def made(**changed: object) -> Result:
    """A plan that cuts the delay from 54 to 40 s, and lets one approach wait longer."""
    records = runs("fixed", (50, 54, 58, 54, 54), [{"e10": 20.0 + n} for n in range(5)])
    records += runs(FOUND, (37, 40, 43, 40, 40), [{"e10": 30.0 + n} for n in range(5)])
    proof = compare_all([record.values for record in records], "fixed", ("delay_s", "stops", "arrived_veh"))
    worse = compare_all([*batch(5, ("fixed",)), *batch(5, (FOUND,))], "fixed", ("delay_s",))[0]
    scenario = Scenario("abay", 1, "Abay avenue", 28800.0, 32400.0, 600.0, Path("a.net.xml"), (), source="abay")
    result = Result(
        scenario=scenario,
        objective=parse_objective("delay_s"),
        seed=7,
        budget=100,
        spent=90,
        better=True,
        reason="",
        signals={"J": CROSSING},
        present={"J": PRESENT_PLAN},
        plans={"J": FOUND_PLAN},
        tried={"J": FOUND_PLAN},
        starts=(Start("Webster, one cycle", 5, 0, 54.0, 46.8, (-6.8, -7.4, -6.2)),),
        proof=tuple(proof),
        robustness=(Robust("rain=heavy", replace(worse, verdict="cannot tell", why="interval too wide")),),
        steps=STEPS,
        model=Agreement(0.83, 40, "it orders them well"),
        remarks=("Two signals have no pedestrians' button.",),
        limits=("cycles of 30 to 120 s", "kept as they are: signal '<J>'"),
        records=tuple(records),
        analytic=(),
    )
    return replace(result, **changed)  # type: ignore[arg-type]


def shown(result: Result, corridors: Sequence[Corridor] = ()) -> Page:
    return Page(page(result, corridors, {("n", "s"): "straight"}))


def none_found(**changed: object) -> Result:
    nothing = {"plans": {"J": PRESENT_PLAN}, "tried": {"J": PRESENT_PLAN}, "starts": (), "proof": (),
               "robustness": (), "steps": (), "records": (),
               "model": Agreement(None, 0, "no plan was tried")}  # fmt: skip
    told = {"better": False, "reason": "demand is above capacity under every plan."}
    return made(**{**nothing, **told, **changed})


def test_the_best_analytic_plan_is_told_of_beside_the_found_one() -> None:
    webster = made().starts[0]
    wave = Start("Green wave", 5, 0, 54.0, 43.4, (-3.4, -4.0, -2.8))
    about = "Analytic plans are those of the methods within the limits; the search starts from them. "
    against = "Against the best of them, 'Green wave', the found plan has −3.4 s/trip (95 % interval −4.0 to −2.8)."
    assert starts_line(made(starts=(webster, wave))) == about + against
    assert about + against in shown(made(starts=(webster, wave))).texts["p"]
    dearer = starts_line(made(starts=(webster, replace(wave, dearer=1.5))))
    assert dearer == f"{about}{against} Its change costs +1.5 s/trip more, which is not in that."
    same = starts_line(made(starts=(webster, replace(wave, lead=None, is_tried=True))))
    assert same == f"{about}The found plan is that of 'Green wave': the search found none that is better."
    failed = Start("Green wave", 5, 2)
    assert starts_line(made(starts=(failed,))) == f"{about}None has a value with each seed of the proof."
    rows = shown(made(starts=(webster, failed, replace(wave, lead=None, is_tried=True)))).rows(STARTS)
    assert rows == [
        ["Webster, one cycle", "54.0", "46.8", "−7.2", "−13.3", "−6.8 (−7.4 to −6.2)"],
        ["Green wave", "–", "–", "–", "–", "no value with 2 of 5 seeds"],
        ["Green wave", "54.0", "43.4", "−10.6", "−19.6", "it is the found plan"],
    ]


@pytest.fixture(scope="module")
def better() -> Page:
    return shown(made())


# The page


def test_the_answer_comes_first_with_its_numbers(better: Page) -> None:
    answer, costs, losers, other = better.texts["p"][:4]
    assert answer == (
        "A better plan was found. Delay falls from 54.0 to 40.0 s/trip (−14.0, −25.9 %, 95 % interval −14.9 to "
        "−13.1), over 5 seeds that the search never saw."
    )
    assert costs == "No measure of the proof gets worse beyond the spread of its runs."
    assert losers == (
        "Who waits longer: 1 of 4 approaches: Seifullin avenue, northbound at signal J1 (22.0 to 32.0 s/veh)."
    )
    assert other == "In other situations Delay changes by +7.4 % in rain=heavy (cannot tell yet)."
    assert "Two signals have no pedestrians' button." in better.texts["p"]


def test_the_proof_names_its_seeds(better: Page) -> None:
    rows = {row[0]: row[1:] for row in better.rows("The proof")}
    assert rows["Delay (s/trip)"] == ["54.0", "40.0", "−14.0", "−25.9", "−14.9 to −13.1", "better", "<0.001"]
    assert rows["Stops (1/trip)"][:2] == ["1.50", "1.27"]
    assert any("seeds 101–105" in line for line in better.texts["p"])
    assert better.rows("Other situations")[0][0] == "rain=heavy"


def test_approaches_stand_by_what_they_lose(better: Page) -> None:
    rows = better.rows("Approaches before and after")
    assert rows[0][:6] == ["Seifullin avenue, northbound", "J1", "22.0", "32.0", "+10.0 ± 0.0", "worse"]
    assert [row[5] for row in rows[1:]] == ["better"] * 3
    assert rows[-1][0] == "Abay avenue, westbound"


def test_approaches_of_other_signals_are_not_the_plans_doing() -> None:
    refused = [
        MadeRecord({**one.values, "uncontrolled": {"J1": "three stages conflict"}}, one.folder, one.delays_s)
        for one in made().records
        if isinstance(one, MadeRecord)
    ]
    found = shown(made(records=tuple(refused)))
    rows = found.rows("Approaches before and after")
    assert {row[5] for row in rows} == {"not changed by the plan"}
    assert not [line for line in found.texts["p"] if line.startswith(("Who waits", "No approach"))]
    assert any(line.startswith("Not changed by the plan: approaches of signals") for line in found.texts["p"])


def test_plans_in_seconds_and_the_files_to_use(better: Page) -> None:
    assert better.rows("Plans before and after") == [
        ["J", "58", "0 → 12", "A\u00a020\u00a0→\u00a027, B\u00a030\u00a0→\u00a023"]
    ]
    assert "zhasyl run abay --controller fixed:plans=plan.csv" in "".join(better.texts["dd"])
    assert {"plan.csv", "plan.add.xml"} <= set(better.texts["dt"])


def test_the_page_is_whole_and_the_same_each_time(better: Page) -> None:
    tags = {tag for tag, _ in better.elements}
    assert not tags & {"script", "link", "img", "iframe"}
    assert not [value for key, value in better.attributes() if key in ("src", "href") and not value.startswith("#")]
    assert better.html == page(made(), (), {("n", "s"): "straight"})
    assert [title for title in better.texts["h3"] if title.startswith(("Signal", "How"))] == [
        "Signal J",
        "How the search went",
    ]


def test_no_better_plan_is_an_answer_with_its_reason() -> None:
    found = shown(none_found())
    assert found.texts["p"][0] == (
        "No better plan found: demand is above capacity under every plan. The present plan stays."
    )
    assert "The signal keeps its plan." in found.texts["p"]
    assert "plan.csv" not in found.html
    assert "The proof" not in found.texts["h3"]


def test_without_a_better_plan_the_best_one_tried_is_shown_with_what_it_reached() -> None:
    whole = made()
    found = shown(
        none_found(proof=whole.proof, records=whole.records, reason="more seeds may tell", tried={"J": FOUND_PLAN})
    )
    assert found.texts["p"][:2] == [
        "No better plan found: more seeds may tell. The present plan stays.",
        "The best plan tried: Delay falls from 54.0 to 40.0 s/trip (−14.0, −25.9 %, 95 % interval −14.9 to −13.1), "
        "over 5 seeds that the search never saw.",
    ]
    stays = "The present plan stays. In the best plan tried 1 of 1 signal has another plan, drawn for comparison."
    assert stays in found.texts["p"]
    assert "Signal J" in found.texts["h3"]
    assert ">best tried: cycle 58 s, offset 12 s<" in found.html
    assert "plan.csv" not in found.texts["dt"]
    assert found.rows("The proof")[0][0] == "Delay (s/trip)"
    assert len(found.rows("Approaches before and after")) == 4
    headings = [rows[0] for label, rows in found.tables if label in ("The proof", "Approaches before and after")]
    assert headings[0][:3] == ["Measure", "Present", "Best tried"]
    assert headings[1][3:5] == ["Control delay, best tried", "Difference ±\u00a095\u00a0%"]
    assert headings[1][-1] == "Queue, mean, best tried"


def test_a_best_plan_that_changes_nothing_is_told_once() -> None:
    records = [*runs("fixed", (50, 54)), *runs(FOUND, (50, 54))]
    same = compare_all([one.values for one in records], "fixed", ("delay_s",))
    said = headlines(none_found(proof=tuple(same), records=tuple(records), tried={"J": FOUND_PLAN}), [])
    assert said[1] == "The best plan tried: Delay stays at 52.0 s/trip over 2 seeds that the search never saw."


def test_situations_of_few_seeds_have_no_verdict_and_the_least_gain_comes_first() -> None:
    few = compare_all([*batch(3, ("fixed",)), *batch(3, (FOUND,))], "fixed", ("delay_s",))[0]
    places = (
        Robust("rain=heavy", replace(few, difference=-4.0)),
        Robust("demand_scale=1.15", replace(few, difference=1.0)),
    )
    said = headlines(made(robustness=places), [])[-1]
    assert said == (
        "In other situations Delay changes by +1.9 % in demand_scale=1.15 (3 seeds, no verdict); −7.6 % in rain=heavy "
        "(3 seeds, no verdict)."
    )


def test_a_weighted_sum_is_told_from_the_runs() -> None:
    whole = made(objective=parse_objective("delay_s + 2*stops"))
    assert headlines(whole, [])[0].startswith(
        "A better plan was found. Delay + 2 × Stops falls from 57.0 to 42.5 s/trip (−14.5, −25.4 %, 95 % interval"
    )


def test_of_many_signals_those_that_changed_most_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_module, "MOST_DIAGRAMS", 1)
    far = replace(FOUND_PLAN, greens_s=(40.0, 10.0))
    names = ("J", "K", "L")
    found = shown(
        made(
            signals={name: replace(CROSSING, id=name) for name in names},
            present=dict.fromkeys(names, PRESENT_PLAN),
            tried={"J": FOUND_PLAN, "K": far, "L": PRESENT_PLAN},
            steps=(),
        )
    )
    assert (
        "2 of 3 signals have another plan. Drawn are the 1 that changed most, by seconds of green and offset."
        in (found.texts["p"])
    )
    assert [title for title in found.texts["h3"] if title.startswith("Signal")] == ["Signal K"]


def test_text_from_outside_is_shown_and_does_nothing() -> None:
    signal = replace(
        CROSSING,
        id=HOSTILE,
        stages=tuple(replace(stage, id=HOSTILE) for stage in CROSSING.stages),
        movements=tuple(replace(one, from_edge=HOSTILE, to_edge=HOSTILE) for one in CROSSING.movements),
    )
    outside: dict[str, object] = {"scenario": HOSTILE, "title": HOSTILE, "uncontrolled": {HOSTILE: HOSTILE}}
    records = [
        MadeRecord(run(label, seed, **outside), Path("nowhere")) for label in ("fixed", HOSTILE) for seed in range(5)
    ]
    whole = made()
    found = shown(
        made(
            scenario=replace(whole.scenario, id=HOSTILE, title=HOSTILE, variant=HOSTILE),
            signals={HOSTILE: signal},
            present={HOSTILE: PRESENT_PLAN},
            plans={HOSTILE: FOUND_PLAN},
            tried={HOSTILE: FOUND_PLAN},
            starts=(Start(HOSTILE, 5, 0, 3.0, 2.0),),
            records=tuple(records),
            robustness=tuple(replace(one, variant=HOSTILE) for one in whole.robustness),
            model=Agreement(-0.1, 9, HOSTILE),
            remarks=(HOSTILE,),
        )
    )
    assert "<script" not in found.html.lower()
    assert "script" not in {tag for tag, _ in found.elements}
    assert not [key for key, _ in found.attributes() if key.startswith("on")]
    assert found.texts["h2"][0] == f"{HOSTILE} ({HOSTILE})"
    assert f"Signal {HOSTILE}" in found.texts["h3"]
    assert found.rows("Other situations")[0][0] == HOSTILE


# Plans


def three_stages() -> Signal:
    stages = (Stage("A", "GGrr", 6, 60), Stage("B", "rrGG", 5, 60), Stage("C", "Grrr", 5, 60))
    return replace(CROSSING, stages=stages, plan=SignalPlan((0, 2, 1), (20.0, 10.0, 20.0), 61.0))


def test_offsets_move_the_shorter_way_and_not_between_cycles() -> None:
    late, early = replace(PRESENT_PLAN, offset_s=57.0), replace(PRESENT_PLAN, offset_s=2.0)
    assert PlanChange(CROSSING, late, early).moved_s == 3.0
    assert PlanChange(CROSSING, late, replace(early, cycle_s=60.0)).offset_moved_s == 0.0
    assert plan_changes({"J": CROSSING}, {"J": late}, {"J": late}) == []


def test_rows_show_green_walk_clearance_yellow_and_all_red() -> None:
    signal = crossroads(walk=True)
    rows = [(one.stage, one.kind, one.begin_s, one.length_s) for one in pieces(signal, signal.plan)]
    assert rows == [
        (0, "green", 0.0, 20.0),
        (0, "walk", 0.0, 13.0),
        (0, "pedestrians clear", 13.0, 7.0),
        (0, "yellow", 20.0, 3.0),
        (0, "all-red", 23.0, 1.0),
        (1, "green", 24.0, 30.0),
        (1, "yellow", 54.0, 3.0),
        (1, "all-red", 57.0, 1.0),
    ]


@pytest.mark.parametrize(
    ("state", "kind"),
    [("yrrrr", "yellow"), ("rrrrr", "all-red"), ("rrrrG", "all-red"), ("rGrrr", "green goes on"), ("rgyrr", "yellow")],
)
def test_an_intergreen_in_which_somebody_stays_green_is_no_all_red(state: str, kind: str) -> None:
    assert _kind(crossroads(walk=True), state) == kind  # its last link is a crossing


def test_plans_of_very_unlike_cycles_have_scales_of_their_own() -> None:
    change = PlanChange(CROSSING, PRESENT_PLAN, SignalPlan((0, 1), (150.0, 150.0), 308.0))
    assert [_width_s(change, plan) for plan in (change.present, change.found)] == [58.0, 308.0]
    change = PlanChange(CROSSING, PRESENT_PLAN, SignalPlan((0, 1), (50.0, 50.0), 108.0))
    assert [_width_s(change, plan) for plan in (change.present, change.found)] == [108.0, 108.0]


@pytest.mark.parametrize(
    ("begin_s", "cycle_s", "stands"),
    [
        (30.0, 100.0, (40.0, "left")),  # after the green and its 4 s of intergreen
        (75.0, 100.0, (74.0, "right")),  # the end of the cycle would cross it
        (10.0, 30.0, (31.0, "left")),  # no room before the end of a short cycle
    ],
)
def test_seconds_beside_a_short_green_keep_off_the_end_of_the_cycle(
    begin_s: float, cycle_s: float, stands: tuple[float, str]
) -> None:
    green = Piece(0, "green", begin_s, 5.0)
    own = [green, Piece(0, "yellow", begin_s + 5, 3.0), Piece(0, "all-red", begin_s + 8, 1.0)]
    assert _beside(green, own, 18.0, cycle_s, 100.0) == stands


def test_a_diagram_has_the_seconds_and_names_what_is_left_out() -> None:
    signal = three_stages()
    change = PlanChange(signal, signal.plan, SignalPlan((0, 1), (24.0, 29.0), 61.0, 5.0))
    words = Words(turns={("n", "s"): "u-turn"})
    assert "u\u2011turn" in described(change, words)  # no line ends in a word
    drawn = phase_drawing(change, Words({"n": "Abay avenue, southbound"}, {("n", "s"): "straight"}))
    for text in ("present: cycle 61 s, offset 0 s", "found: cycle 61 s, offset 5 s", "24 (+4)", "29 (+9)", "left out"):
        assert f">{text}<" in drawn.svg
    assert drawn.caption.splitlines()[:2] == ["Left out: C", "A: Abay avenue, southbound (straight); s (n)"]


def test_another_order_is_said() -> None:
    signal = three_stages()
    turned = SignalPlan((0, 1, 2), (20.0, 20.0, 10.0), 61.0)
    assert described(PlanChange(signal, signal.plan, turned), Words()).startswith("Order: A C B before, A B C now")


# Approaches


@pytest.mark.parametrize(
    ("after_s", "verdict"),
    [((30, 31, 32, 33, 34), "worse"), ((10, 11, 12, 13, 14), "better"), ((10, 31, 12, 33, 24), "")],
)
def test_an_approach_is_judged_by_pairs_of_runs(after_s: Sequence[float], verdict: str) -> None:
    records = runs("fixed", [50.0] * 5, [{"e10": 20.0 + n} for n in range(5)])
    records += runs(FOUND, [50.0] * 5, [{"e10": float(delay_s)} for delay_s in after_s])
    found = {one.approach: one for one in changes_of(records)}
    assert found["e10"].verdict == verdict
    assert found["e11"].verdict == ""


@pytest.mark.parametrize("empty", [float("nan"), None])  # as measured, and as stored
def test_four_seeds_mark_nobody_and_an_empty_approach_is_left_out(empty: float | None) -> None:
    records = runs("fixed", [50.0] * 4, [{"e11": empty}] * 4) + runs(FOUND, [40.0] * 4)
    found = changes_of(records)
    assert [one.approach for one in found if one.verdict] == []
    assert "e11" not in {one.approach for one in found}


def changes_of(records: Sequence[RunRecord]) -> list[ApproachChange]:
    by_key = {record["key"]: record for record in records}
    values: list[Record] = [record.values for record in records]
    return approach_changes(values, lambda record: by_key[record["key"]].summary())


# Corridors and the search


def waves(offset_s: float, cycle_s: float = 58.0, begin_s: float = 0.0) -> Waves:
    """Two crossings 300 m apart, 30 s of travel, the links east and west green in stage B."""
    legs = (Leg("J", 2, "K", 2, 300.0, 30.0, 500.0, 0.0),)
    corridor = Corridor(("J", "K"), legs, (None,))
    plans = {"J": PRESENT_PLAN, "K": replace(PRESENT_PLAN, offset_s=offset_s, cycle_s=cycle_s)}
    return Waves(corridor, {"J": CROSSING, "K": replace(CROSSING, id="K")}, plans, begin_s)


def test_bands_go_from_green_to_green() -> None:
    in_step = waves(30.0)
    (leg,) = in_step.corridor.outbound
    assert in_step.width_s(leg) == pytest.approx(30.0)
    assert waves(50.0).width_s(leg) == pytest.approx(10.0)
    first_s, last_s = next(band for band in waves(50.0).bands(leg, 116.0) if band[0] >= 0)
    assert (first_s, last_s) == pytest.approx((44.0, 54.0))


def test_the_clock_begins_with_the_period() -> None:
    assert waves(0.0).greens("J", 2, 58.0)[1] == pytest.approx((24.0, 54.0))
    assert waves(0.0, begin_s=10.0).greens("J", 2, 58.0)[1] == pytest.approx((14.0, 44.0))
    assert waves(0.0).greens("J", None, 58.0) == []


def test_both_plans_of_a_corridor_are_drawn() -> None:
    drawn = waves_drawing(1, waves(30.0, begin_s=28800.0), waves(0.0, cycle_s=60.0, begin_s=28800.0))
    assert ">present: cycle 58 s, bands 30 s up, none down<" in drawn.svg
    assert ">found: cycles of 58 to 60 s, bands change from cycle to cycle<" in drawn.svg
    assert ">seconds from 08:00 on<" in drawn.svg


def test_the_search_is_drawn_with_its_parts() -> None:
    drawn = convergence_drawing([Step(2, float("inf"), "first plans"), *STEPS], "Delay", "s/trip")
    assert drawn
    assert all(
        f">{text}<" in drawn.svg for text in ("first plans", "searching", "race", "present plan", "Delay, s/trip")
    )
    assert convergence_drawing(STEPS[:1], "Delay", "s/trip") is None


def test_a_model_that_is_no_good_is_said() -> None:
    said = model_line(Agreement(-0.12, 40, "queues spill back"))
    assert "−0.12 over 40 plans" in said
    assert "it ranks plans badly here. What it says counts less" in said
    unknown = model_line(Agreement(None, 2, "too few plans"))
    assert unknown == "How well the fast model ranks plans here is not known: too few plans."


def test_a_budget_of_minutes_has_no_number_of_runs() -> None:
    assert spent_line(made()).startswith("90 of 100 runs, search seed 7, objective delay_s;")
    assert spent_line(made(spent=140)).startswith("140 runs,")


# The terminal


def printed(result: Result) -> str:
    screen = io.StringIO()
    print_result(Console(file=screen, width=80, color_system=None), result)
    return screen.getvalue()


def test_the_terminal_has_the_answer_and_fits_80_columns() -> None:
    text = printed(made())
    assert max(map(len, text.splitlines())) <= 80
    for part in ("A better plan was found.", "54.0   40.0       −14.0", "rain=heavy", "plan.add.xml"):
        assert part in text
    assert "seeds 101–105" in " ".join(text.split())


def test_the_terminal_says_why_there_is_none() -> None:
    text = " ".join(printed(none_found()).split())
    assert "No better plan found: demand is above capacity under every plan. The present plan stays." in text
    assert text.endswith("Written: optimise.html")
