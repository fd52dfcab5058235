#!/usr/bin/env bash
# Expected: a timetable of signal programmes (WAUT) with a period repeats for ever, so that a run of any hour of any day
# plays the programmes of that hour.
# Seen: a run that begins after the last switch of the first period never switches: one of the second day plays the last
# programme of the list for good. There is no warning.
# Version: SUMO 1.28.0. Source: the behaviour below; Simulation/Traffic_Lights of its documentation calls period "the period
# for repeating switch times".
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
echo '<routes/>' >trips.rou.xml
cat >a.add.xml <<'XML'
<additional>
  <tlLogic id="A0" programID="night" type="static" offset="0">
    <phase duration="20" state="GGgrrrGGgrrr"/><phase duration="3" state="yyyrrryyyrrr"/>
    <phase duration="20" state="rrrGGgrrrGGg"/><phase duration="3" state="rrryyyrrryyy"/>
  </tlLogic>
  <WAUT id="daily" refTime="0" startProg="night" period="500">
    <wautSwitch time="100" to="0"/><wautSwitch time="400" to="night"/>
  </WAUT>
  <wautJunction wautID="daily" junctionID="A0"/>
  <timedEvent type="SaveTLSStates" source="A0" dest="states.xml"/>
</additional>
XML
for begin in 0 50 450 550; do
  sumo -n net.xml -r trips.rou.xml -a a.add.xml -b "$begin" -e 1500 2>said.txt
  played=$(grep -o 'time="[^"]*" id="A0" programID="[^"]*"' states.xml | sed 's/time="\(.*\)\.00" id.*programID=\(.*\)/\2 \1/' | awk '$1 != last {printf "%s from %s s, ", $1, $2; last = $1}')
  echo "begin $begin: ${played}$(wc -l <said.txt) warnings"
  if [ "$begin" -le 50 ]; then [[ $played == *'"0" from 600 s'* ]]; else [ "$played" = "\"night\" from $begin s, " ]; fi
done
