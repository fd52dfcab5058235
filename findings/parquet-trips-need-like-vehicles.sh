#!/usr/bin/env bash
# Expected: the trip output as Parquet (chosen by the file's name) holds what the XML output holds, for any vehicles.
# Seen: where all vehicles have an emission device and some of them a taxi device, the Parquet writer stops the simulation,
# because the attributes of the first row become the table's columns; the XML output of the same run is fine.
# Version: SUMO 1.28.0. Source: the behaviour below.
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
  <vType id="cab" vClass="taxi"><param key="has.taxi.device" value="true"/></vType>
  <vehicle id="plain" depart="0"><route edges="left0A0 A0right0"/></vehicle>
  <vehicle id="cab" type="cab" depart="1"><route edges="right0A0 A0left0"/></vehicle>
</routes>
XML
sumo -n net.xml -r trips.rou.xml --device.emissions.probability 1 --tripinfo-output trips.xml
echo "XML: $(grep -c '<tripinfo ' trips.xml) trips"
status=0
sumo -n net.xml -r trips.rou.xml --device.emissions.probability 1 --tripinfo-output trips.parquet 2>said.txt || status=$?
echo "Parquet: status $status, $(grep -m1 -i error said.txt)"
[ "$status" -ne 0 ]
