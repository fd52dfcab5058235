"""The page of a study again from its records: title, matrix, sweeps, figures, one scenario alone."""

import json
import shutil
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import TinyRun
from tests.reports.pages import HOSTILE, Page
from tests.test_cli import Capture, fails
from zhasyl.cli import status
from zhasyl.reports.study import page
from zhasyl.runs.store import RECORD_FILE, SEAL_FILE, RunRecord

DELAYS_S = {
    "fixed": 60.0,
    "max-pressure": 45.0,
    "max-pressure:min_green_s=8": 40.0,
    "max-pressure:min_green_s=12": 50.0,
}
VARIANTS = ("", "demand_scale=1.1")


def store(out: Path, record: RunRecord, **changed: object) -> str:
    """Write a record like one that was measured; answers its folder's name."""
    key = sha256(json.dumps(changed).encode()).hexdigest()
    folder = out / "runs" / "scenario" / key[:12]
    shutil.copytree(record.folder, folder)
    values = {**record.values, **changed, "key": key}
    (folder / RECORD_FILE).write_text(json.dumps(values), encoding="utf-8")
    seal = json.loads((folder / SEAL_FILE).read_text(encoding="utf-8"))
    seal[RECORD_FILE] = sha256((folder / RECORD_FILE).read_bytes()).hexdigest()
    (folder / SEAL_FILE).write_text(json.dumps(seal), encoding="utf-8")
    return folder.relative_to(out).as_posix()


@pytest.fixture
def folder(tiny_run: TinyRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the runs of a study: two variants, a fixed plan, and three settings of max-pressure.

    Its page is taken for a large one, whose sections have tables alone: what else they have is tested elsewhere.
    """
    monkeypatch.setattr(page, "MOST_IN_FULL", 0)
    record, out = tiny_run("t-junction-left-turn", "fixed"), tmp_path / "out"
    names = [
        store(
            out, record, variant=variant, content=f"content{variant}", label=label, controller=label.split(":")[0],
            seed=seed, delay_s=delay_s + seed + (3 * seed) % 2, parameters={"min_green_s": 5.0},
        )
        for variant, (label, delay_s), seed in product(VARIANTS, DELAYS_S.items(), range(1, 6))
    ]  # fmt: skip
    write_terms(out, names, title="Evening")
    return out


def write_terms(out: Path, names: list[str], **more: object) -> None:
    terms = {"baseline": "fixed", "min_effect": 0.0, "confidence": 0.95, **more, "runs": names}
    (out / "comparison.json").write_text(json.dumps(terms), encoding="utf-8")


def reported(folder: Path, capsys: Capture, *options: str) -> tuple[Page, dict[str, Any]]:
    assert status(["report", str(folder), "--json", *options]) == 0
    document = json.loads(capsys.readouterr().out)
    return Page((folder / "report.html").read_text(encoding="utf-8")), document


def test_a_study_is_reported_again_from_its_records(folder: Path, capsys: Capture) -> None:
    found, document = reported(folder, capsys)
    assert found.texts["h1"] == ["Evening"]
    study = document["study"]
    assert study["title"] == "Evening"
    assert [(row["variant"], len(row["cells"])) for row in study["matrix"]] == [("", 3), ("demand_scale=1.1", 3)]
    rows = found.rows("Mean delay of every scenario under every controller")
    for row, own in zip(rows, study["matrix"], strict=True):
        assert row[0] == own["name"]
        for text, cell in zip(row[1:], own["cells"], strict=True):
            assert text.startswith(f"{cell['delay_s']:.1f} ")
            assert text.endswith(cell["verdict"] or "compared with")
    [sweep] = study["sweeps"]
    assert [one["parameters"] for one in sweep["settings"]] == [
        {"min_green_s": "8"}, {"min_green_s": "5"}, {"min_green_s": "12"}]  # fmt: skip
    assert len(document["runs"]) == 40
    assert (folder / "study.csv").read_text(encoding="utf-8").count("\n") == 3
    seal = (folder / "report.seal.json").read_text(encoding="utf-8")
    (folder / "study.csv").unlink()
    reported(folder, capsys)
    assert (folder / "study.csv").exists()
    assert (folder / "report.seal.json").read_text(encoding="utf-8") == seal


def test_a_folder_whose_study_has_no_title_is_reported(folder: Path, capsys: Capture) -> None:
    names = json.loads((folder / "comparison.json").read_text(encoding="utf-8"))["runs"]
    write_terms(folder, names)
    found, document = reported(folder, capsys)
    assert found.texts["h1"] == ["Signal controllers compared"]
    assert found.texts["h2"][0] == "Summary"
    assert document["study"]["title"] == ""
    write_terms(folder, names[:10])
    found, document = reported(folder, capsys)
    assert "study" not in document
    assert not (folder / "study.csv").exists()


def test_a_title_does_nothing_on_the_page(folder: Path, capsys: Capture) -> None:
    names = json.loads((folder / "comparison.json").read_text(encoding="utf-8"))["runs"]
    write_terms(folder, names, title=HOSTILE)
    found, _ = reported(folder, capsys)
    assert found.texts["h1"] == [HOSTILE]
    assert "script" not in {tag for tag, _ in found.elements}


def test_one_scenario_of_a_study_keeps_the_studys_verdicts(folder: Path, capsys: Capture) -> None:
    _, document = reported(folder, capsys)
    name = document["study"]["matrix"][1]["name"]
    assert status(["report", str(folder), "--scenario", name, "--json"]) == 0
    alone = json.loads(capsys.readouterr().out)
    assert {run["variant"] for run in alone["runs"]} == {"demand_scale=1.1"}
    assert alone["comparisons"] == [one for one in document["comparisons"] if one["variant"] == "demand_scale=1.1"]
    [path] = folder.glob("report-*.html")
    assert path.name == "report-t-junction-left-turn-demand-scale-1-1.html"
    found = Page(path.read_text(encoding="utf-8"))
    assert sum(title.startswith("max-pressure: ") for title in found.texts["h2"]) == 1
    said = fails(capsys, "report", str(folder), "--scenario", "t-junction")
    assert "no scenario 't-junction'. Did you mean 't-junction-left-turn'" in said
    assert "leave --before" in fails(capsys, "report", str(folder), "--scenario", name, "--pdf")


def test_tables_and_figures_have_the_study_too(folder: Path, capsys: Capture) -> None:
    reported(folder, capsys, "--format", "csv")
    names = {path.name for path in (folder / "tables").iterdir()}
    assert {"study.csv", "sweep-max-pressure.csv", "sweep-max-pressure-overall.csv"} <= names
    assert (folder / "tables" / "study.csv").read_bytes() == (folder / "study.csv").read_bytes()
    assert status(["figures", str(folder), "--list"]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert first == "study-sweep-max-pressure: Delay by setting of max-pressure"


def test_the_terminal_has_a_ranking_and_no_table_of_each_setting(folder: Path, capsys: Capture) -> None:
    assert status(["report", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "max-pressure:min_green_s=12 against" not in out
    assert out.count("max-pressure against its defaults, over 2 scenarios") == 1
    assert "max-pressure against fixed: mean delay better in 2 of 2, worse in 0." in out
