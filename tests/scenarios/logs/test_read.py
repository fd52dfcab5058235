"""Logs as they come: what can be read is, what cannot is said in one line."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.scenarios.logs.made import Programme, csv_of, log_of
from zhasyl.errors import ScenarioError
from zhasyl.scenarios.logs import files
from zhasyl.scenarios.logs.event_log import EventLog
from zhasyl.scenarios.logs.read import read_log

TEE = Programme(75.0, 45.0, [[[(2, 49.0)], [(6, 30.0), (5, 19.0)]], [[(8, 26.0)]]])
MADE = log_of(list(TEE.events(25_200.0, 25_500.0)), 25_200.0, 25_500.0)
GOOD = csv_of(MADE)
HEADER, *ROWS = GOOD.splitlines()


def written(folder: Path, content: str | bytes, name: str = "log.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def same(log: EventLog) -> bool:
    return (
        np.array_equal(log.time_s, MADE.time_s)
        and np.array_equal(log.code, MADE.code)
        and np.array_equal(log.parameter, MADE.parameter)
    )


def frame() -> pd.DataFrame:
    stamps = pd.Timestamp("2024-04-15") + pd.to_timedelta((MADE.time_s * 1000).round(), unit="ms")
    return pd.DataFrame({"TimeStamp": stamps, "DeviceId": 7, "EventId": MADE.code, "Parameter": MADE.parameter})


def american(text: str) -> str:
    day, _, rest = text.partition(",")
    return f"{dt.datetime.fromisoformat(day):%m/%d/%Y %I:%M:%S.%f %p},{rest}"


GOOD_FILES: dict[str, Callable[[], str | bytes]] = {
    "as it is": lambda: GOOD,
    "udot": lambda: "\n".join(["SignalID,Timestamp,EventCode,EventParam",
                               *(",".join(np.array(row.split(","))[[1, 0, 2, 3]]) for row in ROWS)]),
    "iso with T": lambda: GOOD.replace("04-15 ", "04-15T"),
    "month first, am": lambda: "\n".join([HEADER, *map(american, ROWS)]),
    "points": lambda: GOOD.replace("2024-04-15", "15.04.2024"),
    "day first": lambda: GOOD.replace("2024-04-15", "15/04/2024"),
    "semicolons and titles": lambda: "Signal 7;;;\nexported;;;\n" + GOOD.replace(",", ";"),
    "tabs": lambda: GOOD.replace(",", "\t"),
    "utf-16": lambda: GOOD.encode("utf-16"),
    "a mark": lambda: GOOD.encode("utf-8-sig"),
    "windows lines": lambda: GOOD.replace("\n", "\r\n"),
    "numbers with points": lambda: "\n".join([HEADER, *(row + ".0" for row in ROWS)]),
    "quotes": lambda: "\n".join([HEADER, *(",".join(f'"{cell}"' for cell in row.split(",")) for row in ROWS)]),
    "spare columns": lambda: "\n".join([HEADER + ",note,note", *(row + ",x,y" for row in ROWS)]),
    "an offset": lambda: "\n".join([HEADER, *(row.replace(",", "+05:00,", 1) for row in ROWS)]),
    "without a device": lambda: "\n".join(["Time,Event,Param",
                                           *(",".join(np.array(row.split(","))[[0, 2, 3]]) for row in ROWS)]),
}  # fmt: skip


@pytest.mark.parametrize("kind", GOOD_FILES)
def test_every_shape_is_the_same_log(tmp_path: Path, kind: str) -> None:
    log = read_log(written(tmp_path, GOOD_FILES[kind]()))
    assert same(log)
    assert log.date == dt.date(2024, 4, 15)


def test_parquet_too(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    frame().to_parquet(path)
    assert same(read_log(path))
    frame().astype({"EventId": str, "Parameter": str, "DeviceId": str, "TimeStamp": str}).to_parquet(path)
    assert same(read_log(path, device="7", date="2024-04-15")), "texts in place of numbers"


def test_times_in_utc_are_turned(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    stamps = frame()
    stamps["TimeStamp"] = stamps["TimeStamp"].dt.tz_localize("Asia/Almaty").dt.tz_convert("UTC")
    stamps.to_parquet(path)
    assert same(read_log(path, zone="Asia/Almaty"))
    with pytest.raises(ScenarioError, match=r"times are in UTC.*add --zone"):
        read_log(path)
    utc = "\n".join([HEADER, *(row.replace(",", "Z,", 1) for row in ROWS)])
    with pytest.raises(ScenarioError, match="times are in UTC"):
        read_log(written(tmp_path, utc))
    assert read_log(written(tmp_path, utc), zone="Asia/Almaty").begin_s == MADE.begin_s + 5 * 3600
    assert "--zone Asia/Almaty is not needed" in read_log(written(tmp_path, GOOD), zone="Asia/Almaty").remarks[0]


def test_times_with_an_offset_or_a_zone_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    table = pa.Table.from_pandas(frame())
    utc = pc.subtract(table["TimeStamp"].cast(pa.timestamp("us")), pa.scalar(dt.timedelta(hours=5)))

    def write(zone: str) -> None:
        times = pc.assume_timezone(utc, "UTC").cast(pa.timestamp("us", zone))
        pq.write_table(table.set_column(table.schema.get_field_index("TimeStamp"), "TimeStamp", times), path)

    for zone in ("+05:00", "Asia/Almaty"):
        write(zone)
        assert same(read_log(path)), zone
    for zone, says in (("Mars/Base", "No time zone found"), ("GMT", "times are in UTC")):
        write(zone)
        with pytest.raises(ScenarioError, match=says):
            read_log(path)
    frame().assign(DeviceId=None).to_parquet(path)
    with pytest.raises(ScenarioError, match="no row that can be read names its device"):
        read_log(path)


def test_an_hour_that_the_clock_has_twice_is_said(tmp_path: Path) -> None:
    rows = [f"2024-10-27T{hour:02}:{minute:02}:00Z,7,1,2" for hour in (0, 1) for minute in range(60)]
    log = read_log(written(tmp_path, "\n".join([HEADER, *rows])), zone="Europe/Berlin")
    assert any("the clock changes within the file (summer time)" in remark for remark in log.remarks)


REMARKED: dict[str, tuple[Callable[[], str], str]] = {
    "doubled rows": (lambda: "\n".join([HEADER, *ROWS, *ROWS[:5]]), "5 rows stand there twice"),
    "not sorted": (lambda: "\n".join([HEADER, *ROWS[::-1]]), "not in the order of time"),
    "a cell that is none": (lambda: GOOD.replace(ROWS[3], ROWS[3] + "x"), "1 of 144 rows without a time.*row 5"),
    "a blank event": (lambda: GOOD.replace(ROWS[3], "2024-04-15 07:00:01,7,,2"), "1 of 144 rows"),
    "NaN": (lambda: GOOD.replace(ROWS[3], "2024-04-15 07:00:01,7,NaN,2"), "1 of 144 rows"),
    "year 1900": (lambda: GOOD.replace(ROWS[3], "1900-01-01 07:00:01,7,1,2"), "1 of 144 rows.*1900"),
    "no such date": (lambda: GOOD.replace(ROWS[3], "2024-02-31 07:00:01,7,1,2"), "1 of 144 rows"),
    "25 o'clock": (lambda: GOOD.replace(ROWS[3], "2024-04-15 25:00:01,7,1,2"), "1 of 144 rows"),
    "an unknown code": (lambda: GOOD.replace(ROWS[3], "2024-04-15 07:00:01,7,70000,2"), "1 of 144 rows"),
    "a row of the next day": (lambda: GOOD + "2024-04-16 00:00:00,7,1,2\n", "1 row of other dates"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REMARKED)
def test_odd_rows_are_said(tmp_path: Path, kind: str) -> None:
    made, words = REMARKED[kind]
    log = read_log(written(tmp_path, made()))
    assert len(log.time_s) >= len(MADE.time_s) - 1
    assert any(re.search(words, remark) for remark in log.remarks), log.remarks


def cut(column: int) -> str:
    return "\n".join(",".join(cell for n, cell in enumerate(row.split(",")) if n != column) for row in [HEADER, *ROWS])


REFUSED: dict[str, tuple[Callable[[], str | bytes], str]] = {
    "empty": (lambda: "", "is empty"),
    "a header": (lambda: HEADER + "\n", "a header and no event"),
    "a header without an end": (lambda: HEADER, "a header and no event"),
    "no time": (lambda: cut(0), "no column of times such as TimeStamp"),
    "no event": (lambda: cut(2), "no column of events such as EventId"),
    "no parameter": (lambda: cut(3), "no column of parameters such as Parameter"),
    "no header": (lambda: "\n".join(ROWS), "no column of times"),
    "prose": (lambda: "Dear Sir,\nplease find enclosed\n", "no column of times"),
    "binary": (lambda: b"\x00\x01\x02\x03" * 100, "a binary file"),
    "rows of other lengths": (lambda: GOOD + "2024-04-15 07:00:01,7\n", "Expected 4 columns, got 2"),
    "an open quote": (lambda: GOOD.replace(ROWS[3], '"' + ROWS[3]), "not a CSV file of events|rows without a time"),
    "words for events": (lambda: "\n".join([HEADER, *(row.replace(",7,", ",7,on", 1) for row in ROWS)]),
                         "144 of 144 rows without"),
    "times without a date": (lambda: GOOD.replace("2024-04-15 ", ""), "144 of 144 rows without a time"),
    "seconds since 1970": (lambda: "\n".join([HEADER, *(f"1713164400,{row.split(',', 1)[1]}" for row in ROWS)]),
                           "144 of 144 rows without a time"),
    "all in 1900": (lambda: GOOD.replace("2024-", "1900-"), "144 of 144 rows without a time"),
    "two devices": (lambda: GOOD + GOOD.replace(",7,", ",8,").partition("\n")[2], r"2 devices: 7 \(144 rows\), 8"),
    "two dates": (lambda: GOOD + GOOD.replace("-15 ", "-16 ").partition("\n")[2], "2 dates: 2024-04-15"),
    "a folder of a name": (lambda: GOOD.replace("2024-04-15", "=cmd()"), "144 of 144 rows"),
    "a cell of megabytes": (lambda: GOOD + "2024-04-15 07:00:01,7,1," + "9" * 5_000_000, "not a CSV file of events"),
    "control characters": (lambda: GOOD.replace(HEADER, "Time\x1b[31mStamp,DeviceId\x07,EventId,Par"), "no column"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_log_is_refused_in_one_line(tmp_path: Path, kind: str) -> None:
    made, words = REFUSED[kind]
    path = written(tmp_path, made())
    with pytest.raises(ScenarioError, match=words) as caught:
        read_log(path)
    text = str(caught.value)
    assert text.startswith(str(path))
    assert "\n" not in text
    assert len(text) < 700 + len(str(path))


def test_parquet_that_is_none_or_empty_or_strange(tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    table = pa.Table.from_pandas(frame())
    for content, words in (
        (b"PAR1 and nothing more", "is not a Parquet file"),
        (GOOD.encode(), "is not a Parquet file"),
        (b"", "is empty"),
    ):
        path.write_bytes(content)
        with pytest.raises(ScenarioError, match=words):
            read_log(path)
    for strange, words in (
        (table.slice(0, 0), "a header and no event"),
        (table.drop_columns(["EventId"]), "no column of events"),
        (table.set_column(0, "TimeStamp", pa.array(range(len(table)))), "the column of times holds int64"),
        (table.set_column(2, "EventId", pa.array([[1, 2]] * len(table))), "144 of 144 rows without"),
        (table.set_column(3, "Parameter", pa.array([b"\xff\x00"] * len(table))), "rows without|are no events"),
        (table.set_column(1, "DeviceId", pa.array(["a\nb\x1b[2J", *["c"] * (len(table) - 1)])), "2 devices: c"),
        (
            table.set_column(0, "TimeStamp", pa.array([2**62] * len(table), pa.timestamp("us"))),
            "rows without|no events",
        ),
        (table.set_column(2, "EventId", pa.array(["Detector On"] * len(table))), "144 of 144 rows without"),
        (
            table.set_column(0, "TimeStamp", pa.array([None] * len(table), pa.timestamp("us"))),
            "144 of 144 rows without",
        ),
    ):
        pq.write_table(strange, path)
        with pytest.raises(ScenarioError, match=words):
            read_log(path)
    pq.write_table(table, path)
    whole = path.read_bytes()
    for place in range(4, len(whole), len(whole) // 12):
        path.write_bytes(whole[:place])
        with pytest.raises(ScenarioError, match="is not a Parquet file"):
            read_log(path)


def test_what_is_asked_amiss(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    for asked, words in (
        ({"device": "8"}, "no device '8'.*Known: 7"),
        ({"date": "yesterday"}, "--date 'yesterday' is no date"),
        ({"date": "2024-04-16"}, "nothing on 2024-04-16; logged are 2024-04-15"),
    ):
        with pytest.raises(ScenarioError, match=words):
            read_log(path, **asked)
    with pytest.raises(ScenarioError, match="--zone 'Mars' is no time zone"):
        read_log(written(tmp_path, GOOD.replace(":00.000,", ":00.000Z,")), zone="Mars")
    for place in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(ScenarioError, match="cannot read"):
            read_log(place)


def test_too_many_rows_are_refused_before_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_ROWS", 100)
    frame().to_parquet(tmp_path / "log.parquet")
    for path in (tmp_path / "log.parquet", written(tmp_path, GOOD)):
        with pytest.raises(ScenarioError, match="over 100 rows; cut it to one device and day"):
            read_log(path)
    monkeypatch.setattr(files, "MOST_MB", 0.001)
    with pytest.raises(ScenarioError, match="at most"):
        read_log(path)


def test_quarters_with_a_hole_are_not_complete() -> None:
    events = [e for e in TEE.events(25_200.0, 28_800.0) if not 26_200 < e[0] < 26_700]
    log = log_of(events, 25_200.0, 28_800.0)
    assert [(begin_s, whole) for begin_s, whole in log.quarters(60.0)] == [
        (25_200.0, True), (26_100.0, False), (27_000.0, True), (27_900.0, True)
    ]  # fmt: skip
    assert log.holes(60.0)[0] == pytest.approx((26_200, 26_700), abs=60)
    assert not any(whole for _, whole in log.between(25_300.0, 26_000.0).quarters(60.0))
