#!/usr/bin/env bash
# Expected: floating car data list the vehicles on the roads; TraCI's list of an edge and the output agree.
# Seen: a car parked beside the road (stop with parking="true") stands in the output at speed 0 on its lane for as long
# as it parks, while the edge's list of vehicles does not hold it. Counted as a queue it makes a street of parked cars
# look jammed.
# Version: SUMO and libsumo 1.28.0. Source: Simulation/Output/FCDOutput in SUMO's documentation does not say so.
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
cat >trips.rou.xml <<'XML'
<routes>
  <vehicle id="parked" depart="0"><route edges="left0A0 A0right0"/><stop lane="left0A0_0" endPos="150" duration="500" parking="true"/></vehicle>
</routes>
XML
cat >look.py <<'PY'
import libsumo

libsumo.start(["sumo", "-n", "net.xml", "-r", "trips.rou.xml", "--fcd-output", "fcd.xml", "--no-step-log"])
libsumo.simulationStep(100)
print("edge's list:", list(libsumo.edge.getLastStepVehicleIDs("left0A0")), "parked:", libsumo.vehicle.isStoppedParking("parked"))
assert not libsumo.edge.getLastStepVehicleIDs("left0A0")
libsumo.close()
PY
venv/bin/python look.py
row=$(sed -n '/timestep time="99.00"/,/<\/timestep>/p' fcd.xml | grep 'id="parked"')
echo "output: $row"
grep -q 'speed="0.00"' <<<"$row"
