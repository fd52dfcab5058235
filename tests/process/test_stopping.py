"""A command that was stopped ends with its status, wherever the interrupt came."""

import subprocess
import sys
from pathlib import Path


def test_an_interrupt_while_a_module_is_imported_ends_with_a_status(tmp_path: Path) -> None:
    """Python itself dies by the signal where a caught interrupt came while text was executed, as dataclasses do."""
    (tmp_path / "stopped.py").write_text(
        "from zhasyl import cli\n"
        "def importing(arguments=None, **named):\n"
        "    exec('raise KeyboardInterrupt')\n"
        "cli.app = importing\n"
        "cli.main([])\n"
    )
    command = [sys.executable, "-m", "stopped"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "zhasyl: stopped; finished runs are stored and will not be run again\n"
