#!/usr/bin/env bash
# Expected: a tlLogic without phases is ignored, or refused as an empty programme.
# Seen: one that names the running programme and holds only an offset shifts that programme: coordination tools write
# files of this kind. Who reads the network's programmes alone reads other offsets than SUMO plays.
# Version: SUMO 1.28.0. Source: the file that tools/tlsCoordinator.py of the same version writes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check eclipse-sumo==1.28.0
export SUMO_HOME; SUMO_HOME=$(venv/bin/python -c 'import sumo; print(sumo.SUMO_HOME)')
sumo() { "$SUMO_HOME/bin/sumo" --no-step-log "$@"; }
sumo --version | sed -n 1p
"$SUMO_HOME/bin/netgenerate" --grid --grid.number=1 --grid.attach-length=300 --no-turnarounds \
  --default-junction-type=traffic_light -o net.xml >/dev/null 2>&1
echo '<routes/>' >trips.rou.xml
states() { echo "<additional>$1<timedEvent type=\"SaveTLSStates\" source=\"A0\" dest=\"states.xml\"/></additional>" >a.add.xml
  sumo -n net.xml -r trips.rou.xml -a a.add.xml -e 60; grep 'time="50.00"' states.xml | grep -o 'phase="[0-9]*"'; }
plain=$(states '')
moved=$(states '<tlLogic id="A0" programID="0" offset="20"/>')
echo "phase at 50 s: $plain as generated, $moved with the offset"
[ "$plain" != "$moved" ]
