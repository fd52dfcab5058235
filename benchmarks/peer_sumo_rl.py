"""Run inside an environment that has sumo-rl: one hour under max-pressure through its own environment class.

    python peer_sumo_rl.py NET ROUTES BEGIN_S SECONDS [--lean] [--rotate] [--nothing]

Every 5 s each signal shows the green phase of most pressure, summed over its movements as ours does; yellow 3 s,
least green 5 s: our max-pressure's interval and the benchmark's timings. Summed over lanes instead, the vehicles of an
exit lane weigh as if they were in the way of every movement, and cologne8 jams: seven times our vehicle-seconds, no
longer the same job. `--lean` switches off the figures that the
environment collects at each step for its `info`. `--rotate` shows the phases in turn, 30 s each, and `--nothing` only
imports: for benchmarks/rl.py. Prints as JSON how often signals really changed, how many never left
their first green phase (so that a stuck run cannot pass for a fast one) and the vehicle-seconds simulated.
Nothing of zhasyl is imported here.
"""

import json
import os
import sys
from typing import Any

ROTATE_S = 30.0


def best_phase(signal: Any) -> int:
    """The green phase of most pressure, summed over its movements; the lowest index wins a tie."""
    lane = signal.sumo.lane
    links = signal.sumo.trafficlight.getControlledLinks(signal.id)
    pressures = []
    for phase in signal.green_phases:
        green = {link[0][:2] for link, shown in zip(links, phase.state, strict=True) if link and shown in "gG"}
        pressures.append(sum(pressure(lane, *movement) for movement in green))
    return pressures.index(max(pressures))


def pressure(lane: Any, incoming: str, outgoing: str) -> int:
    """Vehicles on the incoming lane less those halted on the exit; none where nobody comes."""
    vehicles: int = lane.getLastStepVehicleNumber(incoming)
    return vehicles - lane.getLastStepHaltingNumber(outgoing) if vehicles else 0


def main() -> None:
    """Simulate and say how many changes there were."""
    from sumo_rl import SumoEnvironment  # type: ignore[import-not-found,import-untyped,unused-ignore]

    net, routes, begin_s, seconds, *options = sys.argv[1:]
    if "--nothing" in options:
        import libsumo  # noqa: F401

        return
    informed, rotate = "--lean" not in options, "--rotate" in options
    environment = SumoEnvironment(
        net_file=net, route_file=routes, begin_time=int(begin_s), num_seconds=int(seconds), delta_time=5,
        yellow_time=3, min_green=5, single_agent=False, sumo_seed=1, sumo_warnings=False,
        add_system_info=informed, add_per_agent_info=informed,
    )  # fmt: skip
    environment.reset()
    signals = environment.traffic_signals
    shown = {name: signal.green_phase for name, signal in signals.items()}
    held: dict[str, dict[int, float]] = {name: {} for name in signals}
    changes, vehicle_s, now_s, done = 0, 0.0, float(begin_s), False
    while not done:
        turn = int(now_s // ROTATE_S)
        asked = {name: signal for name, signal in signals.items() if signal.time_to_act}
        actions = {name: turn % one.num_green_phases if rotate else best_phase(one) for name, one in asked.items()}
        _, _, dones, _ = environment.step(actions)
        passed_s, now_s = environment.sim_step - now_s, environment.sim_step
        vehicle_s += passed_s * environment.sumo.vehicle.getIDCount()
        for name, signal in signals.items():
            changes += shown[name] != signal.green_phase
            shown[name] = signal.green_phase
            held[name][signal.green_phase] = held[name].get(signal.green_phase, 0.0) + passed_s
        done = dones["__all__"]
    choosing = [phases for name, phases in held.items() if signals[name].num_green_phases > 1]
    stuck = sum(len(phases) == 1 for phases in choosing)
    said = {"signals": len(choosing), "stuck": stuck, "changes": changes, "vehicle_s": vehicle_s, "end_s": now_s}
    print("\n" + json.dumps(said), flush=True)  # on a line of its own, beside what SUMO prints
    os._exit(0)  # sumo-rl closes its connections twice


if __name__ == "__main__":
    main()
