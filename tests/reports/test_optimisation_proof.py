"""What the page of a search says beside the proof: each seed, what was asked of plans, what to do next."""

from dataclasses import replace
from pathlib import Path

from tests.reports.builders import failed
from tests.reports.test_optimisation import made, none_found, shown
from zhasyl.reports.optimisation.grids import seeds_grid
from zhasyl.runs.store import RunRecord


def test_each_seed_of_the_proof_is_shown_with_its_jams() -> None:
    records = tuple(
        replace(one, values={**one.values, "gridlocked": (one["label"], one["seed"]) == ("fixed", 103)})
        for one in made().records
    )
    grid = seeds_grid(made(records=records))
    assert grid.headings == ["Seed", "Present (s/trip)", "Found", "Difference", "Gridlock or failed"]
    assert grid.rows[0] == ["101", "50.0", "37.0", "−13.0", "–"]
    assert grid.rows[2] == ["103", "58.0", "43.0", "−15.0", "present jams"]
    lost = RunRecord(failed("fixed", 103), Path("nowhere"))
    grid = seeds_grid(made(records=(*records[:2], lost, *records[3:])))
    assert grid.rows[2] == ["103", "–", "43.0", "–", "present failed"]
    assert shown(made()).texts["summary"] == ["Seed by seed"]
    assert "summary" not in shown(none_found()).texts


def test_the_page_says_what_was_asked_of_every_plan_and_how_to_compare_it() -> None:
    found = shown(made())
    assert "Asked of every plan: cycles of 30 to 120 s; kept as they are: signal '<J>'." in found.texts["p"]
    assert (
        "zhasyl compare abay --controllers fixed,webster,green-wave,fixed:plans=plan.csv --seeds 201-210"
        in found.texts["code"]
    )
