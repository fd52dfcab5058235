"""People who cross become walkers who cross there and nowhere else; the fit counts them as it counts vehicles."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from zhasyl.scenarios import load_scenario
from zhasyl.scenarios.counts.placed import place_counts
from zhasyl.scenarios.counts.read import read_found
from zhasyl.scenarios.counts.walkers import assigned, walkable, write_people
from zhasyl.scenarios.demand.crossings import Ways
from zhasyl.scenarios.demand.volumes import Walk
from zhasyl.sumo.net_file import read_network
from zhasyl.sumo.xml_files import top_elements

TinyNetwork = Callable[[str], Path]
SHEET = """Start Time;Northbound;;;Southbound;;;Eastbound;;;Westbound;;
;Thru;Peds;Bikes;Thru;Peds;Bikes;Thru;Peds;Bikes;Thru;Peds;Bikes
7:00;10;8;1;12;0;0;20;6;2;18;4;0
7:15;11;9;1;13;0;0;21;7;2;19;5;0
"""


def counts_file(folder: Path, text: str = SHEET) -> Path:
    path = folder / "counts.csv"
    path.write_text(text, "utf-8")
    return path


def test_each_walk_leads_over_the_counted_crossing_alone(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    network = read_network(load_scenario(str(tiny_network("crossroads-with-crossings"))).net_file)
    path = counts_file(tmp_path)
    found = read_found(path)
    crossed, remarks = walkable(place_counts(path, found.counts, network, found.crossings).crossed, network)
    assert remarks == ()
    people = write_people(crossed, tmp_path, 450.0, 25_200.0)
    ways = Ways(network)
    over: Counter[tuple[str, ...]] = Counter()
    for person in top_elements(people):
        if person.tag == "person":
            walk = person.find("walk")
            assert walk is not None
            depart_m, arrival_m = float(person.get("departPos", "")), float(walk.get("arrivalPos", ""))
            roads = tuple(walk.get("edges", "").split())
            if float(person.get("depart", "")) >= 25_200:
                over[(person.get("type", ""), *sorted(ways.crossings(Walk(roads, depart_m, arrival_m))))] += 1
    by_name = {one.name[1:]: sum(count.crossing.people for count in one.counts) for one in crossed}
    assert by_name == {
        ("crossing:south", "on foot"): 17, ("crossing:south", "by bicycle"): 2, ("crossing:north", "on foot"): 0,
        ("crossing:north", "by bicycle"): 0, ("crossing:west", "on foot"): 13, ("crossing:west", "by bicycle"): 4,
        ("crossing:east", "on foot"): 9, ("crossing:east", "by bicycle"): 0,
    }  # fmt: skip
    assert sorted(over.values()) == [2, 4, 9, 13, 17]
    assert all(len(key) == 2 for key in over)
    assert sum(assigned(crossed, people).values()) == 45


def test_people_where_there_is_no_crossing_are_said(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    network = read_network(load_scenario(str(tiny_network("crossroads-shared-lanes"))).net_file)
    path = counts_file(tmp_path)
    found = read_found(path)
    crossed, remarks = walkable(place_counts(path, found.counts, network, found.crossings).crossed, network)
    assert crossed == ()
    assert "'centre': no crossing on the southern arm; 17 people on foot are left out" in remarks
