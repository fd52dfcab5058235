#!/usr/bin/env bash
# Expected: with device.fcd.period 1 the floating car data have a row a second, or near it, whatever the step length.
# Seen: where the step does not divide the period, rows come only when a step falls on a multiple of it: every 3 s with a
# step of 0.3 s, every 4 s with 0.8 s. Delays and queues added up over the rows come out three or four times too small.
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
echo '<routes><vehicle id="v" depart="0"><route edges="left0A0 A0right0"/></vehicle></routes>' >trips.rou.xml
for step in 1 0.5 0.3 0.8; do
  sumo -n net.xml -r trips.rou.xml -e 24 --step-length "$step" --device.fcd.period 1 --fcd-output fcd.xml
  echo "step $step s: $(grep -c 'id="v"' fcd.xml) rows of a vehicle in 24 s"
done
rows=$(sumo -n net.xml -r trips.rou.xml -e 24 --step-length 0.3 --device.fcd.period 1 --fcd-output fcd.xml && grep -c 'id="v"' fcd.xml)
[ "$rows" -le 9 ]
