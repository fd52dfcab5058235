#!/usr/bin/env bash
# Expected: --person-device.fcd.period says how often persons are logged, whatever --device.fcd.period says of vehicles. An
# instantInductionLoop with detectPersons="walk" sees who walks over it, as the schema allows that attribute there. Lane data with
# detectPersons="walk" say in waitingTime how long persons stood on a lane, as the log of persons does.
# Seen: persons are logged with the period of vehicles. The loop sees nobody. Lane data count everybody who enters and the
# seconds there, but of the seconds in which persons stood (below 0.1 m/s) waitingTime has some and the others are missing.
# Version: SUMO 1.28.0. Source: the option's help text, "Recording period for FCD-data"; data/xsd/additional_file.xsd.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check eclipse-sumo==1.28.0
export SUMO_HOME; SUMO_HOME=$(venv/bin/python -c 'import sumo; print(sumo.SUMO_HOME)')
"$SUMO_HOME/bin/sumo" --version | sed -n 1p
"$SUMO_HOME/bin/netgenerate" --grid --grid.number=1 --grid.attach-length=100 --sidewalks.guess --crossings.guess \
  --default-junction-type=traffic_light --no-turnarounds -o net.xml >/dev/null 2>&1
cat >walks.rou.xml <<'XML'
<routes><personFlow id="ns" begin="0" end="600" number="40"><walk from="top0A0" to="A0bottom0"/></personFlow>
<personFlow id="ew" begin="0" end="600" number="40"><walk from="left0A0" to="A0right0"/></personFlow></routes>
XML
venv/bin/python - <<'PY'
import re

lanes = re.findall(r'<lane id="(:A0_[cw]\d+_0)"', open("net.xml").read())
loops = "".join(f'<instantInductionLoop id="{n}" lane="{n}" pos="1" file="loops.xml" detectPersons="walk"/>' for n in lanes)
data = '<laneData id="d" file="lanes.xml" withInternal="true" detectPersons="walk"/>'
open("all.add.xml", "w").write(f"<additional>{loops}{data}</additional>")
PY
run() { "$SUMO_HOME/bin/sumo" -n net.xml -r walks.rou.xml -a all.add.xml -e 900 --no-step-log --xml-validation never \
  --person-device.fcd.probability 1 --person-fcd-output persons.xml --fcd-output vehicles.xml "$@" 2>/dev/null; }
run --device.fcd.period 7 --person-device.fcd.period 1
every=$(grep -o '<timestep time="[0-9]*' persons.xml | sed -n '2s/.*"//p')
run --device.fcd.period 1
venv/bin/python - "$every" <<'PY'
import sys
from xml.etree.ElementTree import parse

every = int(sys.argv[1])
print(f"persons are logged every {every} s with --person-device.fcd.period 1 and --device.fcd.period 7")
seen = len(list(parse("loops.xml").getroot()))
stood, there = {}, {}
for person in parse("persons.xml").getroot().iter("person"):
    edge = person.get("edge")
    there[edge] = there.get(edge, 0) + 1
    stood[edge] = stood.get(edge, 0) + (float(person.get("speed")) < 0.1)
areas = {lane.get("id")[:-2]: lane for lane in parse("lanes.xml").getroot().iter("lane") if "_w" in lane.get("id")}
told = sum(float(lane.get("waitingTime", 0)) for lane in areas.values())
spent = sum(float(lane.get("sampledSeconds", 0)) for lane in areas.values())
real = sum(stood.get(edge, 0) for edge in areas)
print(f"the loops wrote {seen} lines of persons")
print(f"on walking areas: {sum(there.get(edge, 0) for edge in areas)} s in the log, {spent:.0f} s in lane data")
print(f"stood: {real} s in the log, {told:.0f} s of waitingTime in lane data")
assert every == 7
assert seen == 0
assert told < 0.95 * real, (told, real)
PY
