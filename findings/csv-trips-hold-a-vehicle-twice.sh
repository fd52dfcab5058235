#!/usr/bin/env bash
# Expected: the trip output as CSV (chosen by the file's name) has a row a trip, and each value below its own heading.
# Seen: the first trip that has an element below it makes the columns. An electric car among others has two such elements,
# emissions and battery: its trip stands there twice, the second time with the state of its battery as its emissions, so
# that sums and means over the file are wrong. The XML output of the same run is right.
# Version: SUMO 1.28.0. Source: the behaviour below; SUMO warns that "column based formats are still experimental" and
# work for "homogeneous output".
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
cat >trips.rou.xml <<'XML'
<routes>
  <vType id="electric">
    <param key="has.battery.device" value="true"/>
    <param key="device.battery.capacity" value="2000"/>
    <param key="device.battery.chargeLevel" value="1000"/>
  </vType>
  <vehicle id="petrol" depart="0"><route edges="right0A0 A0left0"/></vehicle>
  <vehicle id="battery" type="electric" depart="1"><route edges="left0A0 A0right0"/></vehicle>
</routes>
XML
for file in trips.xml trips.csv; do
  sumo -n net.xml -r trips.rou.xml --device.emissions.probability 1 --tripinfo-output "$file" 2>/dev/null
done
echo "XML: $(grep -c '<tripinfo ' trips.xml) trips, $(grep -c '<battery ' trips.xml) battery"
cat >look.py <<'PY'
import csv

rows = list(csv.DictReader(open("trips.csv"), delimiter=";"))
for row in rows:
    print("CSV:", row["tripinfo_id"], "CO", row["emissions_CO_abs"], "CO2", row["emissions_CO2_abs"])
both = [row for row in rows if row["tripinfo_id"] == "battery"]
assert len(both) == 2 and float(both[0]["emissions_CO2_abs"]) == 0 and float(both[1]["emissions_CO2_abs"]) > 900
PY
venv/bin/python look.py
