#!/usr/bin/env bash
# Expected: names of files in an additional file are all understood in one way.
# Seen: in three ways. An <include> is read beside the file that holds it, and ${NAME} stands for itself. An output is
# written beside that file, and ${NAME} is a variable of the environment. edgesFile, an input of the same element, is looked
# for in the folder in which SUMO was started. So a scenario that runs in its own folder stops, or reads another file,
# elsewhere.
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
mkdir -p scenario/sub elsewhere
mv net.xml scenario
export PLACE=sub
cd scenario
echo '<routes><vehicle id="v" depart="0"><route edges="left0A0 A0right0"/></vehicle></routes>' >trips.rou.xml
echo '<additional/>' >sub/more.add.xml
echo 'edge:left0A0' >edges.txt
cat >x.sumocfg <<'XML'
<configuration><net-file value="net.xml"/><route-files value="trips.rou.xml"/><additional-files value="a.add.xml"/></configuration>
XML
cd ../elsewhere
try() { # from another folder, with this in the additional file
  echo "<additional>$1</additional>" >../scenario/a.add.xml
  if sumo -c ../scenario/x.sumocfg >/dev/null 2>said.txt; then said="runs"; else said=$(head -1 said.txt); fi
  echo "$1: $said"
}
try '<include href="sub/more.add.xml"/>'
[ "$said" = runs ]
try '<include href="${PLACE}/more.add.xml"/>'
[[ $said == *'${PLACE}'* ]]
try '<edgeData id="e" file="${PLACE}/edges.xml"/>'
[ "$said" = runs ] && [ -e ../scenario/sub/edges.xml ]
try '<edgeData id="e" file="edges.xml" edgesFile="edges.txt"/>'
[[ $said == *'edges.txt'* ]]
mv ../scenario/edges.txt .
try '<edgeData id="e" file="edges.xml" edgesFile="edges.txt"/>'
[ "$said" = runs ] && [ -e ../scenario/edges.xml ]
