#!/usr/bin/env bash
# Expected: traci.start tells at once when the program has ended before anybody could connect: numRetries are tries to
# connect while a large network loads.
# Seen: each of them is a new start of the program, with a warning that another port is tried, and the error at the end says
# neither that the program had ended nor with what. With the default of 60 a minute goes by before it.
# Version: traci 1.28.0 with SUMO 1.28.0. Source: traci.start and traci.connect in its main.py.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check eclipse-sumo==1.28.0 traci==1.28.0
venv/bin/python - <<'PY'
import subprocess
import time
import warnings

import sumo
import traci

RETRIES = 3
print("SUMO and traci 1.28.0")
starts = 0
popen = subprocess.Popen


def counted(*arguments, **options):
    global starts
    starts += 1
    return popen(*arguments, **options)


subprocess.Popen = counted
begun = time.monotonic()
with warnings.catch_warnings(record=True) as given, open("said.txt", "w") as said:
    warnings.simplefilter("always")
    try:
        traci.start([f"{sumo.SUMO_HOME}/bin/sumo", "--version"], numRetries=RETRIES, stdout=said)
        error = ""
    except traci.exceptions.FatalTraCIError as failure:
        error = str(failure)
print(f"{starts} starts, {len(given)} warnings, {time.monotonic() - begun:.1f} s; then: {error}")
raise SystemExit(0 if starts > 1 and error and "finished" not in error else 1)
PY
