"""A set of counts as planners' sheets: rows of cells by sheet, in each layout, and files of them."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

MOVEMENTS = ("left", "straight", "right")
APPROACHES = ("NB", "SB", "EB", "WB")
BOUND = {"NB": "Northbound", "SB": "Southbound", "EB": "Eastbound", "WB": "Westbound"}
FROM = {"NB": "с юга", "SB": "Северный подход", "EB": "Западный подход", "WB": "с востока"}
KAZAKH = {"NB": "оңтүстіктен", "SB": "солтүстіктен", "EB": "батыстан", "WB": "шығыстан"}
DEGREES = {"NB": "180°", "SB": "0°", "EB": "270°", "WB": "90°"}
TURNS = {"left": "Left", "straight": "Thru", "right": "Right"}
RUSSIAN = {"left": "налево", "straight": "прямо", "right": "направо"}
IN_KAZAKH = {"left": "солға", "straight": "тура", "right": "оңға"}
STREETS = {"NB": "Side St", "SB": "Side St", "EB": "Main Ave", "WB": "Main Ave"}

Rows = list[list[Any]]
Sheets = dict[str, Rows]
Key = tuple[str, str, str, int]
"""Approach, movement, class and the number of the interval."""


@dataclass(frozen=True)
class CountSet:
    """Vehicles of each movement, class and interval from 7:00, and who crosses each approach's arm."""

    minutes: int
    vehicles: Mapping[Key, int]
    people: Mapping[tuple[str, int], int]

    @property
    def intervals(self) -> range:
        return range(1 + max(number for *_, number in self.vehicles))

    @property
    def classes(self) -> list[str]:
        return sorted({name for _, _, name, _ in self.vehicles})

    def clock(self, number: int) -> str:
        minutes = 7 * 60 + number * self.minutes
        return f"{minutes // 60}:{minutes % 60:02}"

    def half_day(self, number: int) -> str:
        minutes = 7 * 60 + number * self.minutes
        hour = minutes // 60
        return f"{(hour - 1) % 12 + 1:02}:{minutes % 60:02} {'AM' if hour < 12 else 'PM'}"


def long(counts: CountSet, header: Sequence[str] = ("junction", "approach", "movement", "class", "begin", "end",
    "count"),
         approaches: Mapping[str, str] | None = None, turns: Mapping[str, str] | None = None) -> Rows:  # fmt: skip
    rows: Rows = [list(header)]
    for (approach, movement, name, number), vehicles in counts.vehicles.items():
        rows.append([
            "centre", (approaches or {}).get(approach, approach), (turns or {}).get(movement, movement), name,
            counts.clock(number), counts.clock(number + 1), vehicles,
        ])  # fmt: skip
    return rows


def merged(
    counts: CountSet,
    name: str,
    approaches: Mapping[str, str] = BOUND,
    turns: Mapping[str, str] = TURNS,
    streets: bool = False,
    people: bool = True,
) -> Rows:
    """Approaches over turns, with titles, sums, shares and the peak hour told again."""
    over: list[Any] = [None]
    street: list[Any] = [None]
    under: list[Any] = ["Start Time"]
    for approach in APPROACHES:
        over += [approaches[approach], *[None] * 4]
        street += [STREETS[approach], *[None] * 4]
        under += [*(turns[movement] for movement in MOVEMENTS), "Peds", "App. Total"]
    rows: Rows = [
        ["Counts of the county"],
        ["Site Code : 00000012"],
        ["Start Date : 9/2/2026"],
        ["Groups Printed- All"],
    ]
    rows += [street] if streets else []
    rows += [[*over, None], [*under, "Int. Total"]]
    body = [_bin(counts, name, number, people) for number in counts.intervals]
    rows += body
    sums = [sum(row[i] or 0 for row in body) for i in range(1, len(body[0]))]
    rows += [["Grand Total", *sums], ["Apprch %", *[12.5] * len(sums)], [f"Peak Hour Analysis From {body[0][0]}"]]
    rows += [list(row) for row in body[:4]]
    rows += [["Total Volume", *sums], ["PHF", *[0.9] * len(sums)]]
    return rows


def _bin(counts: CountSet, name: str, number: int, people: bool) -> list[Any]:
    row: list[Any] = [counts.half_day(number)]
    whole = 0
    for approach in APPROACHES:
        own = [counts.vehicles.get((approach, movement, name, number)) for movement in MOVEMENTS]
        walks = counts.people.get((approach, number)) if people else None
        total = sum(value or 0 for value in (*own, walks))
        row += [*own, walks, total]
        whole += total
    return [*row, whole]


def by_class(counts: CountSet, people: bool = True) -> Sheets:
    """One sheet a class, and one that adds them."""
    names = {"car": "Lights", "truck": "Trucks", "bus": "Buses"}
    sheets = {names[name]: merged(counts, name, people=people and name == "car") for name in counts.classes}
    return {**sheets, "Total": merged(counts, "car")} if len(sheets) > 1 else sheets


def classes_under_turns(counts: CountSet) -> Rows:
    """Three rows of header: approaches over turns over classes."""
    over, turns, under = [""], [""], ["Time"]
    for approach in APPROACHES:
        for movement in MOVEMENTS:
            over.append(BOUND[approach] if movement == MOVEMENTS[0] else "")
            turns.append(TURNS[movement])
            under += [{"car": "Cars", "truck": "Trucks", "bus": "Buses"}[name] for name in counts.classes]
            over += [""] * (len(counts.classes) - 1)
            turns += [""] * (len(counts.classes) - 1)
    rows: Rows = [over, turns, under]
    for number in counts.intervals:
        rows.append([f"{counts.clock(number)} - {counts.clock(number + 1)}"] + [
            counts.vehicles.get((approach, movement, name, number), "")
            for approach in APPROACHES for movement in MOVEMENTS for name in counts.classes
        ])  # fmt: skip
    return rows


def tonnage(counts: CountSet) -> Rows:
    """A column a class; trucks by tonnage, all of them in the second one."""
    rows: Rows = [
        ["Учёт интенсивности движения"],
        ["Направление", "Время", "Легковые", "Грузовые, т", "", "", "Автобусы", "Всего", "Приведённая интенсивность"],
        ["", "", "", "до 2", "2-6", "св. 14", "", "", ""],
        [1, 2, 3, 4, 5, 6, 7, 8, 9],
    ]
    for approach in APPROACHES:
        for movement in MOVEMENTS:
            for number in counts.intervals:
                own: list[Any] = [
                    counts.vehicles.get((approach, movement, name, number), "") for name in ("car", "truck", "bus")
                ]
                total = sum(value or 0 for value in own)
                rows.append([
                    f"{FROM[approach]} {RUSSIAN[movement]}" if approach in ("NB",
                        "WB") else f"{approach} {TURNS[movement]}",
                    f"{counts.clock(number)}-{counts.clock(number + 1)}", own[0], "", own[1],
                        "", own[2], total, total * 1.7,
                ])  # fmt: skip
    return [*rows, ["Итого", "", 9, 9, 9, 9, 9, 9, 9]]


def write_csv_sheet(path: Path, rows: Rows, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(["" if cell is None else cell for cell in row] for row in rows)
    return path


def write_book(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """An Excel workbook, the approaches' cells merged as a planner does."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for number, row in enumerate(rows, start=1):
            for start in (i for i, cell in enumerate(row) if cell in BOUND.values()):
                end = next((i for i in range(start + 1, len(row)) if row[i] not in (None, "")), start + 1)
                sheet.merge_cells(start_row=number, end_row=number, start_column=start + 1, end_column=end)
    book.save(path)
    return path
