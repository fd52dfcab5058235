#!/usr/bin/env bash
# Expected: Process.join(timeout) of multiprocessing comes back after the timeout whatever the child does.
# Seen: with the start method "fork", a child that has closed the descriptors it inherited, as programs do that go to the
# background, makes join wait until the child ends (three seconds here, for ever if it hangs): the closed pipe is taken for
# the child's end, and the status is then waited for without a limit. So a watchdog of this kind never fires. With
# "forkserver" the timeout holds.
# Version: CPython 3.11.7. Source: Popen.wait in its multiprocessing/popen_fork.py. Only Python's own library is needed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python --version
cat >look.py <<'PY'
import multiprocessing
import os
import time


def keeps():
    time.sleep(3)


def closes():
    os.closerange(3, 256)
    time.sleep(3)


def joined_s(method, target):
    child = multiprocessing.get_context(method).Process(target=target)
    child.start()
    begin = time.monotonic()
    child.join(0.2)
    took_s = time.monotonic() - begin
    print(f"{method}, a child that {target.__name__} its descriptors: join(0.2) took {took_s:.1f} s")
    child.join()
    return took_s


if __name__ == "__main__":
    assert joined_s("fork", keeps) < 2
    assert joined_s("fork", closes) > 2
    assert joined_s("forkserver", closes) < 2
PY
venv/bin/python look.py
