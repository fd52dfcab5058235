"""Which line a bus runs on: what the demand says, of the others of its flow too, or its flow's name."""

from pathlib import Path

import numpy as np

from zhasyl.files.columns import Table, coded, texts
from zhasyl.sumo.outputs.lines import lines_of, with_lines
from zhasyl.sumo.outputs.passages import read_routes


def test_a_line_is_what_the_demand_says_or_the_flow() -> None:
    told = {"line.65.0.0": "65", "line.65.0.1": "65", "x": "7"}
    buses = ["line.65.0.1", "line.65.0.2", "x", "50R_frequency3.17", "tram.north", "bus"]
    assert lines_of(buses, told) == ["65", "65", "7", "50R_frequency3", "tram.north", "bus"]


def test_cars_have_no_line_whatever_the_demand_says() -> None:
    trips = Table({
        "trip_id": texts(["car.1", "bus.1", "tram.1"]),
        "vehicle_class": coded(["passenger", "bus", "tram"]),
        "delay_s": np.zeros(3),
    })  # fmt: skip
    assert np.asarray(with_lines(trips, {"car.1": "65"})["line"]).tolist() == ["", "bus", "tram"]


def test_the_output_of_routes_tells_lines(tmp_path: Path) -> None:
    raw = tmp_path / "routes.xml"
    raw.write_text(
        '<routes><vehicle id="a" line="65"><route edges="x y" exitTimes="1 2"/></vehicle>'
        '<vehicle id="b"><route edges="x" exitTimes="-1"/></vehicle></routes>',
        encoding="utf-8",
    )
    assert dict(read_routes(raw).lines) == {"a": "65"}


def test_a_line_whose_name_has_marks_of_xml_is_read_as_it_is(tmp_path: Path) -> None:
    """SUMO writes it without escaping: no document."""
    raw = tmp_path / "routes.xml"
    raw.write_text(
        '<routes>\n<vehicle id="a" type="bus" line="M&S <"express"> \u00e4" arrival="2.00">\n'
        '<route edges="x y" exitTimes="1 2"/></vehicle>\n<vehicle id="b" line="65"/>\n</routes>',
        encoding="utf-8",
    )
    routes = read_routes(raw)
    assert dict(routes.lines) == {"a": 'M&S <"express"> ä', "b": "65"}
    assert routes.edges.tolist() == [0, 1]
