#!/usr/bin/env bash
# Expected: the XML that sumo and duarouter write is XML: a name that holds & is written as it was read, as &amp;.
# Seen: ids of edges, lanes, signals, stops and detectors, and names of lines are written with & (and < and quotes) as
# it is, in trips, routes, stops, FCD, edge data, states of signals and duarouter's routes: no parser reads these files,
# sumo's neither. A bus stop whose name holds -- does the same to duarouter's routes, where it stands in a comment
# behind <walk>. sumo plays all that without a word, and by its own schemas it is valid; netconvert refuses the id
# ("Invalid edge id"). In ids of vehicles, persons and types sumo refuses &, too; values of <param> are escaped.
# Version: SUMO 1.28.0. Source: the behaviour below; writeAttr in src/utils/iodevices/PlainXMLFormatter.h writes a value
# as it is. Basics/Notation of its documentation forbids # in ids and says that its list is incomplete.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check eclipse-sumo==1.28.0
export SUMO_HOME; SUMO_HOME=$(venv/bin/python -c 'import sumo; print(sumo.SUMO_HOME)')
sumo() { "$SUMO_HOME/bin/sumo" --no-step-log "$@"; }
duarouter() { "$SUMO_HOME/bin/duarouter" --no-step-log "$@"; }
sumo --version | sed -n 1p
"$SUMO_HOME/bin/netgenerate" --grid --grid.number=1 --grid.attach-length=300 --no-turnarounds \
  --default-junction-type=traffic_light -o plain.xml >/dev/null 2>&1
sed 's/left0A0/A\&amp;B/g' plain.xml >net.xml
cat >trips.rou.xml <<'XML'
<routes>
  <vehicle id="car" depart="0"><route edges="A&amp;B A0right0"/></vehicle>
  <vehicle id="bus" depart="1" line="M&amp;S"><route edges="top0A0 A0bottom0"/></vehicle>
  <vehicle id="stops" depart="2">
    <route edges="A&amp;B A0right0"/><stop lane="A&amp;B_0" endPos="200" duration="5"/>
  </vehicle>
</routes>
XML
echo '<additional><edgeData id="all" file="edges.xml"/></additional>' >edges.add.xml
echo '<additional><busStop id="stop" name="Main -- 5th" lane="top0A0_0" endPos="70"/></additional>' >stops.add.xml
echo '<routes><person id="p" depart="0"><walk from="top0A0" busStop="stop"/></person></routes>' >walks.rou.xml
is_xml() { # each file: is it XML, as Python's parser (expat) sees it?
  for file; do
    venv/bin/python -c 'import sys, xml.dom.minidom as dom; dom.parse(sys.argv[1])' "$file" 2>/dev/null || return 1
  done
}
is_xml plain.xml net.xml trips.rou.xml edges.add.xml stops.add.xml walks.rou.xml
sumo -n net.xml -r trips.rou.xml -a edges.add.xml --xml-validation always --xml-validation.net always \
  --tripinfo-output trips.xml --vehroute-output routes.xml --stop-output stops.xml --fcd-output fcd.xml >said.txt 2>&1
echo "sumo: status 0; $(grep -c Error said.txt || true) errors in what it says"
duarouter -n net.xml -r trips.rou.xml -o duarouter.xml >/dev/null 2>&1
duarouter -n plain.xml -r walks.rou.xml -a stops.add.xml -o walks.xml >/dev/null 2>&1
for file in trips.xml routes.xml stops.xml fcd.xml edges.xml duarouter.xml walks.xml; do
  if is_xml "$file"; then echo "$file is XML" && exit 1; fi
  echo "$file is no XML: $(grep -m1 -o '[a-zA-Z]*="[^"]*&[^a][^"]*"\|<!-- Main -- 5th -->' "$file")"
done
grep -q 'line="M&S"' routes.xml
if sumo -n net.xml -r duarouter.xml >said.txt 2>&1; then exit 1; fi
echo "sumo of duarouter's routes: $(head -1 said.txt)"
