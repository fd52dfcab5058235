"""The replay's page: whole in itself, and texts from outside do nothing in it."""

import base64
import json
import re
import struct
import zlib
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pandas as pd
import pytest

from zhasyl.reports.replay import content
from zhasyl.reports.replay.chosen import Chosen, choose
from zhasyl.reports.replay.coding import decode
from zhasyl.reports.replay.page import replay_page

KINDS = {"Uint8Array": np.uint8, "Uint16Array": np.uint16, "Int32Array": np.int32, "Float32Array": np.float32}


def packed(page: str, name: str) -> dict[str, Any]:
    """What a part of a page holds."""
    found = re.search(rf'<script type="text/plain" id="{name}">([^<]*)</script>', page)
    assert found
    whole = zlib.decompress(base64.b64decode(found[1]), -zlib.MAX_WBITS)
    (size,) = struct.unpack_from("<I", whole)
    head: dict[str, Any] = json.loads(whole[4 : 4 + size])
    body = whole[4 + size :]
    arrays = {key: np.frombuffer(body, KINDS[kind], n, at) for key, (at, n, kind) in head["arrays"].items()}
    return {**head, "arrays": arrays}


@pytest.fixture(scope="module")
def chosen(recorded_out: Path) -> Chosen:
    return choose(recorded_out, [], None, "00:01", 5.0)


@pytest.fixture(scope="module")
def page(chosen: Chosen) -> str:
    return replay_page(chosen)


def test_the_baseline_comes_first(recorded_out: Path, tmp_path: Path) -> None:
    assert [run["label"] for run in choose(recorded_out, [], None, "", None).runs] == ["fixed", "max-pressure"]
    folder = copytree(recorded_out, tmp_path / "out")
    runs = [path.parent.relative_to(folder).as_posix() for path in sorted(folder.rglob("run.json"))]
    terms = {"baseline": "max-pressure", "min_effect": 0, "confidence": 0.95, "runs": runs}
    (folder / "comparison.json").write_text(json.dumps(terms))
    assert [run["label"] for run in choose(folder, [], None, "", None).runs] == ["max-pressure", "fixed"]


def test_every_place_is_the_record_s(chosen: Chosen, page: str) -> None:
    table = chosen.runs[1].table("trajectories")
    part = table[(table["time_s"] >= 60) & (table["time_s"] <= 360)]
    run = packed(page, "run1")
    traces = decode(run["arrays"])
    steps = np.concatenate([np.arange(s, s + n) for s, n in zip(traces.start, traces.count, strict=True)])
    found = sorted(zip((steps + 60).tolist(), traces.x_dm.tolist(), traces.y_dm.tolist(), strict=True))
    assert found == sorted(zip(part["time_s"].tolist(), part["x_dm"].tolist(), part["y_dm"].tolist(), strict=True))
    assert run["step"] == 1.0
    assert set(run["arrays"]["kind"].tolist()) == {0, 6}  # cars and walkers


def test_signals_queues_and_numbers_are_the_record_s(chosen: Chosen, page: str) -> None:
    record, run = chosen.runs[0], packed(page, "run0")
    (signal,) = record.table("signals")["signal"].unique()
    shown = run["signals"][signal]
    rows = record.table("signals").query("start_s <= 200 < start_s + duration_s")
    place = np.searchsorted(shown["times"], 140, side="right") - 1
    assert shown["states"][shown["shown"][place]] == rows["state"].iloc[0]
    queues = record.table("queues").query("60 <= time_s <= 360")
    back = run["arrays"]["back"].reshape(len(run["queues"]["groups"]), -1)
    assert back.max() == round(queues["back_of_queue_m"].max())
    junction = run["junctions"][signal]
    assert [row[1] for row in junction["approaches"]] == record.table("approaches")["vehicles"].tolist()
    assert junction["cycle"] == pytest.approx(90, abs=1)
    assert sum(row[2] for row in junction["stages"]) < junction["cycle"]


def test_nothing_from_elsewhere_and_no_script_but_ours(page: str) -> None:
    assert not re.findall(r'(?:src|href|url)\s*[=(]\s*["\']?(?!#)', page.split("<script>")[0])
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    policy = policy.replace("&#39;", "'")
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    for tag in ("script", "style"):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert base64.b64encode(sha256(text.encode()).digest()).decode() in policy


def test_hostile_names_do_nothing(chosen: Chosen) -> None:
    hostile = "</script><script>alert(1)</script>\u202e"
    runs = [replace(run, values={**run.values, "title": hostile, "label": hostile}) for run in chosen.runs]
    page = replay_page(replace(chosen, runs=runs))
    assert page.count("<script") == 5
    assert "alert(1)</script>" not in page
    assert "\u202e" not in page
    assert packed(page, "run0")["label"] == hostile


def test_a_walker_called_as_a_car_has_a_trace_of_its_own() -> None:
    table = pd.DataFrame({
        "traveller": "0", "class": ["passenger", "pedestrian"] * 2, "length_m": 1.0, "time_s": [0, 0, 1, 1],
        "x_dm": [0, 50, 9, 51], "y_dm": 0,
    }).sort_values("class", kind="stable")  # fmt: skip
    step_s, arrays = content._traces(table, 0.0, 10.0)
    traces = decode(arrays)
    assert step_s == 1.0
    assert traces.count.tolist() == [2, 2]
    assert traces.x_dm.tolist() == [0, 9, 50, 51]
