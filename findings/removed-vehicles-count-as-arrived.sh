#!/usr/bin/env bash
# Expected: a vehicle taken out in the middle of its trip (TraCI's vehicle.remove, a calibrator) is no finished trip.
# Seen: it has an arrival time in the trip output and counts in the means of the statistics, which become shorter. Only the
# attribute vaporized tells. Removed as "arrived" it is also written at the end of its lane, with metres that it never drove.
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
cat >trips.rou.xml <<'XML'
<routes>
  <vehicle id="a" depart="0"><route edges="left0A0 A0right0"/></vehicle>
  <vehicle id="b" depart="3"><route edges="left0A0 A0right0"/></vehicle>
</routes>
XML
cat >look.py <<'PY'
import sys

import libsumo

libsumo.start(["sumo", "-n", "net.xml", "-r", "trips.rou.xml", "--tripinfo-output", "trips.xml", "--statistic-output", "stats.xml", "--no-step-log"])
libsumo.simulationStep(15)
print("at 15 s vehicle a is at", round(libsumo.vehicle.getLanePosition("a"), 2), "m of 292.80")
if sys.argv[1] != "no":
    libsumo.vehicle.remove("a", libsumo.REMOVE_ARRIVED if sys.argv[1] == "arrived" else libsumo.REMOVE_VAPORIZED)
while libsumo.simulation.getMinExpectedNumber():
    libsumo.simulationStep()
libsumo.close()
PY
for reason in no vaporized arrived; do
  venv/bin/python look.py "$reason"
  echo "removed: $reason; $(grep 'id="a"' trips.xml | grep -o ' arrival="[^"]*"\|arrivalPos="[^"]*"\|vaporized="[^"]*"' | paste -sd' '); statistics: $(grep vehicleTripStatistics stats.xml | grep -o 'count="[0-9]*"\| duration="[^"]*"' | paste -sd' ')"
  grep -q 'vehicleTripStatistics count="2"' stats.xml
  [ "$reason" = no ] || grep -q 'id="a".* arrival="15.00".* vaporized="[a-z]' trips.xml
done
grep -q 'id="a".* arrivalPos="292.80"' trips.xml
