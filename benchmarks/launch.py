"""Run one command from a small process and write what it cost, as JSON, into a file.

    python -I -S launch.py RESULT.json COMMAND...

Linux hands the memory of the starting process on to the command's peak (`ru_maxrss` outlives exec): started from
a benchmark that holds 300 MB, even /bin/true is said to have used 300 MB. This process holds some 10 MB and
imports the standard library only. `peak_mb` is the command's own or that of a child it waited for, whichever is
more; `family_peak_mb` looks at every process it left behind as well: this one adopts and awaits them.
"""

import ctypes
import json
import os
import subprocess
import sys
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


def main() -> None:
    """Run, measure, write; ends with the command's exit status."""
    result, *command = sys.argv[1:]
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    began = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - began
    family_kb = usage.ru_maxrss
    try:
        while True:
            family_kb = max(family_kb, os.wait4(-1, 0)[2].ru_maxrss)
    except ChildProcessError:
        pass
    process.returncode = os.waitstatus_to_exitcode(status)
    cost = {
        "wall_s": wall_s,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / 1024,
        "family_peak_mb": family_kb / 1024,
    }
    Path(result).write_text(json.dumps(cost), encoding="utf-8")
    sys.exit(process.returncode if process.returncode >= 0 else 1)


if __name__ == "__main__":
    main()
