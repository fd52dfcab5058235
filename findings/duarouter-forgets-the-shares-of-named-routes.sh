#!/usr/bin/env bash
# Expected: duarouter and sumo draw a route from a distribution with the same shares: 90 % here.
# Seen: where the routes of a distribution are named by id (routes= and probabilities=, or <route refId>), duarouter gives
# them equal shares, without a word; where their edges stand in the distribution it keeps the shares. sumo keeps them all.
# Turning volumes and signal plans made from duarouter's routes are for another demand.
# Version: SUMO 1.28.0. Source: the behaviour below; Definition_of_Vehicles,_Vehicle_Types,_and_Routes of its documentation
# has all three forms.
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
  <route id="ahead" edges="left0A0 A0right0"/>
  <route id="left" edges="left0A0 A0top0"/>
  <routeDistribution id="list" routes="ahead left" probabilities="0.9 0.1"/>
  <routeDistribution id="refs"><route refId="ahead" probability="0.9"/><route refId="left" probability="0.1"/></routeDistribution>
  <routeDistribution id="edges"><route edges="left0A0 A0right0" probability="0.9"/><route edges="left0A0 A0top0" probability="0.1"/></routeDistribution>
  <flow id="list" begin="0" end="3600" number="400" route="list"/>
  <flow id="refs" begin="0" end="3600" number="400" route="refs"/>
  <flow id="edges" begin="0" end="3600" number="400" route="edges"/>
</routes>
XML
sumo -n net.xml -r trips.rou.xml --vehroute-output sumo.xml
"$SUMO_HOME/bin/duarouter" -n net.xml -r trips.rou.xml -o duarouter.xml --no-step-log >/dev/null
ahead() { grep -A1 "id=\"$2\.[0-9]" "$1.xml" | grep -c 'A0right0'; }
for form in list refs edges; do
  echo "$form: of 400 vehicles $(ahead sumo $form) drive straight on in sumo, $(ahead duarouter $form) in duarouter's routes"
  [ "$(ahead sumo $form)" -gt 330 ]
done
[ "$(ahead duarouter list)" -lt 240 ] && [ "$(ahead duarouter refs)" -lt 240 ] && [ "$(ahead duarouter edges)" -gt 330 ]
