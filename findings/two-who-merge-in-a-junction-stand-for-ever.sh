#!/usr/bin/env bash
# Expected: of two cars that meet inside a junction on their way to the same empty road one goes first, and the other follows.
# Seen: neither goes, for as long as the run lasts. Where two signals stand some 12 m apart, as maps draw a main road of two
# carriageways, left turns and those who go straight on lock within minutes when teleports are off; all who come
# later queue behind them, so that what a comparison of signal control shows is how often that happened. With
# --ignore-junction-blocker 60 everybody arrives.
# Version: SUMO 1.28.0. Source: `sumo --help`, which has the option ("-1 means never ignore", the default) and no word of locks.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check eclipse-sumo==1.28.0
export SUMO_HOME; SUMO_HOME=$(venv/bin/python -c 'import sumo; print(sumo.SUMO_HOME)')
sumo() { "$SUMO_HOME/bin/sumo" --no-step-log "$@"; }
sumo --version | sed -n 1p
cat >nodes.nod.xml <<'XML'
<nodes>
  <node id="upper" x="0" y="10" type="traffic_light"/><node id="lower" x="0" y="-10" type="traffic_light"/>
  <node id="north" x="0" y="310"/><node id="south" x="0" y="-310"/>
  <node id="west_out" x="-300" y="10"/><node id="east_in" x="300" y="10"/>
  <node id="west_in" x="-300" y="-10"/><node id="east_out" x="300" y="-10"/>
</nodes>
XML
{
  echo '<edges>'
  while read -r from to lanes; do
    echo "<edge id=\"$from-$to\" from=\"$from\" to=\"$to\" numLanes=\"$lanes\" speed=\"13.89\"/>"
  done <<'EDGES'
north upper 1
upper north 1
south lower 1
lower south 1
upper lower 2
lower upper 2
east_in upper 2
upper west_out 2
west_in lower 2
lower east_out 2
EDGES
  echo '</edges>'
} >roads.edg.xml
"$SUMO_HOME/bin/netconvert" -n nodes.nod.xml -e roads.edg.xml --no-turnarounds -o net.xml >/dev/null 2>&1
{
  echo '<routes>'
  while read -r from to per_h; do
    echo "<flow id=\"$from-$to\" begin=\"0\" end=\"900\" vehsPerHour=\"$per_h\" from=\"$from\" to=\"$to\" departSpeed=\"max\"/>"
  done <<'FLOWS'
north-upper lower-south 200
north-upper lower-east_out 250
south-lower upper-north 200
south-lower upper-west_out 250
east_in-upper upper-west_out 600
east_in-upper lower-south 150
west_in-lower lower-east_out 600
west_in-lower upper-north 150
FLOWS
  echo '</routes>'
} >flows.rou.xml
left() { # vehicles that are still on the road an hour after the last one set out
  sumo -n net.xml -r flows.rou.xml -e 4500 --seed "$1" --time-to-teleport -1 --ignore-junction-blocker "$2" \
    --statistic-output stats.xml 2>/dev/null
  sed -n 's/.*running="\([0-9]*\)" waiting="\([0-9]*\)".*/echo $((\1 + \2))/p' stats.xml | sh
}
locked=0 freed=0
for seed in $(seq 1 10); do
  never=$(left "$seed" -1) after=$(left "$seed" 60)
  echo "seed $seed: $never vehicles never arrive; with --ignore-junction-blocker 60: $after"
  [ "$never" -gt 0 ] && locked=$((locked + 1))
  [ "$after" -gt 0 ] || freed=$((freed + 1))
done
echo "locked for ever: $locked of 10 runs; with the option: $((10 - freed)) of 10"
[ "$locked" -gt 0 ] && [ "$freed" -eq 10 ]
