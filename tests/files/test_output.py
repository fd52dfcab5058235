"""The folder that results go into."""

from pathlib import Path

import pytest

from zhasyl.errors import OutputError
from zhasyl.files.output import alone


def test_one_at_a_time_and_the_next_after_it(tmp_path: Path) -> None:
    with alone(tmp_path):
        with pytest.raises(OutputError, match="another search is writing to"), alone(tmp_path):
            pass
        with alone(tmp_path.parent):
            pass
    with alone(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []
