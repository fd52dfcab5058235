"""A made-up GTFS feed of a made-up town: one bus line each way through three junctions, a tram that does not count."""

import zipfile
from pathlib import Path

from tests.scenarios.osm.osm_town import BLOCK_DEG

KERB_DEG = 0.00006  # 7 m beside the middle of the road


def stop(name: str, column: float, side: float) -> str:
    """A stop beside the street of row 1; side -1 is the south kerb, where traffic goes east."""
    return f"{name},{name} street,{BLOCK_DEG + side * KERB_DEG:.6f},{column * BLOCK_DEG:.6f}\n"


STOPS = "stop_id,stop_name,stop_lat,stop_lon\n" + "".join(
    (stop("e1", 0.5, -1), stop("e2", 1.5, -1), stop("e3", 2.5, -1), stop("w3", 2.5, 1), stop("w2", 1.5, 1),
     stop("w1", 0.5, 1), stop("far", 99, 1))
)  # fmt: skip
ROUTES = "route_id,route_short_name,route_long_name,route_type\nr,37,,3\nt,1,,0\n"
TRIPS = "route_id,service_id,trip_id\nr,week,out\nr,week,back\nr,sunday,late\nt,week,tram\n"
TIMES = """trip_id,arrival_time,departure_time,stop_id,stop_sequence
out,8:00:00,8:00:00,far,1
out,8:10:00,8:10:20,e1,2
out,,,e2,3
out,8:14:00,8:14:00,e3,4
back,08:20:00,08:20:00,w3,1
back,08:22:00,08:22:30,w2,2
back,08:24:00,08:24:00,w1,3
late,09:00:00,09:00:00,e1,1
late,09:02:00,09:02:00,e2,2
tram,08:00:00,08:00:00,e1,1
tram,08:02:00,08:02:00,e2,2
"""
CALENDAR = """service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
week,1,1,1,1,1,0,0,20260302,20260329
sunday,0,0,0,0,0,0,1,20260302,20260329
"""
DATES = "service_id,date,exception_type\nweek,20260304,2\nsunday,20260304,1\n"
FREQUENCIES = "trip_id,start_time,end_time,headway_secs\nout,07:00:00,10:00:00,600\n"
TABLES = {
    "stops": STOPS, "routes": ROUTES, "trips": TRIPS, "stop_times": TIMES, "calendar": CALENDAR,
    "frequencies": FREQUENCIES,
}  # fmt: skip


def feed(folder: Path, tables: dict[str, str] | None = None, inside: str = "", leave: str = "") -> Path:
    """The feed as a zip, some of its tables others, one left out."""
    path = folder / "feed.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**TABLES, **(tables or {})}.items():
            if name != leave:
                archive.writestr(f"{inside}{name}.txt", text)
    return path
