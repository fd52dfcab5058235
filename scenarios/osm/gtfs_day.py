"""What runs on a day of a feed: the trips of its services, with headways from frequencies.txt as trips of their own."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

import pandas as pd

from zhasyl.errors import ScenarioError
from zhasyl.files.clock import DAY_S
from zhasyl.scenarios.osm.gtfs_feed import Feed

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
BUSES = frozenset({"3", "11", "800", *map(str, range(200, 210)), *map(str, range(700, 717))})
LONGEST_HEADWAY_S = 86_400.0
MOST_DAYS = 28  # of a calendar, among which the busiest is looked for
MOST_RUNS = 20_000


@dataclass(frozen=True)
class Halt:
    """A stop of a trip: when it leaves, in seconds after its service's midnight, and how long it stands."""

    stop: str
    leaves_s: float
    stands_s: float


@dataclass(frozen=True)
class Run:
    """Buses of one trip: a single one, or one each `headway_s`; times after midnight of the wanted day."""

    line: str
    halts: tuple[Halt, ...]
    first_s: float
    last_s: float
    headway_s: float = 0.0


def parse_day(text: str) -> dt.date:
    """A day as YYYYMMDD or YYYY-MM-DD. Raises ScenarioError."""
    try:
        return dt.datetime.strptime(text.replace("-", ""), "%Y%m%d").date()
    except ValueError:
        raise ScenarioError(f"--gtfs-date '{text[:20]}' is no day; write it as 20260302") from None


@cache
def _is_day(text: str) -> bool:
    try:
        parse_day(text)
    except ScenarioError:
        return False
    return True


class Services:
    """Which services run on which day."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._weeks = feed.table("calendar")
        self._exceptions = feed.table("calendar_dates")
        for table, rows, columns in (("calendar", self._weeks, ("start_date", "end_date")),
                                     ("calendar_dates", self._exceptions, ("date",))):  # fmt: skip
            for column in columns:
                self._check_days(table, rows[column])

    def _check_days(self, table: str, days: "pd.Series[str]") -> None:
        for row, text in days.items():
            if not (len(text) == 8 and text.isascii() and text.isdecimal() and _is_day(text)):
                raise self._feed.fault(table, row, f"{days.name} '{text[:20]}' is no day such as 20260302")

    def on(self, day: dt.date) -> set[str]:
        """The services of a day."""
        text, weeks, exceptions = f"{day:%Y%m%d}", self._weeks, self._exceptions
        runs = (weeks.start_date <= text) & (weeks.end_date >= text) & (weeks[WEEKDAYS[day.weekday()]] == "1")
        today = exceptions[exceptions.date == text]
        added, removed = (set(today.service_id[today.exception_type == kind]) for kind in ("1", "2"))
        return (set(weeks.service_id[runs]) - removed) | added

    def around(self, day: dt.date) -> dict[str, list[float]]:
        """Service → when its day begins, after midnight of a day [s]: trips of the day before may run past midnight."""
        found: dict[str, list[float]] = {}
        for days in (-1, 0, 1):
            if dt.date.min.toordinal() <= day.toordinal() + days <= dt.date.max.toordinal():
                for service in self.on(day + dt.timedelta(days)):
                    found.setdefault(service, []).append(days * DAY_S)
        return found

    def days(self) -> list[dt.date]:
        """The first days of the calendars."""
        texts = sorted({*self._weeks.start_date, *self._exceptions.date})
        if not texts:
            raise ScenarioError(f"{self._feed.path}: its calendars are empty; export the feed again")
        first, last = parse_day(texts[0]).toordinal(), dt.date.max.toordinal()
        return [dt.date.fromordinal(day) for day in range(first, min(first + MOST_DAYS, last + 1))]


def chosen_day(feed: Feed, services: Services, text: str) -> dt.date:
    """The day asked for, or of the first weeks the one with the most trips. Raises ScenarioError if nothing runs."""
    trips = feed.table("trips").service_id.value_counts().to_dict()

    def trips_on(day: dt.date) -> int:
        return sum(trips.get(service, 0) for service in services.on(day))

    if text:
        day = parse_day(text)
        if not trips_on(day):
            first = services.days()[0]
            raise ScenarioError(
                f"{feed.path}: no trip on {day}; its calendars begin on {first}; give another --gtfs-date"
            )
        return day
    day = max(services.days(), key=trips_on)
    if not trips_on(day):
        raise ScenarioError(f"{feed.path}: no trip in the first {MOST_DAYS} days of its calendars; give --gtfs-date")
    return day


def runs_of_day(
    feed: Feed, services: Mapping[str, Collection[float]], stops: Mapping[str, object], begin_s: float, end_s: float
) -> list[Run]:
    """The buses that leave one of the stops in the map between two times, each with its halts there.

    services  with the begin of each day on which they run, as `Services.around` has them
    """
    routes = feed.table("routes")
    buses = routes[routes.route_type.str.strip().isin(BUSES)]
    columns = (buses.route_id, buses.route_short_name, buses.route_long_name)
    names: dict[str, str] = {route: short or long or route for route, short, long in zip(*columns, strict=True)}
    trips = feed.table("trips", service_id=services, route_id=names)
    lines = {trip: names[route] for trip, route in zip(trips.trip_id, trips.route_id, strict=True)}
    service = dict(zip(trips.trip_id, trips.service_id, strict=True))
    times = feed.table("stop_times", trip_id=lines)
    inside = set(times.trip_id[times.stop_id.isin(stops)])
    times = times[times.trip_id.isin(inside)]
    repeated = dict(list(feed.table("frequencies", trip_id=inside).groupby("trip_id")))
    runs: list[Run] = []
    for trip, rows in times.groupby("trip_id", sort=True):
        halts, starts_s = _halts(feed, rows, stops)
        if len(halts) > 1:
            for day_s in services[service[trip]]:
                own = _runs(feed, lines[str(trip)], halts, starts_s, repeated.get(trip), begin_s - day_s, end_s - day_s)
                runs += (replace(run, first_s=run.first_s + day_s, last_s=run.last_s + day_s) for run in own)
        if len(runs) > MOST_RUNS:
            raise ScenarioError(f"{feed.path}: over {MOST_RUNS} buses in the map; take a smaller --bbox")
    return runs


def _halts(feed: Feed, rows: pd.DataFrame, stops: Mapping[str, object]) -> tuple[tuple[Halt, ...], float]:
    """The halts of a trip in the map, and when it begins anywhere; times that are blank lie evenly between others."""
    order = [feed.number("stop_times", row, "stop_sequence", text, 0, 1e9) for row, text in rows.stop_sequence.items()]
    rows = rows.assign(order=order).sort_values("order", kind="stable")
    columns = (rows.index, rows.departure_time, rows.arrival_time)
    leaves = [_leaves_s(feed, *cells) for cells in zip(*columns, strict=True)]
    known = pd.Series(leaves, dtype=float).interpolate(limit_area="inside")
    if known.isna().any():
        raise feed.fault("stop_times", rows.index[0], "the first and the last time of a trip are blank; fill them")
    halts = []
    for place, (row, stop, came) in enumerate(zip(rows.index, rows.stop_id, rows.arrival_time, strict=True)):
        if stop in stops:
            arrives_s = feed.seconds("stop_times", row, "arrival_time", came) if came.strip() else known[place]
            halts.append(Halt(stop, float(known[place]), max(0.0, float(known[place]) - arrives_s)))
    return tuple(halts), float(known[0])


def _leaves_s(feed: Feed, row: object, leaves: str, came: str) -> float:
    """When a bus leaves, else when it came; NaN where both are blank."""
    if leaves.strip():
        return feed.seconds("stop_times", row, "departure_time", leaves)
    return feed.seconds("stop_times", row, "arrival_time", came) if came.strip() else float("nan")


def _runs(
    feed: Feed, line: str, halts: tuple[Halt, ...], starts_s: float, headways: pd.DataFrame | None, begin_s: float,
    end_s: float,
) -> Iterator[Run]:  # fmt: skip
    """The buses of a trip within the time, by when they leave their first halt in the map."""
    if headways is None:
        if begin_s <= halts[0].leaves_s < end_s:
            yield Run(line, halts, halts[0].leaves_s, halts[0].leaves_s)
        return
    until_first_s = halts[0].leaves_s - starts_s
    for row, first, last, headway in zip(
        headways.index, headways.start_time, headways.end_time, headways.headway_secs, strict=True
    ):
        first_s = feed.seconds("frequencies", row, "start_time", first)
        last_s = feed.seconds("frequencies", row, "end_time", last)
        headway_s = feed.number("frequencies", row, "headway_secs", headway, 1, LONGEST_HEADWAY_S)
        if last_s <= first_s:
            raise feed.fault("frequencies", row, f"end_time {last} is not after start_time {first}")
        first_s, last_s = first_s + until_first_s, last_s + until_first_s
        if first_s < begin_s:
            first_s += headway_s * -(-(begin_s - first_s) // headway_s)
        if first_s < min(last_s, end_s):
            yield Run(line, halts, first_s, min(last_s, end_s), headway_s)
