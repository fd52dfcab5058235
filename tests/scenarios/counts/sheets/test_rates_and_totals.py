"""Rates an hour and running totals become counts where the sheet says so, and are never taken for counts unsaid."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest

from zhasyl.errors import ScenarioError
from zhasyl.scenarios.counts.count import Found
from zhasyl.scenarios.counts.read import read_found

TIMES = ("7:00", "7:15", "7:30", "7:45")
RATES = {"L": (40, 42, 46, 50), "T": (400, 440, 480, 402)}
COUNTED = {"left": (10, 11, 11, 13), "straight": (100, 110, 120, 101)}  # 10 10.5 11.5 12.5, whose sums are kept
TOTALS = {"L": (40, 82, 128, 178), "T": (400, 840, 1320, 1722)}
PLAIN = {"left": RATES["L"], "straight": RATES["T"]}
Numbers = Mapping[str, tuple[int, ...]]


def wide(numbers: Numbers, title: str = "", name: str = "NB{}") -> str:
    rows = [",".join((time, *(str(own[n]) for own in numbers.values()))) for n, time in enumerate(TIMES)]
    return "\n".join([*([title] if title else []), ",".join(("time", *(name.format(turn) for turn in numbers))), *rows])


def long(numbers: Numbers, heading: str, unit: str = "") -> str:
    more = ("", "") if not unit else (",unit", f",{unit}")
    rows = [
        f"{time},NB,{turn},{own[n]}{more[1]}" for turn, own in numbers.items() for n, time in enumerate(TIMES)
    ]  # fmt: skip
    return "\n".join([f'time,approach,movement,"{heading}"{more[0]}', *rows])


def merged(numbers: Numbers, over: str, below: str = "") -> str:
    rows = [",".join((time, *(str(own[n]) for own in numbers.values()))) for n, time in enumerate(TIMES)]
    return "\n".join([f",{over},", "Start Time,Left,Thru", *([below] if below else []), *rows])


def read(folder: Path, text: str) -> Found:
    (folder / "counts.csv").write_text(text, encoding="utf-8")
    return read_found(folder / "counts.csv")


def counted(found: Found) -> Numbers:
    by_movement: dict[str, list[int]] = defaultdict(list)
    for count in sorted(found.counts, key=lambda one: one.begin_s):
        by_movement[count.movement].append(count.vehicles)
    return {movement: tuple(own) for movement, own in by_movement.items()}


@pytest.mark.parametrize(
    "text",
    [
        wide(RATES, "Volumes in veh/h"),
        wide(RATES, "Hourly flow rates"),
        wide(RATES, name="NB{} (veh/h)"),
        merged(RATES, "Northbound").replace("Left,Thru", '"Left, vph","Thru, vph"'),
        wide(RATES, "Units:,vph"),
        wide(RATES, '"Интенсивность движения, приведённая к часу"'),
        wide(RATES, '"Интенсивность, ед./ч"'),
        wide(RATES, '"Қарқындылық, авт/сағ"'),
        wide(RATES, "Traffic (v.p.h.)"),
        wide(RATES, "v/h"),
        wide(RATES, "Rates per hour"),
        wide(RATES, "Интенсивность транспортных средств в час"),
        wide(RATES, "Машин в час"),
        wide(RATES, "т.с./ч"),
        long(RATES, "count, veh/h"),
        long(RATES, "авт/ч"),
        long(RATES, "hourly flow rate"),
        long(RATES, "интенсивность (ед/ч)"),
        long(RATES, "count", "vehicles per hour"),
        merged(RATES, "Northbound (veh/h)"),
        merged(RATES, "Northbound", ",vph,vph"),
        "Flow rate in vph\napproach,movement,7:00,7:15,7:30,7:45\nNB,Left,40,42,46,50\n,Thru,400,440,480,402",
    ],
)  # fmt: skip
def test_rates_an_hour_are_counted_by_the_length_of_their_interval(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, text)
    assert counted(found) == COUNTED
    assert {count.approach for count in found.counts} == {"NB"}
    (said,) = (remark for remark in found.remarks if "rates an hour" in remark)
    assert "intervals of 15 minutes count their share" in said


@pytest.mark.parametrize(
    "text",
    [
        wide(TOTALS, "Cumulative counts"),
        wide(TOTALS, "Количество нарастающим итогом"),
        wide(TOTALS, "Жинақталған саны"),
        long(TOTALS, "running total"),
        long(TOTALS, "накопленное количество"),
        merged(TOTALS, "Northbound cumulative"),
    ],
)
def test_running_totals_count_what_each_adds(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, text)
    assert counted(found) == PLAIN
    assert {count.approach for count in found.counts} == {"NB"}
    assert any("says running totals; what each adds is counted" in remark for remark in found.remarks)


@pytest.mark.parametrize(
    "text",
    [
        wide(RATES, "Turning counts; saturation 1900 veh/h"),
        wide(RATES, "Peak hour flow rate,1704"),
        wide(RATES, "Peak hour: 1704 veh/h"),
        wide(RATES, "Design hourly volume 950"),
        wide(RATES, "Интенсивность в час пик"),
        wide(RATES, "Wind 15 km per hour"),
        wide(RATES, "Volumes by hour and direction"),
        wide(RATES, "Часовая интенсивность") + "\nTotal,178,1722",
        long(RATES, "count").replace("movement", "movement,veh/h").replace(",L,", ",L,160,").replace(",T,", ",T,9,"),
        wide(RATES, "15-minute counts (hourly volumes below)"),
        wide(RATES, "Cumulative per cent in %"),
    ],
)
def test_counts_stay_counts(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, text)
    assert counted(found) == PLAIN
    assert not any("says" in remark for remark in found.remarks)


def test_an_hours_counts_are_its_rates(tmp_path: Path) -> None:
    text = wide(RATES, "veh/h").replace("7:15", "8:00").replace("7:30", "9:00").replace("7:45", "10:00")
    assert counted(read(tmp_path, text)) == PLAIN


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (long(RATES, "Прив. ед./ч"), "row 1: no header with a column 'junction', no approaches over turns"),
        (wide(RATES, "Интенсивность, прив. ед/ч"), "volumes reduced to passenger cars are not taken for vehicles"),
        (wide(RATES, "veh/h") + "\nTotal,178,1722", "row 1 column 1: 'veh/h' says rates an hour, and row 7 adds the"),
        (wide(RATES, "Часовая интенсивность"), "'Часовая интенсивность' over intervals of 15 minutes: counts or rates"),
        *((wide(RATES, title), f"'{title}' over intervals of 15 minutes: counts or rates an hour?") for title in (
            "Volume per hour", "Hourly equivalents", "Factored to hourly", "Интенсивность движения в час",
            "Бір сағатта")),
        (wide(RATES, "Volume: pc/h"), "volumes reduced to passenger cars are not taken for vehicles"),
        (wide(RATES, "Hourly volumes"), "'Hourly volumes' over intervals of 15 minutes: counts or rates an hour?"),
        (merged(RATES, "Northbound veh/h").replace(",North", "Vehicles per 15 min\n,North"), "contradict each other"),
        (wide(TOTALS, "cumulative, veh/h"), "contradict each other; write over the numbers what they are"),
        (wide({**TOTALS, "L": (40, 82, 80, 178)}, "cumulative"),
         "row 5 column 2: the running total falls from 82 to 80 at 07:30; correct it"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        read(tmp_path, text)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_numbers_that_all_grow_are_warned_of(tmp_path: Path) -> None:
    more = TOTALS | {"R": (1, 2, 4, 9)}
    assert any("as running totals do" in remark for remark in read(tmp_path, wide(more)).remarks)
    assert not read(tmp_path, wide(more | {"R": (1, 2, 2, 9)})).remarks
