"""Which candidates were simulated with which of a few seeds."""

from zhasyl.optimise.search.tried import Tried


def test_each_takes_the_seeds_in_turn_from_its_place_on() -> None:
    tried = Tried([4, 5, 6])
    assert [tried.seed(key) for key in "abcd"] == [4, 5, 6, 4]
    assert [tried.seed("b"), tried.seed("b")] == [6, 4]


def test_what_comes_next_has_a_seed_left_and_is_not_asked_already() -> None:
    tried = Tried([1, 2])
    for key in "aab":
        tried.seed(key)
    assert tried.following(["a", "b", "c"], [], fresh=False) == 1
    assert tried.following(["a", "b", "c"], [], fresh=True) == 2
    assert tried.following(["a", "b"], [], fresh=True) == 1
    assert tried.following(["a", "b", "c"], ["b"], fresh=False) == 2
    assert tried.following(["a"], [], fresh=False) is None
