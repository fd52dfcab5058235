"""The measures of a run from its tables: what `zhasyl.measures` defines, worked out."""

from typing import Any

import numpy as np
import numpy.typing as npt

from zhasyl.measures import (
    EMITTED,
    EXPLAIN_EMISSIONS,
    GRIDLOCK_WAITING_S,
    MEASURE_BY_KEY,
    OF_QUEUES,
    OF_TRIPS,
    PUBLIC_TRANSPORT,
    QUEUED_CAR_M,
    Columns,
)
from zhasyl.sumo.outputs.sampled import total_of_sample

Array = npt.NDArray[Any]


def trip_measures(trips: Columns, emissions: float = 1.0) -> dict[str, float]:
    """Measures of the trips table; means over all planned trips, NaN when there are none.

    emissions is the share of the vehicles whose emissions were measured; below 1 standard errors come with them.
    """
    if not len(trips):
        return {key: 0 if MEASURE_BY_KEY[key].unit in ("veh", "kg", "g") else float("nan") for key in OF_TRIPS}
    departed, arrived, removed = (np.asarray(trips[name], dtype=bool) for name in ("departed", "arrived", "removed"))
    delay_s, persons = np.asarray(trips["delay_s"]), np.asarray(trips["persons"])
    return {
        "delay_s": float(delay_s.mean()),
        "delay_median_s": float(np.median(delay_s)),
        "delay_p95_s": float(np.quantile(delay_s, 0.95)),
        "time_loss_s": float(np.asarray(trips["time_loss_s"]).mean()),
        "waiting_s": float(np.asarray(trips["waiting_s"]).mean()),
        "stops": float(np.asarray(trips["stops"]).mean()),
        "loaded_veh": len(trips),
        "arrived_veh": int(arrived.sum()),
        "unfinished_veh": int((departed & ~arrived & ~removed).sum()),
        "not_inserted_veh": int((~departed).sum()),
        **_emission_measures(trips, emissions),
        "trip_time_s": _mean(np.asarray(trips["duration_s"])[arrived]),
        "person_delay_s": float((delay_s * persons).sum() / persons.sum()),
        "bus_delay_s": _mean(delay_s[np.isin(np.asarray(trips["vehicle_class"], dtype=str), PUBLIC_TRANSPORT)]),
        "longest_wait_s": float(_waits_s(trips).max()),
    }


def _emission_measures(trips: Columns, share: float) -> dict[str, float]:
    """What the trips emit: summed where every vehicle was measured, estimated where a share was, NaN where none was."""
    found: dict[str, float] = {}
    for name, key, error, unit_g in EMITTED:
        values_g = np.asarray(trips[name], dtype=float)
        if share >= 1:
            found[key] = float(np.nan_to_num(values_g).sum()) / unit_g
        elif share <= 0:
            found[key] = float("nan")
        else:
            inside = np.asarray(trips["departed"], dtype=bool)  # the others emit nothing and are not drawn
            known = np.column_stack([np.asarray(trips[term], dtype=float)[inside] for term in EXPLAIN_EMISSIONS])
            _, kinds = np.unique(np.asarray(trips["type"], dtype=str)[inside], return_inverse=True)
            found[key], found[error] = (part / unit_g for part in total_of_sample(values_g[inside], known, kinds))
    return found


def walk_measures(lost_s: Array) -> dict[str, float]:
    """Measures of the time lost in each walk, NaN where nobody walks."""
    return {"walker_delay_s": _mean(lost_s)}


def movement_measures(movement: Array, lost_s: Array) -> dict[str, float]:
    """Measures of passages, each with the number of its movement and the time lost; NaN where nobody passed."""
    vehicles = np.bincount(movement)
    means_s = np.bincount(movement, lost_s)[vehicles > 0] / vehicles[vehicles > 0]
    return {"movement_delay_p95_s": float(np.quantile(means_s, 0.95)) if len(means_s) else float("nan")}


def _mean(values: Array) -> float:
    return float(values.mean()) if len(values) else float("nan")


def queue_measures(
    queue_veh: Array,
    back_m: Array,
    storage_m: Array,
) -> dict[str, float]:
    """Measures of queues, arrays [instant, lane group], in storage [lane group]; zeros for a network without them."""
    if queue_veh.size == 0:
        return dict.fromkeys(OF_QUEUES, 0)
    return {
        "queue_mean_veh": float(queue_veh.sum(axis=1).mean()),
        "queue_max_veh": int(queue_veh.max()),
        "back_of_queue_p95_m": float(np.quantile(back_m.max(axis=1), 0.95)),
        "overflow_share": float(is_full(back_m, storage_m).mean()),
    }


def is_full(back_m: Array, storage_m: Array) -> Array:
    """Where a queue leaves no room for another car in its storage."""
    full: Array = (back_m > 0) & (back_m > storage_m - QUEUED_CAR_M)
    return full


def is_cut_off(back_m: Array, storage_m: Array) -> bool:
    """Does the back of queue that the 95th percentile shows reach the end of its storage? It may be farther then."""
    if back_m.size == 0:
        return False
    longest = back_m.argmax(axis=1)
    longest_m = np.take_along_axis(back_m, longest[:, None], axis=1)[:, 0]
    order = longest_m.argsort(kind="stable")
    at = order[min(int(np.searchsorted(np.sort(longest_m), np.quantile(longest_m, 0.95))), len(order) - 1)]
    return bool(is_full(longest_m[at], storage_m[longest[at]]))


def is_gridlocked(trips: Columns) -> bool:
    """Does any planned trip wait over 900 s in all, in the network or for its insertion?"""
    return bool((_waits_s(trips) > GRIDLOCK_WAITING_S).any())


def _waits_s(trips: Columns) -> Array:
    waits_s: Array = np.asarray(trips["waiting_s"]) + np.asarray(trips["depart_delay_s"])
    return waits_s
