#!/usr/bin/env bash
# Expected: the waitingTime of lane data is the seconds that vehicles halt, so over all lanes it adds up to the waiting times of the
# vehicles, and on an approach it is the queue before its stop line.
# Seen: a vehicle counts on a lane until its rear has left it. One that waits behind the stop line, within the junction or at the
# beginning of the next edge, halts on both lanes at once: a minute's wait is two minutes of waitingTime, one of them on
# the approach that it has left. timeLoss is counted so, too. It is the more, the more left turners wait within junctions.
# Version: SUMO 1.28.0. Source: Simulation/Output/Lane- or Edge-based Traffic Measures of its documentation, which defines
# waitingTime as the seconds that vehicles were halting, summed over all vehicles.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check eclipse-sumo==1.28.0
export SUMO_HOME; SUMO_HOME=$(venv/bin/python -c 'import sumo; print(sumo.SUMO_HOME)')
"$SUMO_HOME/bin/sumo" --version | sed -n 1p
cat >n.nod.xml <<'XML'
<nodes><node id="a" x="0" y="0"/><node id="b" x="200" y="0"/><node id="c" x="400" y="0" type="traffic_light"/><node id="d" x="600" y="0"/></nodes>
XML
cat >n.edg.xml <<'XML'
<edges><edge id="ab" from="a" to="b"/><edge id="bc" from="b" to="c"/><edge id="cd" from="c" to="d"/></edges>
XML
"$SUMO_HOME/bin/netconvert" -n n.nod.xml -e n.edg.xml -o n.net.xml >/dev/null 2>&1
# a queue before a signal that is red for good: how far it reaches decides whether somebody halts over the end of `ab`
for vehicles in 10 40; do
  cat >n.rou.xml <<XML
<routes><vType id="car" sigma="0" length="9"/><flow id="f" type="car" begin="0" period="3" number="$vehicles" from="ab" to="cd"/></routes>
XML
  cat >n.add.xml <<'XML'
<additional><tlLogic id="c" programID="red" type="static" offset="0"><phase duration="9999" state="r"/></tlLogic>
<laneData id="all" file="lanes.xml" withInternal="true"/></additional>
XML
  "$SUMO_HOME/bin/sumo" -n n.net.xml -r n.rou.xml -a n.add.xml -e 600 --time-to-teleport -1 --no-step-log --tripinfo-output trips.xml \
    --tripinfo-output.write-unfinished 2>/dev/null
  venv/bin/python - "$vehicles" <<'PY'
import sys
from xml.etree.ElementTree import parse

lanes = {lane.get("id"): float(lane.get("waitingTime", 0)) for lane in parse("lanes.xml").getroot().iter("lane")}
own = sum(float(trip.get("waitingTime")) for trip in parse("trips.xml").getroot())
both = sum(lanes.values())
print(f"{sys.argv[1]} vehicles: they wait {own:.0f} s, on their lanes {both:.0f} s ({both / own:.3f}): {lanes}")
with open("ratio", "a") as file:
    print(f"{both / own:.4f}", file=file)
PY
done
venv/bin/python -c "
short, long = map(float, open('ratio'))
assert 0.98 < short < 1.01, short
assert long > 1.02, long"
