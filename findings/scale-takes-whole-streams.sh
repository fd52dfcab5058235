#!/usr/bin/env bash
# Expected: --scale 0.5 thins a demand of explicit vehicles at random, so that each stream loses about half, and another
# seed loses other vehicles.
# Seen: vehicles are counted through in the order of the file, whatever the seed: where two streams alternate in it, one
# stays whole and the other one vanishes. Flows are thinned one by one, so they keep their shares.
# Version: SUMO 1.28.0. Source: the behaviour of `sumo --scale` below; its documentation says "scale demand".
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
{
  echo '<routes>'
  for i in $(seq 0 39); do
    echo "<vehicle id=\"east$i\" depart=\"$((i * 5)).0\"><route edges=\"left0A0 A0right0\"/></vehicle>"
    echo "<vehicle id=\"west$i\" depart=\"$((i * 5)).5\"><route edges=\"right0A0 A0left0\"/></vehicle>"
  done
  echo '</routes>'
} >trips.rou.xml
for seed in 1 2; do
  sumo -n net.xml -r trips.rou.xml --scale 0.5 --seed "$seed" --tripinfo-output trips.xml
  east=$(grep -c 'id="east' trips.xml || true)
  west=$(grep -c 'id="west' trips.xml || true)
  echo "seed $seed: $east of 40 eastbound and $west of 40 westbound vehicles are left"
  [ $((east * west)) -eq 0 ] && [ $((east + west)) -eq 40 ]
done
