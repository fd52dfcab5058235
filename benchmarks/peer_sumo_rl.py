"""Run inside an environment that has sumo-rl: one hour under max-pressure through its own environment class.

    python peer_sumo_rl.py NET ROUTES BEGIN_S SECONDS

Every 5 s each signal shows the green phase with the most vehicles upstream less those downstream; yellow 3 s,
least green 5 s: our max-pressure's interval and the benchmark's timings. Prints how often a signal changed, so
that a run stuck in one stage cannot pass for a fast one. Nothing of zhasyl is imported here.
"""

import os
import sys
from typing import Any


def best_phase(signal: Any) -> int:
    """The green phase of most pressure."""
    lane = signal.sumo.lane.getLastStepVehicleNumber
    links = signal.sumo.trafficlight.getControlledLinks(signal.id)
    counts: dict[str, int] = {}

    def vehicles(name: str) -> int:
        if name not in counts:
            counts[name] = lane(name)
        return counts[name]

    pressures = []
    for phase in signal.green_phases:
        green = [link[0] for link, shown in zip(links, phase.state, strict=True) if link and shown in "gG"]
        incoming, outgoing = {link[0] for link in green}, {link[1] for link in green}
        pressures.append(sum(map(vehicles, incoming)) - sum(map(vehicles, outgoing)))
    return pressures.index(max(pressures))


def main() -> None:
    """Simulate and say how many changes there were."""
    from sumo_rl import SumoEnvironment  # type: ignore[import-not-found,import-untyped,unused-ignore]

    net, routes, begin_s, seconds = sys.argv[1:]
    environment = SumoEnvironment(
        net_file=net, route_file=routes, begin_time=int(begin_s), num_seconds=int(seconds), delta_time=5,
        yellow_time=3, min_green=5, single_agent=False, sumo_seed=1, sumo_warnings=False,
    )  # fmt: skip
    environment.reset()
    shown: dict[str, int] = {}
    changes, done = 0, False
    while not done:
        signals = environment.traffic_signals
        actions = {name: best_phase(signal) for name, signal in signals.items() if signal.time_to_act}
        changes += sum(shown.get(name) != phase for name, phase in actions.items())
        shown |= actions
        _, _, dones, _ = environment.step(actions)
        done = dones["__all__"]
    print(f"{len(environment.ts_ids)} signals, {changes} changes, {environment.sim_step:g} s", flush=True)
    os._exit(0)  # sumo-rl closes its connections twice


if __name__ == "__main__":
    main()
