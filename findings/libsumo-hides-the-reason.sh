#!/usr/bin/env bash
# Expected: libsumo raises the message that the sumo binary prints.
# Seen: for faults in additional files the exception's text is "Process Error"; which detector, on which lane, stands on
# standard error only, where a notebook or a server never shows it.
# Version: SUMO and libsumo 1.28.0. Source: the behaviour below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check eclipse-sumo==1.28.0 libsumo==1.28.0
export SUMO_HOME; SUMO_HOME=$(venv/bin/python -c 'import sumo; print(sumo.SUMO_HOME)')
sumo() { "$SUMO_HOME/bin/sumo" --no-step-log "$@"; }
sumo --version | sed -n 1p
"$SUMO_HOME/bin/netgenerate" --grid --grid.number=1 --grid.attach-length=300 --no-turnarounds \
  --default-junction-type=traffic_light -o net.xml >/dev/null 2>&1
echo '<routes/>' >trips.rou.xml
echo '<additional><inductionLoop id="loop" lane="nowhere_0" pos="5" period="60" file="o.xml"/></additional>' >a.add.xml
sumo -n net.xml -r trips.rou.xml -a a.add.xml 2>said.txt || true
echo "binary: $(grep -m1 '^Error' said.txt)"
cat >look.py <<'PY'
import libsumo

try:
    libsumo.start(["sumo", "-n", "net.xml", "-r", "trips.rou.xml", "-a", "a.add.xml", "--no-step-log"])
except libsumo.TraCIException as error:
    print("libsumo:", error)
    assert "loop" not in str(error)
PY
venv/bin/python look.py 2>/dev/null
grep -q "loop" said.txt
