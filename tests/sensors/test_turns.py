"""How the shares of a shared lane are learnt from counts at exits, and dealt out."""

import numpy as np

from zhasyl.sensors.loop_lane import LoopLane
from zhasyl.sensors.shares import Shares
from zhasyl.sensors.turns import Turns


def test_vehicles_are_dealt_out_as_the_shares_say() -> None:
    shares = Shares([3.0, 1.0])
    dealt = [shares.next() for _ in range(400)]
    assert dealt.count(1) == 100
    assert all(dealt[n : n + 8].count(1) == 2 for n in range(0, 400, 8))


def test_shares_follow_what_was_seen_and_forget() -> None:
    shares = Shares([3.0, 1.0])
    for _ in range(300):
        shares.saw(1)
    assert shares.shares()[1] > 0.98
    for _ in range(300):
        shares.saw(0)
    assert shares.shares()[1] < 0.02


def test_exits_teach_a_lane_where_its_vehicles_turn() -> None:
    """Four of five turn where one of four was expected, beside a lane that goes straight on only."""
    shared = LoopLane((0, 1), Shares([3.0, 1.0]), 20.0, 80.0, None, None)
    straight = LoopLane((0,), Shares([1.0]), 20.0, 80.0, None, None)
    turns, chance = Turns([shared, straight], {0: "out", 1: "side"}), np.random.default_rng(1)
    at_exit: dict[int, str] = {}
    for second in range(1500):
        if second % 3 == 0:
            shared.crossing.append(float(second))
            straight.crossing.append(float(second))
            at_exit[second + 3] = "side" if chance.random() < 0.8 else "out"
        turned = at_exit.get(second)
        turns.count_exit(
            "out", [f"s{second}"] * (second in at_exit) + [f"v{second}"] * (turned == "out"), float(second)
        )
        turns.count_exit("side", [f"v{second}"] * (turned == "side"), float(second))
    assert abs(shared.turns.shares()[1] - 0.8) < 0.12
