"""Which stages a plan may show in which order: nobody loses a green or its protection, what stays is in every one."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import crossroads
from tests.optimise.plans.problems import planned
from zhasyl.optimise.plans.choices import MOST_SEQUENCES, SignalChoice, batch_of, sequences_of
from zhasyl.signals import GREEN, Signal, SignalPlan


def shown(signal: Signal, stages: tuple[int, ...], lights: str) -> set[int]:
    """Links that one of the stages gives one of these lights."""
    return {link for s in stages for link, light in enumerate(signal.stages[s].state) if light in lights}


@settings(max_examples=40)
@given(planned(), st.data())
def test_no_sequence_takes_a_green_a_protection_or_a_stage_that_stays(signal: Signal, data: st.DataObject) -> None:
    staying = data.draw(st.frozensets(st.sampled_from(range(len(signal.stages))), max_size=2))
    sequences = sequences_of(signal, signal.plan, staying)
    assert sequences[0] == tuple(range(len(signal.plan.stages)))
    assert len(set(sequences)) == len(sequences) <= MOST_SEQUENCES
    walks_alone = {
        s
        for s in range(len(signal.stages))
        if shown(signal, (s,), "Gg") and shown(signal, (s,), "Gg") <= signal.pedestrian_links
        and not signal.serves[s].any()
    }  # fmt: skip
    for sequence in sequences[1:]:
        stages = tuple(signal.plan.stages[place] for place in sequence)
        assert len(set(stages)) > 1
        assert shown(signal, stages, "".join(GREEN)) == shown(signal, signal.plan.stages, "".join(GREEN))
        assert shown(signal, stages, "G") == shown(signal, signal.plan.stages, "G")
        assert staying <= set(stages)
        assert walks_alone <= set(stages)
        assert all(old != new for old, new in pairwise([*stages, stages[0]]))
        assert sequence[0] == min(sequence)


def test_a_stage_whose_greens_are_in_others_is_left_out_and_the_order_changed() -> None:
    signal = crossroads()
    twice = SignalPlan((0, 1, 0, 1), (20.0, 20.0, 20.0, 20.0), 96.0)
    found = sequences_of(signal, twice)
    assert found[0] == (0, 1, 2, 3)
    assert {(0, 1), (0, 3), (1, 2), (2, 3)} <= set(found)
    assert (0, 2) not in found  # the side road would have no green
    assert sequences_of(signal, signal.plan) == ((0, 1),)


def test_a_batch_is_its_plans() -> None:
    signal = crossroads()
    choice = SignalChoice(signal, signal.plan, ((0, 1),), (5.0, 5.0))
    plans = [{"J": SignalPlan((0, 1), (20.0, 32.0), 60.0, 7.0)}, {"J": SignalPlan((0, 1), (10.0, 12.0), 30.0)}]
    batch = batch_of(plans, [choice])
    assert len(batch) == 2
    assert [batch.plans(number, [choice]) for number in range(2)] == plans
    assert choice.lost_s.tolist() == [8.0]
    assert choice.shortest_s.tolist() == [18.0]
