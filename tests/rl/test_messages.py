"""What an episode says in bytes."""

import numpy as np

from zhasyl.rl.messages import Form, answer, chosen


def test_a_message_reads_as_it_was_written() -> None:
    form = Form(2, 3)
    rows = [[5.0, 1.0, 2.0, 1.0, 0.0], [0.0, 2.0, 0.0, 0.0, 7.0]]
    news = form.read(form.news(False, 25205.5, [-1.25, 0.1], [range(3), range(2, 3)], rows))
    assert (news.ended, news.time_s, news.rewards.tolist()) == (False, 25205.5, [-1.25, 0.1])
    assert news.granted.tolist() == [[1, 1, 1], [0, 0, 1]]
    assert news.counts.tolist() == rows[0] + rows[1]


def test_an_answer_reads_as_it_was_written() -> None:
    assert list(chosen(answer(np.array([0, 3])))) == [0, 3]
