#!/usr/bin/env bash
# Expected: a vehicle with depart="triggered" whose person never comes is no trip, and does not count as delayed.
# Seen: with write-undeparted it stands in the trip output as one that was planned at the beginning and found no room for
# the whole run: the same row, but a longer delay. The statistics tell the two apart in one place (waiting) and add both
# in another (departDelayWaiting).
# Version: SUMO 1.28.0. Source: the behaviour below; `sumo --help` says of write-undeparted "because of depart delay".
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
  <vehicle id="nobody-comes" depart="triggered"><route edges="left0A0 A0right0"/></vehicle>
  <vehicle id="blocker" depart="0" departPos="base"><route edges="right0A0 A0left0"/><stop lane="right0A0_0" endPos="10" duration="1000"/></vehicle>
  <vehicle id="no-room" depart="10" departPos="base"><route edges="right0A0 A0left0"/></vehicle>
</routes>
XML
sumo -n net.xml -r trips.rou.xml -e 100 --tripinfo-output trips.xml --tripinfo-output.write-undeparted \
  --statistic-output stats.xml
rows=$(grep '<tripinfo ' trips.xml | grep -o ' id="[^"]*"\| depart="[^"]*"\| departDelay="[^"]*"\| arrival="[^"]*"' | paste -sd' ' | sed 's/ id=/\n&/g')
echo "$rows"
grep -o '<vehicles .*waiting="[0-9]*"\|departDelayWaiting="[^"]*"' stats.xml
grep -q 'id="nobody-comes"  depart="-1"  departDelay="100.00"  arrival="-1.00"' <<<"$rows"
grep -q 'id="no-room"  depart="-1"  departDelay="90.00"  arrival="-1.00"' <<<"$rows"
grep -q 'waiting="1"' stats.xml && grep -q 'departDelayWaiting="95.00"' stats.xml
