#!/usr/bin/env bash
# Expected: --time-to-teleport -1 turns teleports off, as its help says.
# Seen: a vehicle type's own attribute timeToTeleport wins over the option, so that a jam dissolves by magic although the
# command line forbids it.
# Version: SUMO 1.28.0. Source: `sumo --help`, "Negative values disable teleporting".
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
  <vType id="impatient" timeToTeleport="20"/>
  <vehicle id="blocker" depart="0"><route edges="left0A0 A0right0"/><stop lane="left0A0_0" endPos="150" duration="200"/></vehicle>
  <vehicle id="behind" type="impatient" depart="5"><route edges="left0A0 A0right0"/></vehicle>
</routes>
XML
sumo -n net.xml -r trips.rou.xml -e 400 --time-to-teleport -1 --statistic-output stats.xml 2>/dev/null
total=$(grep -o 'teleports total="[0-9]*"' stats.xml)
echo "with --time-to-teleport -1: $total"
[ "$total" != 'teleports total="0"' ]
